package config

import (
	"math"
	"net/netip"
	"slices"
	"strings"
)

// The words of ip route and ip rule are read here. What keepalived refuses is
// refused with its texts; a word that we do not act on is kept in Words.

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
	bad    bool // it is left out, and the rest of it not looked at
	spoilt bool // it is left out, and the rest is
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

// spoil leaves the route out once all of it is read.
func (l *routeLine) spoil(format string, args ...any) {
	l.err(format, args...)
	l.spoilt = true
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
		case x.Type == "broadcast", x.Type == "multicast", x.Type == "anycast":
			x.Scope = 253
		}
	}
	r.watchable(x)
	return *x, !l.spoilt
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
		l.encap(&x.Encap)
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
