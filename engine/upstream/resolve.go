package upstream

import (
	"net/netip"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/resolver"
	"moongate/engine/zone"
)

// host is a server with "resolve": its peers come and go with the answers of the
// name servers (ngx_http_upstream_zone_module).
type host struct {
	server *Server
	peers  *Peers // where its peers belong; lower priorities of a service go to Next
	valid  time.Time
}

// found is one address that a host has now.
type found struct {
	addr   resolver.Address
	server string
	weight int64
	backup bool
}

// Follow keeps the peers of names up to date, each name on a goroutine of the
// loop's. log takes nginx's lines, of level error.
func (s *Set) Follow(l *event.Loop, log func(text string)) {
	for _, g := range s.order {
		for p := g.Peers; p != nil; p = p.Next {
			for _, h := range p.hosts {
				l.Go(func() { g.follow(h, log) })
			}
		}
	}
}

func (g *Group) follow(h *host, log func(string)) {
	event.Sleep(time.Until(h.valid)) // what was found before may still be good
	for {
		list, valid, err := g.ask(h)
		pause := max(g.ResolverTimeout, time.Second)
		if err != nil {
			e, _ := err.(*resolver.Error)
			if h.server.Service != "" {
				log("service " + h.server.Service + " of " + err.Error())
			} else {
				log(err.Error())
			}
			if e == nil || e.Code != resolver.NXDomain {
				event.Sleep(pause)
				continue
			}
		}
		h.valid = valid
		g.save(h, list)
		g.replace(h, list, log)
		if pause = time.Until(valid) + time.Second; pause < time.Second {
			pause = time.Second
		}
		event.Sleep(pause)
	}
}

func (g *Group) ask(h *host) (list []found, valid time.Time, err error) {
	s := h.server
	if s.Service == "" {
		a, err := g.Resolver().Name(s.Host, g.ResolverTimeout)
		for _, ip := range a.List {
			ap := netip.AddrPortFrom(ip, s.Port)
			list = append(list, found{addr: resolver.Address{IP: ap, Name: ap.String()}, server: s.Name, weight: int64(s.Weight)})
		}
		return list, a.Valid, err
	}
	points, valid, err := g.Resolver().Service(s.Service, s.Host, g.ResolverTimeout)
	lowest := uint16(65535)
	for _, e := range points {
		lowest = min(lowest, e.Priority)
	}
	for _, e := range points {
		f := found{addr: resolver.Address{IP: e.Addr, Name: e.Addr.String()}, server: e.Host, weight: int64(s.Weight), backup: e.Priority != lowest}
		if s.Weight == 1 {
			f.weight = max(int64(e.Weight), 1)
		}
		list = append(list, f)
	}
	return list, valid, err
}

// replace makes what was found the peers of h; those that stay keep their state.
func (g *Group) replace(h *host, list []found, log func(string)) {
	h.peers.replace(h, list, false, log)
	if next := h.peers.Next; h.server.Service != "" && next != nil {
		next.replace(h, list, true, log)
	}
	g.Peers.Lock()
	g.Peers.setSingle()
	g.Peers.Unlock()
}

func (p *Peers) replace(h *host, list []found, backup bool, log func(string)) {
	p.Lock()
	defer p.Unlock()
	kept := make([]*Peer, 0, len(p.List)+len(list))
	have := make([]bool, len(list))
	changed := false
	for _, peer := range p.List {
		stays := peer.host != h
		for i := range list {
			f := &list[i]
			if !stays && !have[i] && f.backup == backup && f.addr.IP == peer.Address.IP && f.server == peer.Server && f.weight == peer.Weight {
				have[i], stays = true, true
			}
		}
		if stays {
			kept = append(kept, peer)
		} else {
			peer.Users--
			changed = true
		}
	}
	for i := range list {
		f := &list[i]
		if have[i] || f.backup != backup {
			continue
		}
		record := p.record(h, f)
		if record == nil {
			log("cannot add new server to upstream \"" + p.Name + "\", memory exhausted")
			break
		}
		record.Users++
		kept = append(kept, &Peer{Peer: record, Name: f.addr.Name, Server: f.server, SID: h.server.sid(f.addr.Name), Address: f.addr, host: h})
		changed = true
	}
	if changed {
		p.List = kept
		p.config++
		p.sum()
	}
}

// record finds the shared state of a peer, or makes it.
func (p *Peers) record(h *host, f *found) *zone.Peer {
	s := *h.server
	s.Weight, s.Name = int(f.weight), f.server
	spec := s.spec(f.addr.Name)
	i := p.table.Find(spec.Name)
	if i < 0 {
		i = p.table.Add(spec)
	}
	if i < 0 {
		return nil
	}
	return p.table.At(i)
}
