package config

// The words of ip route and ip rule are read here. What keepalived refuses is
// refused with its texts; a word that we do not act on is kept in Words.

import (
	"math"
	"net/netip"
	"slices"
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
	bad    bool // it is left out
}

// mix notes the family of an address; false: the route has one of the other.
func (l *routeLine) mix(a netip.Addr, note string) bool {
	f := familyOf(a)
	if l.family != 0 && l.family != f {
		l.refuse("Cannot mix IPv4 and IPv6 addresses for route%s", note)
		return false
	}
	l.family = f
	return true
}

// refuse leaves the route out.
func (l *routeLine) refuse(format string, args ...any) {
	l.err(format, args...)
	l.bad = true
}

// arg is the next word. Without one keepalived ends.
func (l *routeLine) arg() string {
	if l.i+1 >= len(l.w) {
		l.missing(l.w)
	}
	l.i++
	return l.w[l.i]
}

// ip is the next word, which must be an address.
func (l *routeLine) ip(message string) (netip.Addr, bool) {
	text := l.arg()
	a, ok := addr(text)
	if !ok {
		l.err("VRRP parsed invalid IP %s. skipping IP...", text)
		l.err(message, text)
	}
	return a, ok
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
	r.watchable(x)
	return *x, true
}

// watchable says what keepalived can't watch: it knows its own routes by their
// protocol, and where they are by their interface.
func (r *reader) watchable(x *Route) {
	if !x.NoTrack && x.Dev == "" {
		r.err("Warning - cannot track route %s with no interface specified, not tracking", x.Dst)
		x.NoTrack = true
	}
	switch {
	case !x.protoSet:
		x.Proto = protoKeepalived
	case !x.NoTrack && x.Proto != protoKeepalived:
		r.err("Route cannot be tracked if protocol is not RTPROT_KEEPALIVED(%d), resetting protocol", protoKeepalived)
		x.Proto = protoKeepalived
	}
}

const protoKeepalived = 18 // RTPROT_KEEPALIVED of linux/rtnetlink.h

// number reads the value of a word; some may be locked.
func (l *routeLine) number(at *uint32, message string, most uint32) {
	text := l.arg()
	if text == "lock" {
		l.x.Locks = append(l.x.Locks, l.w[l.i-1])
		text = l.arg()
	}
	n, ok := l.uint(text, 0, most, hard)
	if !ok {
		l.refuse(message, text)
		return
	}
	*at = n
}

// named8 reads a name or a number of one byte.
func (l *routeLine) named8(at *uint8, file, message string) {
	text := l.arg()
	n, ok := l.named(file, text, 255)
	if !ok {
		l.refuse(message, text)
		return
	}
	*at = uint8(n)
}

