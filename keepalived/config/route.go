package config

// The words of ip route and ip rule are read here. What keepalived refuses is
// refused with its texts; a word that we do not act on is kept in Words.

import (
	"math"
	"net/netip"
	"strings"
	"time"
)

var routeTypes = []string{"unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit", "throw", "nat", "xresolve"}

// prefix reads "IP[/LEN]", "default" and "any".
func (r *reader) prefix(text string, f family) (netip.Prefix, bool) {
	if text == "default" || text == "any" || text == "all" {
		if f == v6 {
			return netip.PrefixFrom(netip.IPv6Unspecified(), 0), true
		}
		return netip.PrefixFrom(netip.IPv4Unspecified(), 0), true
	}
	ip, length, masked := strings.Cut(text, "/")
	a, ok := addr(ip)
	if !ok {
		r.err("VRRP parsed invalid IP %s. skipping IP...", text)
		return netip.Prefix{}, false
	}
	bits := a.BitLen()
	if masked && length != "" {
		if n, ok := r.uint(length, 0, uint32(bits), soft); ok {
			bits = int(n)
		} else {
			r.err("Invalid address prefix len %s for address %s - using %d", length, text, bits)
		}
	}
	return netip.PrefixFrom(a, bits), true
}

// routeLine is a route while its words are read.
type routeLine struct {
	*reader
	x      Route
	w      []string
	i      int
	family family
	lock   bool
	bad    bool // it is left out
}

// mix notes the family of an address; false: the route has one of the other.
func (l *routeLine) mix(a netip.Addr) bool {
	f := familyOf(a)
	if l.family != 0 && l.family != f {
		l.err("Cannot mix IPv4 and IPv6 addresses for route")
		l.bad = true
		return false
	}
	l.family = f
	return true
}

// arg is the next word.
func (l *routeLine) arg() (string, bool) {
	if l.i+1 >= len(l.w) {
		l.err("No %s parameter specified for %s", l.w[l.i], "route")
		l.bad = true
		return "", false
	}
	l.i++
	return l.w[l.i], true
}

// route reads a line of virtual_routes or static_routes.
func (r *reader) route(w []string, static bool) (Route, bool) {
	l := &routeLine{reader: r, w: w, x: Route{Words: w, Type: "unicast", Table: 254, Pos: r.pos}}
	for ; l.i < len(w) && !l.bad; l.i++ {
		l.word(w[l.i], static)
	}
	if l.bad {
		return l.x, false
	}
	x := &l.x
	if !x.Dst.IsValid() {
		r.err("Route must have a destination")
		return *x, false
	}
	if !x.scopeSet {
		switch {
		case x.Type == "local" || x.Type == "nat":
			x.Scope = 254
		case x.Type == "unicast" && !x.Via.IsValid() && len(x.NextHops) == 0 && l.family == v4, x.Type == "broadcast", x.Type == "multicast", x.Type == "anycast":
			x.Scope = 253
		}
	}
	if !x.protoSet {
		x.Proto = 18
	}
	return *x, true
}

// numbers are the words whose value is a number that may be locked in place.
func (l *routeLine) metric(name string, at *uint32, message string, most uint32) {
	text, ok := l.arg()
	if !ok {
		return
	}
	if text == "lock" {
		l.lock = true
		if text, ok = l.arg(); !ok {
			return
		}
	}
	n, ok := l.uint(text, 0, most, soft)
	if !ok {
		l.err(message, text)
		l.bad = true
		return
	}
	if at != nil {
		*at = n
	}
}

