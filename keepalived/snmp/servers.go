package snmp

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
)

// server is a row of virtualServerTable.
type server struct {
	*status.Server
	rate rate
}

// schedulers are virtualServerLoadBalancingAlgo.
var schedulers = map[string]int{"rr": 1, "wrr": 2, "lc": 3, "wlc": 4, "lblc": 5, "lblcr": 6, "dh": 7, "sh": 8, "sed": 9, "nq": 10,
	"fo": 11, "ovf": 12, "mh": 13, "twos": 14}

var methods = map[string]int{"NAT": 1, "DR": 2, "TUN": 3}

var protocols = map[string]int{"TCP": 1, "UDP": 2, "SCTP": 3, "": 4}

var serverColumns = slices.Concat([]column[server]{
	{id: 2, of: func(r *server) agentx.Value { return serverType(r.Config) }},
	{id: 3, of: func(r *server) agentx.Value { return groupName(r.Config) }},
	{id: 4, of: func(r *server) agentx.Value { return some(uint64(r.Config.FwMark)) }},
	{id: 5, of: func(r *server) agentx.Value { return pick(r.v6(), 2, 1) }},
	{id: 6, of: func(r *server) agentx.Value { return when(r.addressed(), agentx.Addr(r.Config.Addr.Addr())) }},
	{id: 7, of: func(r *server) agentx.Value {
		return when(r.addressed(), agentx.Gauge(uint64(r.Config.Addr.Port())))
	}},
	{id: 8, of: func(r *server) agentx.Value {
		return when(r.Config.FwMark == 0, agentx.Int(protocols[r.Config.Protocol]))
	}},
	{id: 9, of: func(r *server) agentx.Value {
		if n := schedulers[r.Config.Scheduler]; n != 0 {
			return agentx.Int(n)
		}
		return agentx.Int(99)
	}},
	{id: 10, of: func(r *server) agentx.Value { return agentx.Int(methods[r.Config.Forward.Method]) }},
	{id: 11, of: func(r *server) agentx.Value { return truth(true) }},
	{id: 12, of: func(r *server) agentx.Value { return text(r.Config.VirtualHost) }},
	{id: 13, of: func(r *server) agentx.Value { return truth(r.Config.Persistence > 0) }},
	{id: 14, of: func(r *server) agentx.Value { return when(r.Config.Persistence > 0, seconds(r.Config.Persistence)) }},
	{id: 15, of: func(r *server) agentx.Value { return when(!r.v6(), mask(r.Config.Granularity)) }},
	{id: 16, of: func(r *server) agentx.Value { return seconds(r.Config.Times.Loop) }},
	{id: 17, of: func(r *server) agentx.Value { return truth(r.Config.HASuspend) }},
	{id: 18, of: func(r *server) agentx.Value { return truth(r.Config.Alpha) }},
	{id: 19, of: func(r *server) agentx.Value { return truth(r.Config.Omega) }},
	{id: 20, of: func(r *server) agentx.Value { return agentx.Gauge(uint64(len(r.Reals))) }},
	{id: 21, of: func(r *server) agentx.Value { return agentx.Gauge(uint64(up(r.Server))) }},
	{id: 22, of: func(r *server) agentx.Value { return agentx.Gauge(uint64(r.Config.Quorum)) }},
	{id: 23, of: func(r *server) agentx.Value { return truth(r.Quorum) }},
	{id: 24, of: func(r *server) agentx.Value { return script(&r.Config.QuorumUp) }},
	{id: 25, of: func(r *server) agentx.Value { return script(&r.Config.QuorumDown) }},
	{id: 26, of: func(r *server) agentx.Value { return agentx.Gauge(uint64(r.Config.Hysteresis)) }},
}, counterColumns(counterIDs{conns: 27, packetsIn: 28, rates: 32, wide: 38, halves: 41},
	func(r *server) traffic {
		return traffic{r.Connections, r.PacketsIn, r.PacketsOut, r.BytesIn, r.BytesOut}
	}, func(r *server) rate { return r.rate }), []column[server]{
	{id: 37, of: func(r *server) agentx.Value { return r.flag("ops") }},
	{id: 51, of: func(r *server) agentx.Value { return when(r.v6(), agentx.Gauge(uint64(r.Config.Granularity))) }},
	{id: 52, of: func(r *server) agentx.Value { return r.flag("hashed") }},
	{id: 53, of: func(r *server) agentx.Value { return r.flag(fallback...) }},
	{id: 54, of: func(r *server) agentx.Value { return r.flag(withPort...) }},
	{id: 55, of: func(r *server) agentx.Value { return r.flag("flag-3") }},
	{id: 56, of: func(r *server) agentx.Value { return pick(r.Config.Inhibit, 2, 1) }},
	{id: 57, of: func(r *server) agentx.Value { return agentx.Gauge(uint64(r.Config.Times.Retry)) }},
	{id: 58, of: func(r *server) agentx.Value { return seconds(r.Config.Times.RetryDelay) }},
	{id: 59, of: func(r *server) agentx.Value { return seconds(r.Config.Times.Warmup) }},
	{id: 60, of: func(r *server) agentx.Value { return agentx.Int(r.Config.Weight) }},
	{id: 61, of: func(r *server) agentx.Value { return truth(r.Config.Mail) }},
	{id: 62, of: func(r *server) agentx.Value { return r.flag(fallback...) }},
	{id: 63, of: func(r *server) agentx.Value { return r.flag(withPort...) }},
	{id: 64, of: func(r *server) agentx.Value { return micros(r.Config.Times.Loop) }},
	{id: 65, of: func(r *server) agentx.Value { return micros(r.Config.Times.RetryDelay) }},
	{id: 66, of: func(r *server) agentx.Value { return micros(r.Config.Times.Warmup) }},
	{id: 67, of: func(r *server) agentx.Value { return micros(r.Config.Times.Timeout) }},
}, tunnelColumns(68, func(r *server) *config.Forward { return &r.Config.Forward }), []column[server]{
	{id: 71, of: func(r *server) agentx.Value { return text(r.Config.SNMPName) }},
})

