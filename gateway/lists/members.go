package lists

import (
	"net/netip"
	"strings"
)

// members is who is on a list.
type members struct {
	text  string // that it was made of
	names map[string]struct{}
	// Of addresses. Networks are by their length, so that a list of any length is a few
	// look-ups.
	addrs    map[netip.Addr]struct{}
	networks map[netip.Prefix]struct{}
	lengths  []int // of networks: those of IPv4 are negative
}

// parse takes a list apart: commas, semicolons and all kinds of space are between its
// members. Among addresses what is none is left out: the tutorial empties its list by
// writing 1 into it.
func parse(text string, addresses bool) *members {
	m := &members{text: text}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' })
	if !addresses {
		m.names = make(map[string]struct{}, len(words))
		for _, w := range words {
			m.names[w] = struct{}{}
		}
		return m
	}
	m.addrs, m.networks = map[netip.Addr]struct{}{}, map[netip.Prefix]struct{}{}
	for _, w := range words {
		if a, err := netip.ParseAddr(w); err == nil {
			m.addrs[a.Unmap()] = struct{}{}
		} else if p, err := netip.ParsePrefix(w); err == nil {
			m.network(p)
		}
	}
	return m
}

func (m *members) network(p netip.Prefix) {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	p = p.Masked()
	length := p.Bits()
	if p.Addr().Is4() {
		length = -1 - length
	}
	m.networks[p] = struct{}{}
	for _, l := range m.lengths {
		if l == length {
			return
		}
	}
	m.lengths = append(m.lengths, length)
}

func (m *members) has(value string) bool {
	if m == nil {
		return false
	}
	if m.names != nil {
		_, ok := m.names[value]
		return ok
	}
	a, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	if _, ok := m.addrs[a]; ok {
		return true
	}
	for _, length := range m.lengths {
		if (length < 0) != a.Is4() {
			continue
		}
		if length < 0 {
			length = -1 - length
		}
		if p, err := a.Prefix(length); err == nil {
			if _, ok := m.networks[p]; ok {
				return true
			}
		}
	}
	return false
}