func (l *routeLine) word(word string, static bool) {
	x := &l.x
	switch word {
	case "inet", "inet6":
		f := v4
		if word == "inet6" {
			f = v6
		}
		if l.family != 0 && l.family != f {
			l.err("Cannot mix IPv4 and IPv6 addresses for route")
			l.bad = true
		}
		l.family = f
	case "src":
		l.address(&x.Src, "invalid route src address %s")
	case "via", "gw":
		if l.i+1 < len(l.w) && (l.w[l.i+1] == "inet" || l.w[l.i+1] == "inet6") {
			x.viaFamily = l.w[l.i+1]
			l.i++
		}
		l.address(&x.Via, "invalid route via address %s")
	case "from":
		if text, ok := l.arg(); ok {
			p, ok := l.prefix(text, v6)
			switch {
			case !ok:
				l.err("invalid route from address %s", text)
				l.bad = true
			case p.Addr().Is4():
				l.err("route from address only supported with IPv6 (%s)", text)
				l.bad = true
			default:
				x.From = p
			}
		}
	case "or":
		if text, ok := l.arg(); ok {
			a, ok := addr(text)
			if !ok {
				l.err("Invalid \"or\" address %s", text)
				l.bad = true
				return
			}
			x.NextHops = append(x.NextHops, NextHop{Via: x.Via, Weight: 1}, NextHop{Via: a, Weight: 1})
			x.Via = netip.Addr{}
		}
	case "dev", "oif":
		if text, ok := l.arg(); ok {
			if _, found := l.host.Interface(text); !found {
				l.err("WARNING - interface %s for VROUTE nexthop doesn't exist", text)
				l.absent(text)
			}
			x.Dev = text
		}
	case "table":
		if text, ok := l.arg(); ok {
			n, ok := l.named("rt_tables", text, math.MaxUint32)
			if !ok {
				l.err("Routing table %s not found for route", text)
				l.bad = true
			}
			x.Table = n
		}
	case "protocol", "proto":
		if text, ok := l.arg(); ok {
			n, ok := l.named("rt_protos", text, 255)
			if !ok {
				l.err("Protocol %s not found or invalid for route", text)
				l.bad = true
			}
			x.Proto, x.protoSet = uint8(n), true
		}
	case "scope":
		if text, ok := l.arg(); ok {
			n, ok := l.named("rt_scopes", text, 255)
			if !ok {
				l.err("Scope %s not found or invalid for route", text)
				l.bad = true
			}
			x.Scope, x.scopeSet = uint8(n), true
		}
	case "tos", "dsfield":
		if text, ok := l.arg(); ok {
			n, ok := l.named("rt_dsfield", text, 255)
			if !ok {
				l.err("TOS value %s is invalid", text)
				l.bad = true
			}
			x.TOS = uint8(n)
		}
	case "metric", "priority", "preference":
		l.metric(word, &x.Metric, "Invalid metric %s specified for route", math.MaxUint32)
	case "mtu":
		l.metric(word, &x.MTU, "Invalid MTU %s specified for route", math.MaxUint32)
	case "advmss":
		l.metric(word, &x.AdvMSS, "Invalid advmss %s specified for route", math.MaxUint32)
	case "window":
		l.metric(word, &x.Window, "Invalid window value %s specified for route", math.MaxUint32)
	case "hoplimit":
		l.metric(word, &x.HopLimit, "Invalid hoplimit %s specified for route", 255)
	case "initcwnd":
		l.metric(word, &x.InitCWND, "Invalid initcwnd value %s specified for route", math.MaxUint32)
	case "initrwnd":
		l.metric(word, &x.InitRWND, "Invalid initrwnd value %s specified for route", math.MaxUint32)
	case "cwnd":
		l.metric(word, &x.CWND, "Invalid cwnd value %s specified for route", math.MaxUint32)
	case "ssthresh":
		l.metric(word, &x.SSThresh, "Invalid ssthresh value %s specified for route", math.MaxUint32)
	case "reordering":
		l.metric(word, &x.Reordering, "Invalid reordering value %s specified for route", math.MaxUint32)
	case "expires":
		l.metric(word, &x.Expires, "Invalid expires time %s specified for route", math.MaxInt32)
	case "quickack":
		var n uint32
		l.metric(word, &n, "Invalid quickack value %s specified for route", 1)
		x.QuickACK = tristate(n == 1)
	case "fastopen_no_cookie":
		l.metric(word, &x.FastOpenNoCookie, "Invalid fastopen_no_cookie value %s specified for route", 1)
	case "rtt":
		l.rtt(&x.RTT, "Invalid rtt %s for route", 8)
	case "rttvar":
		l.rtt(&x.RTTVar, "Invalid rttvar %s for route", 4)
	case "rto_min":
		l.rtt(&x.RTOMin, "Invalid rto_min value %s specified for route", 1)
	case "realms":
		if text, ok := l.arg(); ok {
			n, ok := l.realms(text)
			if !ok {
				l.err("Invalid realms %s for route", text)
				l.bad = true
			}
			x.Realms = n
		}
	case "congctl":
		text, ok := l.arg()
		if ok && text == "lock" {
			text, ok = l.arg()
		}
		if ok {
			x.CongCtl = text
		}
	case "features":
		if text, ok := l.arg(); ok {
			if text != "ecn" {
				l.err("feature %s not supported", text)
				return
			}
			x.ECN = true
		}
	case "pref":
		if text, ok := l.arg(); ok {
			switch text {
			case "low", "medium", "high":
				x.Pref = text
			default:
				l.err("Invalid pref value %s specified for route", text)
				l.bad = true
			}
		}
	case "onlink":
		x.OnLink = true
	case "add", "append", "prepend":
		x.How = word
	case "no_track":
		x.NoTrack = true
	case "vrf":
		if text, ok := l.arg(); ok {
			i, found := l.host.Interface(text)
			switch {
			case !found:
				l.err("VRF %s not found for route", text)
				l.bad = true
			case !i.VRF:
				l.err("Route specified VRF %s is not a VRF", text)
				l.bad = true
			}
			x.VRF = text
		}
	case "track_group":
		if !static {
			l.unknownRoute(word)
			return
		}
		if text, ok := l.arg(); ok {
			if _, known := l.config.TrackGroups[text]; !known {
				l.err("track_group %s not found", text)
				return
			}
			x.TrackGroup = text
		}
	case "nexthop":
		l.nexthops()
	case "encap":
		l.i = len(l.w)
	case "to":
		if _, ok := l.arg(); ok {
			l.destination()
		}
	default:
		for _, t := range routeTypes {
			if word == t {
				x.Type = t
				return
			}
		}
		l.destination()
	}
}