// The kernel has three flags, which schedulers have names of their own for.
var (
	fallback = []string{"flag-1", "sh-fallback", "mh-fallback"}
	withPort = []string{"flag-2", "sh-port", "mh-port"}
)

func (r *server) flag(names ...string) agentx.Value {
	return truth(slices.ContainsFunc(names, func(name string) bool { return slices.Contains(r.Config.Flags, name) }))
}

func (r *server) v6() bool { return r.Config.V6 || r.Config.Addr.Addr().Is6() }

// addressed tells whether the server is one of an address, not of a mark or a group.
func (r *server) addressed() bool { return r.Config.FwMark == 0 && r.Config.Group == nil }

// serverType is fwmark(1), ip(2), group(3).
func serverType(c *config.Server) agentx.Value {
	switch {
	case c.Group != nil:
		return agentx.Int(3)
	case c.FwMark != 0:
		return agentx.Int(1)
	}
	return agentx.Int(2)
}

func groupName(c *config.Server) agentx.Value {
	if c.Group == nil {
		return agentx.Value{}
	}
	return agentx.Text(c.Group.Name)
}

// up counts the real servers that are alive.
func up(v *status.Server) int {
	n := 0
	for i := range v.Reals {
		if v.Reals[i].Alive {
			n++
		}
	}
	return n
}

// mask is a prefix length as an IPv4 mask.
func mask(bits int) agentx.Value {
	p := netip.PrefixFrom(netip.AddrFrom4([4]byte{255, 255, 255, 255}), min(32, max(0, bits)))
	return agentx.Addr(p.Masked().Addr())
}

// tunnelColumns are the kind, the port and the checksum of a tunnel.
func tunnelColumns[R any](first uint32, of func(*R) *config.Forward) []column[R] {
	is := func(r *R, v agentx.Value) agentx.Value { return when(of(r).Method == "TUN", v) }
	return []column[R]{
		{id: first, of: func(r *R) agentx.Value {
			return is(r, agentx.Int(map[string]int{"": 1, "ipip": 1, "gue": 2, "gre": 3}[of(r).Tunnel]))
		}},
		{id: first + 1, of: func(r *R) agentx.Value {
			return when(of(r).Tunnel == "gue", is(r, agentx.Gauge(uint64(of(r).Port))))
		}},
		{id: first + 2, of: func(r *R) agentx.Value {
			return is(r, agentx.Int(map[string]int{"": 1, "nocsum": 1, "csum": 2, "remcsum": 3}[strings.ToLower(of(r).Sum)]))
		}},
	}
}

// checkGroup is the group check.
func checkGroup(v *view, s *Snapshot) {
	memberTables(v, s)
	list := s.Status.Servers
	rows := make([]row[server], len(list))
	for i := range rows {
		index := []uint32{uint32(i + 1)}
		t := &list[i]
		rows[i] = row[server]{index, server{t, s.rates.of(s.at, i, -1, traffic{t.Connections, t.PacketsIn, t.PacketsOut, t.BytesIn, t.BytesOut})}}
	}
	table(v, entry(check, 3), serverColumns, rows)
	realTable(v, s)
	syncGroup(v, &s.Config.Global)
	timeouts := s.Config.Global.Timeouts
	for i, d := range timeouts {
		v.scalar(check.With(7), uint32(i+1), when(timeouts != [3]time.Duration{}, agentx.Int(int(d/time.Second))))
	}
}

// syncGroup is lvs_sync_daemon; without one there is nothing but that there is none.
func syncGroup(v *view, g *config.Global) {
	group, d := check.With(6), g.SyncDaemon
	v.scalar(group, 1, truth(d != nil))
	if d == nil {
		return
	}
	for i, value := range []agentx.Value{
		text(d.Interface), text(d.Instance), agentx.Int(max(d.ID, 0)),
		agentx.Int(d.MaxLen), agentx.Int(d.Port), agentx.Int(d.TTL),
		when(d.Group.IsValid(), family(d.Group)), when(d.Group.IsValid(), agentx.Addr(d.Group)),
	} {
		v.scalar(group, uint32(i+2), value)
	}
}
