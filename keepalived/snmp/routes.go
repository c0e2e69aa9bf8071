package snmp

import (
	"slices"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
)

// route is a row of vrrpRouteTable.
type route struct {
	s   *Snapshot
	set bool
	*config.Route
}

const mainTable = 254

// routeTypes are RouteType; ecmp(2) is a route with several next hops.
var routeTypes = map[string]int{"": 1, "unicast": 1, "blackhole": 3, "anycast": 4, "multicast": 5, "broadcast": 6,
	"unreachable": 7, "prohibit": 8, "throw": 9, "nat": 10, "xresolve": 11, "local": 2}

var preferences = map[string]int{"low": 1, "medium": 2, "high": 3}

// ourProtocol is what routes of keepalived have in the kernel. The MIB counts from 1.
const ourProtocol = 18

var routeColumns = slices.Concat([]column[route]{
	{id: 2, of: func(r *route) agentx.Value { return pick(r.v6(), 2, 1) }},
	{id: 3, of: func(r *route) agentx.Value { return agentx.Addr(r.Dst.Addr()) }},
	{id: 4, of: func(r *route) agentx.Value { return agentx.Gauge(uint64(max(r.Dst.Bits(), 0))) }},
	{id: 5, of: func(r *route) agentx.Value { return when(r.Via.IsValid(), agentx.Addr(r.Via)) }},
	{id: 7, of: func(r *route) agentx.Value { return when(r.Src.IsValid(), agentx.Addr(r.Src)) }},
	{id: 8, of: func(r *route) agentx.Value { return agentx.Gauge(uint64(r.Metric)) }},
	{id: 9, of: func(r *route) agentx.Value { return agentx.Int(scopes[r.Scope]) }},
	{id: 10, of: func(r *route) agentx.Value {
		if len(r.NextHops) > 0 {
			return agentx.Int(2)
		}
		return agentx.Int(routeTypes[r.Type])
	}},
	{id: 11, of: func(r *route) agentx.Value { return when(r.Dev != "", agentx.Int(r.s.index(r.Dev))) }},
	{id: 12, of: func(r *route) agentx.Value { return text(r.Dev) }},
	{id: 13, of: func(r *route) agentx.Value {
		if r.Table == 0 {
			return agentx.Gauge(mainTable)
		}
		return agentx.Gauge(uint64(r.Table))
	}},
	{id: 14, of: func(r *route) agentx.Value { return truth(r.set) }},
	{id: 15, of: func(r *route) agentx.Value { return when(r.From.IsValid(), agentx.Addr(r.From.Addr())) }},
	{id: 16, of: func(r *route) agentx.Value {
		return when(r.From.IsValid(), agentx.Gauge(uint64(max(r.From.Bits(), 0))))
	}},
	{id: 17, of: func(r *route) agentx.Value { return some(uint64(r.TOS)) }},
	{id: 18, of: func(r *route) agentx.Value { return protocol(r.Proto) }},
	{id: 19, of: func(r *route) agentx.Value { return truth(r.ECN) }},
	{id: 20, of: func(r *route) agentx.Value { return truth(r.QuickACK == config.On) }},
	{id: 21, of: func(r *route) agentx.Value { return when(r.Expires != 0, agentx.Int(int(r.Expires))) }},
}, metricColumns, []column[route]{
	{id: 42, of: func(r *route) agentx.Value { return text(r.CongCtl) }},
	{id: 43, of: func(r *route) agentx.Value { return when(r.Pref != "", agentx.Int(preferences[r.Pref])) }},
	{id: 44, of: func(r *route) agentx.Value { return some(uint64(r.Realms & 0xffff)) }},
	{id: 45, of: func(r *route) agentx.Value { return some(uint64(r.Realms >> 16)) }},
}, encapColumns(46, func(r *route) *config.Encap { return &r.Encap }), []column[route]{
	{id: 55, of: func(r *route) agentx.Value { return when(r.FastOpenNoCookie != 0, truth(true)) }},
})

// some is a number that is told only when it was written.
func some(n uint64) agentx.Value { return when(n != 0, agentx.Gauge(n)) }

func protocol(n uint8) agentx.Value {
	if n == 0 {
		n = ourProtocol
	}
	return agentx.Int(int(n) + 1)
}