func (l *routeLine) destination() {
	text := l.w[l.i]
	if l.x.Dst.IsValid() {
		l.unknownRoute(text)
		return
	}
	p, ok := l.prefix(text, l.family)
	if !ok {
		l.unknownRoute(text)
		return
	}
	if !(text == "default" || text == "any") && !l.mix(p.Addr()) {
		return
	}
	if l.family == 0 {
		l.family = familyOf(p.Addr())
	}
	l.x.Dst = p
}

func (l *routeLine) unknownRoute(word string) {
	l.err("unknown route keyword %s", word)
	l.bad = true
}

func (l *routeLine) address(at *netip.Addr, message string) {
	text, ok := l.arg()
	if !ok {
		return
	}
	a, ok := addr(text)
	if !ok {
		l.err(message, text)
		l.bad = true
		return
	}
	if l.x.viaFamily != "" || l.mix(a) {
		*at = a
	}
}

// rtt is a time in milliseconds, or with its unit; scale is the kernel's.
func (l *routeLine) rtt(at *time.Duration, message string, scale int) {
	text, ok := l.arg()
	if ok && text == "lock" {
		l.lock = true
		text, ok = l.arg()
	}
	if !ok {
		return
	}
	unit := time.Millisecond
	number := text
	switch {
	case strings.HasSuffix(text, "ms"):
		number = strings.TrimSuffix(text, "ms")
	case strings.HasSuffix(text, "s"):
		unit, number = time.Second, strings.TrimSuffix(text, "s")
	}
	v, over, ok := digits(number)
	if !ok || over || v > math.MaxUint32/uint64(scale)/uint64(unit/time.Millisecond) {
		l.err(message, text)
		l.bad = true
		return
	}
	*at = time.Duration(v) * unit
}

// realms are "FROM/TO" or "TO", as names or numbers.
func (r *reader) realms(text string) (uint32, bool) {
	from, to, both := strings.Cut(text, "/")
	if !both {
		from, to = "", from
	}
	hi, lo, ok := uint32(0), uint32(0), true
	if from != "" {
		hi, ok = r.named("rt_realms", from, 0xffff)
	}
	if ok {
		lo, ok = r.named("rt_realms", to, 0xffff)
	}
	return hi<<16 | lo, ok && (both || to != "")
}

// nexthops are the ways of a route with several; nothing may follow them.
func (l *routeLine) nexthops() {
	for l.i < len(l.w) && l.w[l.i] == "nexthop" {
		h := NextHop{Weight: 1}
		for l.i++; l.i < len(l.w) && l.w[l.i] != "nexthop"; l.i++ {
			switch l.w[l.i] {
			case "via", "gw":
				if l.i+1 < len(l.w) && (l.w[l.i+1] == "inet" || l.w[l.i+1] == "inet6") {
					l.i++
				}
				text, ok := l.arg()
				if !ok {
					return
				}
				a, ok := addr(text)
				if !ok {
					l.err("invalid nexthop address %s", text)
					l.bad = true
					return
				}
				h.Via = a
			case "dev", "oif":
				text, ok := l.arg()
				if !ok {
					return
				}
				if _, found := l.host.Interface(text); !found {
					l.err("WARNING - interface %s for VROUTE nexthop doesn't exist", text)
					l.absent(text)
				}
				h.Dev = text
			case "weight":
				text, ok := l.arg()
				if !ok {
					return
				}
				n, ok := l.uint(text, 0, 256, soft)
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
				if _, ok := l.arg(); !ok {
					return
				}
			default:
				l.err("Route has trailing nonsense after nexthops - %s", l.w[l.i])
				l.bad = true
				return
			}
		}
		l.x.NextHops = append(l.x.NextHops, h)
	}
}

func staticRoutes(r *reader, w []string) {
	r.extra(w)
	r.lines(func(w []string) {
		if x, ok := r.route(w, true); ok {
			r.config.StaticRoutes = append(r.config.StaticRoutes, x)
		}
	})
}
