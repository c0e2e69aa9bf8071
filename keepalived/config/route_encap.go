package config

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// maxLabels is how many labels of MPLS the kernel puts in front of a packet.
const maxLabels = 30

// encap reads "encap TYPE ..." up to the first word that does not belong to it, which may
// be one of the route. It is false when there is no such type.
func (l *routeLine) encap(e *Encap) bool {
	if l.i+1 == len(l.w) {
		l.spoil("Missing encap type")
		return true
	}
	l.i++
	switch kind := l.w[l.i]; kind {
	case "ip", "ip6":
		e.Kind = kind
		l.encapIP(e)
	case "mpls":
		e.Kind = kind
		l.encapMPLS(e)
	case "ila":
		e.Kind = kind
		l.encapILA(e)
	default:
		l.spoil("Unknown encap type - %s", kind)
		return false
	}
	return true
}

// encapIP is a tunnel's head. A word that it does not take, or whose value is wrong, is
// read again as one of the route.
func (l *routeLine) encapIP(e *Encap) {
	id := false
	for l.i+2 < len(l.w) {
		word, text := l.w[l.i+1], l.w[l.i+2]
		switch {
		case word == "id":
			var ok bool
			if e.ID, ok = l.encapID(text); !ok {
				l.spoil("encap id %s value is invalid", text)
				return
			}
			id = true
		case word == "dst" || word == "src":
			at := &e.Dst
			if word == "src" {
				at = &e.Src
			}
			if !l.encapAddr(at, e.Kind, word, text) {
				return
			}
		case e.Kind == "ip" && word == "ttl", e.Kind == "ip6" && word == "hoplimit":
			n, ok := l.uint(text, 0, 255, hard)
			if !ok {
				format := "ttl %s is not valid for ip encapsulation"
				if word == "hoplimit" {
					format = "Invalid hoplimit %s specified for ip6 encapsulation"
				}
				l.spoil(format, text)
				return
			}
			e.TTL = uint8(n)
		case e.Kind == "ip" && word == "tos":
			n, ok := l.named("rt_dsfield", text, 255)
			if !ok {
				l.spoil("dsfield %s not valid for ip encapsulation", text)
				return
			}
			e.TOS = uint8(n)
		case e.Kind == "ip6" && word == "tc":
			n, ok := l.named("rt_dsfield", text, 255)
			if !ok {
				l.spoil("tc value %s is invalid for ip6 encapsulation", word)
				return
			}
			e.TOS = uint8(n)
		default:
			l.encapLacks(e, id)
			return
		}
		l.i += 2
	}
	l.encapLacks(e, id)
}

func (l *routeLine) encapLacks(e *Encap, id bool) {
	if !id && !e.Dst.IsValid() {
		l.err("address or id missing for %s encapsulation", e.Kind)
	}
}

func (l *routeLine) encapID(text string) (uint64, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		l.uint(text, 0, math.MaxUint32, hard) // says what is wrong
	}
	return n, err == nil
}

func (l *routeLine) encapAddr(at *netip.Addr, kind, word, text string) bool {
	a, ok := addr(text)
	switch {
	case !ok:
		l.err("VRRP parsed invalid IP %s. skipping IP...", text)
		l.spoil("Invalid encap ip "+word+" %s", text)
		return false
	case a.Is6() != (kind == "ip6"):
		family := "IPv4"
		if a.Is6() {
			family = "IPv6"
		}
		l.spoil(family+" address %s not valid for "+kind+" encapsulation", text)
		return false
	}
	*at = a
	return true
}

// encapMPLS is a stack of labels: 100/200.
func (l *routeLine) encapMPLS(e *Encap) {
	if l.i+1 == len(l.w) {
		l.spoil("missing address for MPLS encapsulation")
		return
	}
	l.i++
	text := l.w[l.i]
	for label := range strings.SplitSeq(text, "/") {
		n, err := strconv.ParseUint(label, 10, 32)
		if err != nil || n >= 1<<20 || len(e.Labels) == maxLabels {
			l.spoil("invalid mpls address %s for encapsulation", text)
			return
		}
		e.Labels = append(e.Labels, uint32(n))
	}
}

// encapILA is a locator: four groups of hexadecimal digits.
func (l *routeLine) encapILA(e *Encap) {
	if l.i+1 == len(l.w) {
		l.spoil("missing locator for ILA encapsulation")
		return
	}
	l.i++
	text := l.w[l.i]
	groups := strings.Split(text, ":")
	for i, g := range groups {
		n, err := strconv.ParseUint(g, 16, 16)
		if err != nil || len(groups) != len(e.Locator) {
			l.spoil("invalid locator %s for ila encapsulation", text)
			return
		}
		e.Locator[i] = uint16(n)
	}
}
