package upstream

import (
	"bufio"
	"bytes"
	"fmt"
	"net/netip"
	"time"

	"moongate/engine/resolver"
	"moongate/engine/zone"
)

// What names led to lies in the group's zone too, as text: the time until which it
// is good, then a line for each address. A worker that begins after another one, or
// after a reload, has peers before it has asked anybody
// (ngx_http_upstream_zone_preresolve).

// key is what a name's answer is kept under: another group may want another one.
func (g *Group) key(h *host) string {
	return g.Name + "\x00" + h.server.Host + "\x00" + h.server.Service
}

func (g *Group) save(h *host, list []found) {
	b := fmt.Appendf(nil, "%d\n", h.valid.Unix())
	for _, f := range list {
		b = fmt.Appendf(b, "%s %d %t %s\n", f.addr.Name, f.weight, f.backup, f.server)
	}
	t := h.peers.table
	t.Lock()
	t.SaveHost(g.key(h), b)
	t.Unlock()
}

// recall makes peers of what is there when the process begins.
func (g *Group) recall(h *host) {
	t := h.peers.table
	t.Lock()
	text := t.Host(g.key(h))
	t.Unlock()
	lines := bufio.NewScanner(bytes.NewReader(text))
	var valid int64
	if !lines.Scan() {
		return
	}
	if _, err := fmt.Sscan(lines.Text(), &valid); err != nil {
		return
	}
	h.valid = time.Unix(valid, 0)
	var list []found
	for lines.Scan() {
		var addr string
		var f found
		if _, err := fmt.Sscan(lines.Text(), &addr, &f.weight, &f.backup, &f.server); err != nil {
			continue
		}
		ap, err := netip.ParseAddrPort(addr)
		if err != nil {
			continue
		}
		s := h.server
		if s.Service == "" {
			// Port and name are what they are in the configuration now.
			ap = netip.AddrPortFrom(ap.Addr(), s.Port)
			f.server = s.Name
		}
		if s.Service == "" || s.Weight != 1 {
			f.weight = int64(s.Weight)
		}
		f.addr = resolver.Address{IP: ap, Name: ap.String()}
		list = append(list, f)
	}
	g.replace(h, list, func(string) {})
}

// carry has a fresh zone take over what the groups' names led to before.
func (s *Set) carry(z *zone.Zone, old *zone.Zone) error {
	var keys []string
	for _, g := range s.order {
		if g.Zone != z {
			continue
		}
		for i := range g.Servers {
			if sv := &g.Servers[i]; sv.Host != "" {
				keys = append(keys, g.key(&host{server: sv}))
			}
		}
	}
	return zone.CarryHosts(z, old, keys)
}
