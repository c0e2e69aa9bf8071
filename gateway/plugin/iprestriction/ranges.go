package iprestriction

import (
	"net/netip"
	"slices"
	"strings"
)

// ranges are addresses, sorted, that neither overlap nor touch: looking for one costs the
// logarithm of how many there are.
type ranges []span

type span struct{ first, last netip.Addr }

// newRanges reads addresses and networks.
func newRanges(list []string) (ranges, error) {
	var out ranges
	for _, s := range list {
		var p netip.Prefix
		var err error
		if strings.Contains(s, "/") {
			p, err = netip.ParsePrefix(s)
		} else {
			var a netip.Addr
			a, err = netip.ParseAddr(s)
			p = netip.PrefixFrom(a.WithZone(""), a.BitLen())
		}
		if err != nil {
			return nil, err
		}
		out = append(out, spanOf(p))
	}
	slices.SortFunc(out, func(a, b span) int { return a.first.Compare(b.first) })
	return out.merge(), nil
}

// spanOf is what a network covers. IPv4 inside IPv6 counts as IPv4.
func spanOf(p netip.Prefix) span {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	p = p.Masked()
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return span{p.Addr(), last}
}

// merge joins what overlaps or touches, in a sorted list.
func (r ranges) merge() ranges {
	out := r[:0]
	for _, s := range r {
		if n := len(out) - 1; n >= 0 && out[n].first.BitLen() == s.first.BitLen() {
			if next := out[n].last.Next(); !next.IsValid() || s.first.Compare(next) <= 0 {
				if out[n].last.Less(s.last) {
					out[n].last = s.last
				}
				continue
			}
		}
		out = append(out, s)
	}
	return out
}

func (r ranges) have(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	i, found := slices.BinarySearchFunc(r, a, func(s span, a netip.Addr) int { return s.first.Compare(a) })
	return found || i > 0 && a.Compare(r[i-1].last) <= 0
}