// v6 is a route's family, which a default route tells by its gateway.
func (r *route) v6() bool { return r.Dst.Addr().Is6() || r.Via.Is6() }

// metrics are the settings of a connection, each a number that may be locked.
var metricColumns = func() []column[route] {
	var list []column[route]
	for _, m := range []struct {
		id, lock uint32
		word     string
		of       func(*config.Route) uint64
	}{
		{22, 23, "mtu", func(r *config.Route) uint64 { return uint64(r.MTU) }},
		{24, 0, "", func(r *config.Route) uint64 { return uint64(r.HopLimit) }},
		{25, 26, "advmss", func(r *config.Route) uint64 { return uint64(r.AdvMSS) }},
		{27, 28, "rtt", func(r *config.Route) uint64 { return millis(r.RTT) }},
		{29, 30, "rttvar", func(r *config.Route) uint64 { return millis(r.RTTVar) }},
		{31, 32, "reordering", func(r *config.Route) uint64 { return uint64(r.Reordering) }},
		{33, 0, "", func(r *config.Route) uint64 { return uint64(r.Window) }},
		{34, 35, "cwnd", func(r *config.Route) uint64 { return uint64(r.CWND) }},
		{36, 37, "ssthresh", func(r *config.Route) uint64 { return uint64(r.SSThresh) }},
		{38, 39, "rto_min", func(r *config.Route) uint64 { return millis(r.RTOMin) }},
		{40, 0, "", func(r *config.Route) uint64 { return uint64(r.InitCWND) }},
		{41, 0, "", func(r *config.Route) uint64 { return uint64(r.InitRWND) }},
	} {
		list = append(list, column[route]{id: m.id, of: func(r *route) agentx.Value { return some(m.of(r.Route)) }})
		if m.lock != 0 {
			list = append(list, column[route]{id: m.lock, of: func(r *route) agentx.Value {
				return when(m.of(r.Route) != 0, truth(slices.Contains(r.Locks, m.word)))
			}})
		}
	}
	return list
}()

func millis(d time.Duration) uint64 { return uint64(d / time.Millisecond) }

// hop is a row of vrrpRouteNextHopTable.
type hop struct {
	s *Snapshot
	*config.NextHop
}

var hopColumns = slices.Concat([]column[hop]{
	{id: 2, of: func(r *hop) agentx.Value { return when(r.Via.IsValid(), family(r.Via)) }},
	{id: 3, of: func(r *hop) agentx.Value { return when(r.Via.IsValid(), agentx.Addr(r.Via)) }},
	{id: 4, of: func(r *hop) agentx.Value { return when(r.Dev != "", agentx.Int(r.s.index(r.Dev))) }},
	{id: 5, of: func(r *hop) agentx.Value { return text(r.Dev) }},
	{id: 6, of: func(r *hop) agentx.Value { return agentx.Gauge(uint64(max(r.Weight, 1))) }},
	{id: 7, of: func(r *hop) agentx.Value { return truth(r.OnLink) }},
	{id: 8, of: func(r *hop) agentx.Value { return some(uint64(r.Realms & 0xffff)) }},
	{id: 9, of: func(r *hop) agentx.Value { return some(uint64(r.Realms >> 16)) }},
}, encapColumns(10, func(r *hop) *config.Encap { return &r.Encap }))

// routeTables has the static routes as those of instance 0.
func routeTables(v *view, s *Snapshot) {
	var rows []row[route]
	var hops []row[hop]
	add := func(instance int, list []config.Route, set bool) {
		for i := range list {
			index := []uint32{uint32(instance), uint32(i + 1)}
			rows = append(rows, row[route]{index, route{s, set, &list[i]}})
			for j := range list[i].NextHops {
				hops = append(hops, row[hop]{append(index[:2:2], uint32(j+1)), hop{s, &list[i].NextHops[j]}})
			}
		}
	}
	add(0, s.Config.StaticRoutes, true)
	for i := range s.Status.Instances {
		add(i+1, s.Status.Instances[i].Config.Routes, s.Status.Instances[i].Owned)
	}
	table(v, entry(vrrp, 7), routeColumns, rows)
	table(v, entry(vrrp, 11), hopColumns, hops)
}
