package netlink

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// RouteType is what a route does.
type RouteType uint8

// The types that "ip route" knows.
const (
	Unicast     = RouteType(unix.RTN_UNICAST) // also 0
	Local       = RouteType(unix.RTN_LOCAL)
	Broadcast   = RouteType(unix.RTN_BROADCAST)
	Anycast     = RouteType(unix.RTN_ANYCAST)
	Multicast   = RouteType(unix.RTN_MULTICAST)
	Blackhole   = RouteType(unix.RTN_BLACKHOLE)
	Unreachable = RouteType(unix.RTN_UNREACHABLE)
	Prohibit    = RouteType(unix.RTN_PROHIBIT)
	Throw       = RouteType(unix.RTN_THROW)
)

// Scopes.
const (
	ScopeGlobal  = uint8(unix.RT_SCOPE_UNIVERSE)
	ScopeSite    = uint8(unix.RT_SCOPE_SITE)
	ScopeLink    = uint8(unix.RT_SCOPE_LINK)
	ScopeHost    = uint8(unix.RT_SCOPE_HOST)
	ScopeNowhere = uint8(unix.RT_SCOPE_NOWHERE)
)

// TableMain is the table of what says none. ProtoKeepalived marks what keepalived made (it
// is 18 in iproute2's list).
const (
	TableMain       = uint32(unix.RT_TABLE_MAIN)
	TableLocal      = uint32(unix.RT_TABLE_LOCAL)
	ProtoKeepalived = uint8(18)
)

// Route is a route with all that "ip route" can say. The zero value of a field is what
// is not said; Table 0 is the main table.
type Route struct {
	Dst      netip.Prefix // 0.0.0.0/0 or ::/0 is the default route
	From     netip.Prefix // IPv6: only for packets from there
	Type     RouteType
	TOS      uint8
	Scope    uint8
	Protocol uint8
	Table    uint32
	Metric   uint32
	PrefSrc  netip.Addr // "src"
	Pref     Opt[uint8] // IPv6 router preference: 0 medium, 1 high, 3 low
	Expires  uint32     // IPv6, seconds
	TTLProp  Opt[uint8] // "ttl-propagate"

	Hops []Hop // one is an ordinary route, more are several ways by weight

	Metrics  [MetricCount]uint32 // by Metric number; 0: not given
	Locked   uint32              // bits of metrics that the kernel may not change
	QuickACK Opt[uint32]
	Congctl  string
}

// Hop is one way of a route.
type Hop struct {
	Via    netip.Addr // may be IPv6 in a route of IPv4
	Index  int        // of the interface; 0: the kernel finds it by Via
	Weight int        // among several; 0 is 1
	OnLink bool       // Via is reachable whatever the addresses say
	Realm  uint32     // "realms": from<<16 | to
	Encap  Encap      // what packets are put into
}

// Numbers of metrics. Rtt is in eighths, RttVar in quarters of a millisecond, as the kernel keeps them.
const (
	MTU               = unix.RTAX_MTU
	Window            = unix.RTAX_WINDOW
	Rtt               = unix.RTAX_RTT
	RttVar            = unix.RTAX_RTTVAR
	SSThresh          = unix.RTAX_SSTHRESH
	Cwnd              = unix.RTAX_CWND
	AdvMSS            = unix.RTAX_ADVMSS
	Reordering        = unix.RTAX_REORDERING
	HopLimit          = unix.RTAX_HOPLIMIT
	InitCwnd          = unix.RTAX_INITCWND
	Features          = unix.RTAX_FEATURES
	RTOMin            = unix.RTAX_RTO_MIN
	InitRwnd          = unix.RTAX_INITRWND
	QuickACK          = unix.RTAX_QUICKACK
	Congctl           = unix.RTAX_CC_ALGO
	FastOpenNoCookie  = unix.RTAX_FASTOPEN_NO_COOKIE
	MetricCount       = unix.RTAX_FASTOPEN_NO_COOKIE + 1
	FeatureECN        = 1 // of Features
	DefaultIPv6Metric = 1024
)

func (r *Route) v6() bool { return r.Dst.Addr().Is6() }

func (r *Route) table() uint32 {
	if r.Table == 0 {
		return TableMain
	}
	return r.Table
}

// Same tells whether both are the same entry of the kernel's table, which for IPv4 has
// one route for a destination, TOS and metric, and for IPv6 as many as have different hops.
func (r *Route) Same(o *Route) bool {
	if r.Dst != o.Dst || r.From != o.From || r.table() != o.table() || r.TOS != o.TOS || r.metric() != o.metric() {
		return false
	}
	if !r.v6() || len(r.Hops) != 1 || len(o.Hops) != 1 {
		return true
	}
	return r.Hops[0].Via == o.Hops[0].Via && (r.Hops[0].Index == o.Hops[0].Index || r.Hops[0].Index == 0)
}

func (r *Route) metric() uint32 {
	if r.Metric == 0 && r.v6() {
		return DefaultIPv6Metric
	}
	return r.Metric
}
