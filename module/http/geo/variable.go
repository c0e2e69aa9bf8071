package geo

import (
	"encoding/binary"
	"net/netip"

	"moongate/edge/sys/host"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// geo is one variable.
type geo struct {
	indirect  bool // the address is another variable's value
	index     httpd.VarIndex
	proxies   []netip.Prefix
	recursive bool

	v4, v6 []bound

	ranges     map[uint16][]span // by the high 16 bits; nil without "ranges"
	fallback   string
	hasDefault bool
}

// none is where what has no IPv4 address is looked up (INADDR_NONE).
var none = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// get is ngx_http_geo_cidr_variable and ngx_http_geo_range_variable.
func (g *geo) get(r *httpd.Request) (string, bool) {
	a := g.address(r)
	if g.ranges != nil {
		return g.inRanges(a), true
	}
	if a.Is6() {
		return lookup(g.v6, a), true
	}
	return lookup(g.v4, a), true
}

func (g *geo) inRanges(a netip.Addr) string {
	if a.Is6() {
		a = none
	}
	b := a.As4()
	n := binary.BigEndian.Uint32(b[:])
	low := uint16(n)
	for _, s := range g.ranges[uint16(n>>16)] {
		if low >= s.start && low <= s.end {
			return s.value
		}
	}
	return g.fallback
}

// address is ngx_http_geo_addr: the client's, or that of whom a trusted proxy
// stands for.
func (g *geo) address(r *httpd.Request) netip.Addr {
	var a netip.Addr
	if g.indirect {
		v, ok := r.Var(g.index)
		if !ok {
			return none
		}
		if a, ok = host.Parse(v); !ok {
			return none
		}
	} else {
		a = r.Conn.RemoteAddr().Addr()
	}
	if !a.IsValid() {
		// A unix socket has no address, but may be a proxy all the same.
		a = none
	}
	a = a.WithZone("").Unmap()
	if g.proxies != nil {
		a = g.forwarded(r, a).Unmap()
	}
	return a
}

// forwarded is ngx_http_get_forwarded_addr: X-Forwarded-For read from its end,
// as far as the addresses are trusted.
func (g *geo) forwarded(r *httpd.Request, a netip.Addr) netip.Addr {
	list := r.In.List
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].ID != http1.XForwardedFor {
			continue
		}
		next, more := g.walk(a, list[i].Value)
		a = next
		if !more || !g.recursive {
			break
		}
	}
	return a
}

// walk goes through one header; more tells that all of it was trusted.
func (g *geo) walk(a netip.Addr, value string) (last netip.Addr, more bool) {
	for {
		if !g.trusts(a) {
			return a, false
		}
		for len(value) > 1 && (value[len(value)-1] == ' ' || value[len(value)-1] == ',') {
			value = value[:len(value)-1]
		}
		at := len(value)
		for at > 0 && value[at-1] != ' ' && value[at-1] != ',' {
			at--
		}
		next, ok := host.ParsePort(value[at:])
		if !ok {
			return a, false
		}
		a = next.Addr().Unmap()
		if at == 0 {
			return a, true
		}
		if !g.recursive {
			return a, false
		}
		value = value[:at-1]
		if value == "" {
			return a, true
		}
	}
}

func (g *geo) trusts(a netip.Addr) bool {
	for _, p := range g.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
