package access

import (
	"net/netip"
	"slices"
)

// verdict is what the rules say of a client.
type verdict uint8

const (
	none verdict = iota
	allow
	deny
)

// rules are the rules of a level. IPv4, IPv6 and unix clients have lists of their
// own, as in nginx.
type rules struct {
	v4, v6 list
	unix   verdict // of the first rule
}

// list is rules of one family in the order written, and for a long list the
// index: for each length of mask the networks with the place of their first rule.
type list struct {
	rules []rule
	index []length
}

type rule struct {
	net netip.Prefix
	say verdict
}

type length struct {
	bits int
	at   map[netip.Addr]int
}

// indexFrom is the length of a list from which looking up beats walking.
const indexFrom = 12

func (rs *rules) some() bool { return rs != nil }

func (rs *rules) add(p netip.Prefix, v verdict) {
	l := &rs.v6
	if p.Addr().Is4() {
		l = &rs.v4
	}
	l.rules = append(l.rules, rule{p, v})
}

func (rs *rules) addUnix(v verdict) {
	if rs.unix == none {
		rs.unix = v
	}
}

func (rs *rules) build() {
	if rs != nil {
		rs.v4.build()
		rs.v6.build()
	}
}

// find is the verdict on a client; the zero address is one on a unix socket.
func (rs *rules) find(a netip.Addr) verdict {
	a = a.Unmap()
	switch {
	case a.Is4():
		return rs.v4.find(a)
	case a.Is6():
		return rs.v6.find(a)
	}
	return rs.unix
}

func (l *list) build() {
	l.index = nil
	if len(l.rules) < indexFrom {
		return
	}
	for i, r := range l.rules {
		n := slices.IndexFunc(l.index, func(x length) bool { return x.bits == r.net.Bits() })
		if n < 0 {
			n = len(l.index)
			l.index = append(l.index, length{r.net.Bits(), map[netip.Addr]int{}})
		}
		if _, known := l.index[n].at[r.net.Addr()]; !known {
			l.index[n].at[r.net.Addr()] = i
		}
	}
}

func (l *list) find(a netip.Addr) verdict {
	if l.index == nil {
		for i := range l.rules {
			if l.rules[i].net.Contains(a) {
				return l.rules[i].say
			}
		}
		return none
	}
	first := len(l.rules)
	for i := range l.index {
		p, err := a.Prefix(l.index[i].bits)
		if err != nil {
			continue
		}
		if at, ok := l.index[i].at[p.Addr()]; ok && at < first {
			first = at
		}
	}
	if first == len(l.rules) {
		return none
	}
	return l.rules[first].say
}
