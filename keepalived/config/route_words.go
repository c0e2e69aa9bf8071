package config

import (
	"math"
	"net/netip"
	"strings"
	"time"
)

// trackGroup is the group that a static route or rule names.
func (l *routeLine) trackGroup() string {
	text := l.arg()
	if _, known := l.config.TrackGroups[text]; !known {
		l.err("track_group %s not found", text)
		return ""
	}
	return text
}

func (l *routeLine) device() string {
	name := l.arg()
	if _, found := l.host.Interface(name); !found {
		l.absent(name, "WARNING - interface %s for VROUTE nexthop doesn't exist", name)
	}
	return name
}

func (l *routeLine) from() {
	text := l.arg()
	p, ok := l.prefix(text, v6)
	switch {
	case !ok:
		l.refuse("invalid route from address %s", text)
	case p.Addr().Is4():
		l.refuse("route from address only supported with IPv6 (%s)", text)
	default:
		l.x.From = p
	}
}

// onlyV6 are the words that IPv4 does not have.
func (l *routeLine) onlyV6(word string) {
	text := l.arg()
	switch {
	case l.family == v4:
		l.refuse("%s is only valid for IPv6", word)
	case word == "expires":
		n, ok := l.uint(text, 0, math.MaxInt32, hard)
		if !ok {
			l.refuse("Invalid expires time %s specified for route", text)
		}
		l.x.Expires = n
	case text == "low" || text == "medium" || text == "high":
		l.x.Pref = text
	default:
		if _, ok := l.uint(text, 0, 3, hard); !ok {
			l.refuse("Invalid pref value %s specified for route", text)
		}
	}
}

func (l *routeLine) destination() {
	text := l.w[l.i]
	if text == "default6" {
		l.log("'default6' is deprecated - please replace with 'inet6 default'")
		text, l.family = "default", v6
	}
	p, ok := l.prefix(text, l.family)
	switch {
	case !ok:
		l.refuse("unknown route keyword %s", text)
	case text == "default" || text == "any":
		l.family = familyOf(p.Addr())
		l.x.Dst = p
	case l.mix(p.Addr(), " ("+text+")"):
		l.x.Dst = p
	}
}

func (l *routeLine) address(at *netip.Addr, message string) {
	a, ok := l.ip(message)
	if !ok {
		l.bad = true
	} else if l.mix(a, "") {
		*at = a
	}
}

// A round trip's time is no shorter and no longer than this for keepalived. The longest is
// counted in the kernel's units, whatever the unit written.
const (
	minRTT = 200 * time.Millisecond
	maxRTT = 120 * time.Second
)

// rtt is a time in the kernel's units, of which scale are a millisecond, or with its own.
func (l *routeLine) rtt(at *time.Duration, message string, scale int) {
	text := l.arg()
	if text == "lock" {
		l.x.Locks = append(l.x.Locks, l.w[l.i-1])
		text = l.arg()
	}
	unit, number, places := time.Millisecond/time.Duration(scale), text, 0
	most := time.Duration(scale) * maxRTT / time.Millisecond // of the unit
	switch {
	case strings.HasSuffix(text, "ms"):
		unit, number = time.Millisecond, strings.TrimSuffix(text, "ms")
	case strings.HasSuffix(text, "s"):
		unit, number, places = time.Second, strings.TrimSuffix(text, "s"), 3
		most /= 1000
	}
	whole, rest, _ := strings.Cut(number, ".")
	if len(rest) > places {
		l.log("number '%s' has too many decimal places", number)
		rest = rest[:places]
	}
	v, over, ok := digits(whole)
	part, _, fine := digits((rest + "000")[:3])
	d := time.Duration(v)*unit + time.Duration(part)*unit/1000
	switch {
	case !ok || !fine:
		l.err("invalid number '%s'", text)
		l.refuse(message, text)
	case over || v > uint64(most) || d > most*unit:
		l.err("number '%s' outside range [%#.*f, %#.*f]", number, places, 0.0, places, float64(most))
		l.refuse(message, text)
	default:
		if d < minRTT {
			l.log("rtt value %s below minimum 200ms, resetting", text)
			d = minRTT
		}
		*at = d
	}
}

// realms are "FROM/TO" or "TO", as names or numbers.
func (r *reader) realms(text string) (uint32, bool) {
	from, to, both := strings.Cut(text, "/")
	if !both {
		from, to = "", from
	}
	hi, ok := uint32(0), true
	if from != "" {
		hi, ok = r.named("rt_realms", from, 0xffff)
	}
	if !ok {
		return 0, false
	}
	lo, ok := r.named("rt_realms", to, 0xffff)
	return hi<<16 | lo, ok
}

// nexthops are the ways of a route with several; nothing may follow them.
func (l *routeLine) nexthops() {
	for l.i < len(l.w) && l.w[l.i] == "nexthop" {
		h := NextHop{Weight: 1}
		for l.i++; l.i < len(l.w) && l.w[l.i] != "nexthop"; l.i++ {
			switch l.w[l.i] {
			case "via", "gw":
				if next := l.arg(); next != "inet" && next != "inet6" {
					l.i--
				}
				a, ok := l.ip("invalid nexthop address %s")
				if !ok {
					l.i = len(l.w)
					return
				}
				h.Via = a
			case "dev", "oif":
				h.Dev = l.device()
			case "weight":
				text := l.arg()
				n, ok := l.uint(text, 0, 256, hard)
				switch {
				case !ok:
					l.err("Invalid weight %s specified for route", text)
				case n == 0:
					l.err("Invalid weight 0 specified for route")
				default:
					h.Weight = int(n)
				}
			case "onlink":
				h.OnLink = true
			case "realms":
				text := l.arg()
				n, ok := l.realms(text)
				if !ok {
					l.spoil("Invalid realms %s for route", text)
				}
				h.Realms = n
			case "encap":
				if !l.encap(&h.Encap) {
					l.i++
				}
			default:
				l.err("Route has trailing nonsense after nexthops - %s", l.w[l.i])
				l.i = len(l.w)
				return
			}
		}
		l.x.NextHops = append(l.x.NextHops, h)
	}
}
