package geo

import (
	"net/netip"
	"sort"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/edge/sys/host"
)

// networks are the lines of a geo without ranges.
type networks map[netip.Prefix]string

var (
	all4 = netip.PrefixFrom(netip.AddrFrom4([4]byte{}), 0)
	all6 = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
)

// netLine is ngx_http_geo_cidr.
func (rd *reader) netLine(key, value string, p *syntax.Node) error {
	switch key {
	case "default":
		rd.put(all4, key, value, p)
		rd.put(all6, key, value, p)
		return nil
	case "delete":
		net, err := rd.network(value, p)
		if err != nil {
			return err
		}
		if _, ok := rd.nets[net]; !ok {
			rd.warn(p, "no network \"%s\" to delete", value)
		}
		delete(rd.nets, net)
		return nil
	}
	net, err := rd.network(key, p)
	if err == nil {
		rd.put(net, key, value, p)
	}
	return err
}

func (rd *reader) put(net netip.Prefix, text, value string, p *syntax.Node) {
	if old, ok := rd.nets[net]; ok {
		rd.warn(p, "duplicate network \"%s\", value: \"%s\", old value: \"%s\"", text, value, old)
	}
	rd.nets[net] = value
}

// network is ngx_http_geo_cidr_value.
func (rd *reader) network(text string, p *syntax.Node) (netip.Prefix, error) {
	if text == "255.255.255.255" { // elsewhere that is no address
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), 32), nil
	}
	net, masked, ok := host.ParseNetwork(text)
	if !ok {
		return net, directive.Errorf("invalid network \"%s\"", text)
	}
	if masked {
		rd.warn(p, "low address bits of %s are meaningless", text)
	}
	return net, nil
}

// bound is where a value begins to hold; it does up to the next bound.
type bound struct {
	addr  netip.Addr
	value string
}

// flatten makes of nested networks a sorted list of bounds for each family, so
// that an address is found by halving.
func (ns networks) flatten() (v4, v6 []bound) {
	nets := make([]netip.Prefix, 0, len(ns))
	for n := range ns {
		nets = append(nets, n)
	}
	sort.Slice(nets, func(i, j int) bool {
		if c := nets[i].Addr().Compare(nets[j].Addr()); c != 0 {
			return c < 0
		}
		return nets[i].Bits() < nets[j].Bits()
	})
	split := sort.Search(len(nets), func(i int) bool { return nets[i].Addr().Is6() })
	return ns.bounds(nets[:split]), ns.bounds(nets[split:])
}

func (ns networks) bounds(nets []netip.Prefix) []bound {
	var out []bound
	var open []netip.Prefix // networks around the place where we are
	emit := func(at netip.Addr, value string) {
		if n := len(out); n > 0 && out[n-1].addr == at {
			out[n-1].value = value
			return
		}
		out = append(out, bound{at, value})
	}
	pop := func() {
		after := lastOf(open[len(open)-1]).Next()
		open = open[:len(open)-1]
		if !after.IsValid() {
			return
		}
		value := ""
		if n := len(open); n > 0 {
			value = ns[open[n-1]]
		}
		emit(after, value)
	}
	for _, n := range nets {
		for len(open) > 0 && lastOf(open[len(open)-1]).Less(n.Addr()) {
			pop()
		}
		emit(n.Addr(), ns[n])
		open = append(open, n)
	}
	for len(open) > 0 {
		pop()
	}
	return out
}

// lastOf is the highest address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func lookup(bounds []bound, a netip.Addr) string {
	lo, hi := 0, len(bounds)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if bounds[mid].addr.Compare(a) <= 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return ""
	}
	return bounds[lo-1].value
}
