package release

import (
	"fmt"
	"net/netip"
	"slices"
)

// networks are ranges of addresses, sorted, none touching another of the same family: a list of any length is one binary search.
type networks []span

type span struct{ from, to netip.Addr }

func parseNetworks(texts []string) (networks, error) {
	var all []span
	for _, s := range texts {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, err := netip.ParseAddr(s)
			if err != nil || a.Zone() != "" {
				return nil, fmt.Errorf("%q is neither an address nor a network", s)
			}
			a = a.Unmap()
			p = netip.PrefixFrom(a, a.BitLen())
		}
		if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
		}
		all = append(all, span{p.Masked().Addr(), last(p)})
	}
	slices.SortFunc(all, func(a, b span) int { return a.from.Compare(b.from) })
	var out networks
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].to.BitLen() == s.from.BitLen() && s.from.Compare(out[n-1].to) <= 0 {
			if out[n-1].to.Less(s.to) {
				out[n-1].to = s.to
			}
			continue
		}
		out = append(out, s)
	}
	return out, nil
}

// last is the highest address of a network.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

func (n networks) has(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	lo, hi := 0, len(n)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if n[mid].to.Less(a) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo < len(n) && !a.Less(n[lo].from)
}