func (l *routeLine) word(word string, static bool) {
	x := &l.x
	switch word {
	case "inet", "inet6":
		if l.family = v4; word == "inet6" {
			l.family = v6
		}
	case "src":
		l.address(&x.Src, "invalid route src address %s")
	case "gw", "via":
		if word == "gw" {
			l.err("\"gw\" for routes is deprecated. Please use \"via\"")
		}
		if next := l.arg(); next != "inet" && next != "inet6" {
			l.i--
		}
		l.address(&x.Via, "invalid route via address %s")
	case "from":
		l.from()
	case "or":
		l.err("\"or\" for routes is deprecated. Please use \"nexthop\"")
		a, ok := l.ip("Invalid \"or\" address %s")
		if !ok {
			l.bad = true
			return
		}
		if x.Via.IsValid() {
			x.NextHops = append(x.NextHops, NextHop{Via: x.Via, Weight: 1})
			x.Via = netip.Addr{}
		}
		x.NextHops = append(x.NextHops, NextHop{Via: a, Weight: 1})
	case "dev", "oif":
		x.Dev = l.device()
	case "table":
		text := l.arg()
		n, ok := l.named("rt_tables", text, math.MaxUint32)
		if !ok {
			l.refuse("Routing table %s not found for route", text)
		}
		x.Table = n
	case "protocol":
		l.named8(&x.Proto, "rt_protos", "Protocol %s not found or invalid for route")
		x.protoSet = true
	case "scope":
		l.named8(&x.Scope, "rt_scopes", "Scope %s not found or invalid for route")
		x.scopeSet = true
	case "tos", "dsfield":
		l.named8(&x.TOS, "rt_dsfield", "TOS value %s is invalid")
	case "metric", "priority", "preference":
		l.number(&x.Metric, "Invalid metric %s specified for route", math.MaxUint32)
	case "mtu":
		l.number(&x.MTU, "Invalid MTU %s specified for route", math.MaxUint32)
	case "advmss":
		l.number(&x.AdvMSS, "Invalid advmss %s specified for route", math.MaxUint32)
	case "window":
		l.number(&x.Window, "Invalid window value %s specified for route", math.MaxUint32)
	case "hoplimit":
		l.number(&x.HopLimit, "Invalid hoplimit %s specified for route", 255)
	case "initcwnd":
		l.number(&x.InitCWND, "Invalid initcwnd value %s specified for route", math.MaxUint32)
	case "initrwnd":
		l.number(&x.InitRWND, "Invalid initrwnd value %s specified for route", math.MaxUint32)
	case "cwnd":
		l.number(&x.CWND, "Invalid cwnd value %s specified for route", math.MaxUint32)
	case "ssthresh":
		l.number(&x.SSThresh, "Invalid ssthresh value %s specified for route", math.MaxUint32)
	case "reordering":
		l.number(&x.Reordering, "Invalid reordering value %s specified for route", math.MaxUint32)
	case "fastopen_no_cookie":
		l.number(&x.FastOpenNoCookie, "Invalid fastopen_no_cookie value %s specified for route", 1)
	case "quickack":
		var n uint32
		l.number(&n, "Invalid quickack value %s specified for route", 1)
		x.QuickACK = tristate(n == 1)
	case "expires", "pref":
		l.onlyV6(word)
	case "rtt":
		l.rtt(&x.RTT, "Invalid rtt %s for route", 8)
	case "rttvar":
		l.rtt(&x.RTTVar, "Invalid rttvar %s for route", 4)
	case "rto_min":
		l.rtt(&x.RTOMin, "Invalid rto_min value %s specified for route", 1)
	case "realms":
		text := l.arg()
		n, ok := l.realms(text)
		if !ok {
			l.refuse("Invalid realms %s for route", text)
		}
		x.Realms = n
	case "congctl":
		text := l.arg()
		if text == "lock" {
			x.Locks = append(x.Locks, word)
			text = l.arg()
		}
		x.CongCtl = text
	case "features":
		if text := l.arg(); text == "ecn" {
			x.ECN = true
		} else {
			l.err("feature %s not supported", text)
		}
	case "onlink":
		x.OnLink = true
	case "add", "append", "prepend":
		x.How = word
	case "no_track":
		x.NoTrack = true
	case "vrf":
		text := l.arg()
		switch i, found := l.host.Interface(text); {
		case !found:
			l.refuse("VRF %s not found for route", text)
		case !i.VRF:
			l.refuse("Route specified VRF %s is not a VRF", text)
		}
		x.VRF = text
	case "as":
		if l.arg() != "to" {
			l.i--
		} else if l.i+1 < len(l.w) {
			l.i++
		}
		l.err("\"as to\" for MPLS only - ignoring")
	case "encap":
		l.encap()
	case "nexthop":
		l.nexthops()
	case "to":
		l.arg()
		l.destination()
	default:
		switch {
		case word == "track_group" && static:
			x.TrackGroup = l.trackGroup()
		case slices.Contains(routeTypes, word):
			x.Type = word
			l.arg()
			l.i--
		default:
			l.destination()
		}
	}
}

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

// encap is left out: what follows it is not looked at.
func (l *routeLine) encap() {
	if l.i+1 == len(l.w) {
		l.refuse("Missing encap type")
		return
	}
	switch kind := l.w[l.i+1]; kind {
	case "mpls", "ip", "ip6", "ila":
		l.aside("encap in a route")
		l.i = len(l.w)
	default:
		l.refuse("Unknown encap type - %s", kind)
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

// rtt is a time in milliseconds, or with its unit; scale is the kernel's.
func (l *routeLine) rtt(at *time.Duration, message string, scale int) {
	text := l.arg()
	if text == "lock" {
		l.x.Locks = append(l.x.Locks, l.w[l.i-1])
		text = l.arg()
	}
	unit, number := time.Millisecond, text
	switch {
	case strings.HasSuffix(text, "ms"):
		number = strings.TrimSuffix(text, "ms")
	case strings.HasSuffix(text, "s"):
		unit, number = time.Second, strings.TrimSuffix(text, "s")
	}
	v, over, ok := digits(number)
	switch {
	case !ok:
		l.err("invalid number '%s'", text)
		l.refuse(message, text)
	case over || v > math.MaxUint32/uint64(scale)/uint64(unit/time.Millisecond):
		l.refuse(message, text)
	default:
		*at = time.Duration(v) * unit
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
				l.arg()
			default:
				l.err("Route has trailing nonsense after nexthops - %s", l.w[l.i])
				l.i = len(l.w)
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
			if x.TrackGroup != "" && x.Dev == "" {
				r.err("Static route cannot have track_group if interface not specified")
				x.TrackGroup = ""
			}
			r.config.StaticRoutes = append(r.config.StaticRoutes, x)
		}
	})
}
