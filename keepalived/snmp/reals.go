package snmp

import (
	"slices"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
)

// real is a row of realServerTable: a real server, or the sorry server before them.
type real struct {
	*status.Real
	s     *Snapshot
	of    *config.Server
	sorry bool
	rate  rate
}

// regular is a value that a sorry server has not.
func (r *real) regular(v agentx.Value) agentx.Value { return when(!r.sorry, v) }

var realColumns = slices.Concat([]column[real]{
	{id: 2, of: func(r *real) agentx.Value { return pick(r.sorry, 2, 1) }},
	{id: 3, of: func(r *real) agentx.Value { return family(r.Config.Addr.Addr()) }},
	{id: 4, of: func(r *real) agentx.Value { return agentx.Addr(r.Config.Addr.Addr()) }},
	{id: 5, of: func(r *real) agentx.Value { return agentx.Gauge(uint64(r.Config.Addr.Port())) }},
	{id: 6, of: func(r *real) agentx.Value { return r.regular(truth(r.Alive)) }},
	{id: 7, of: func(r *real) agentx.Value { return r.regular(agentx.Int(r.Weight)) }, write: func(r *real) *write {
		if r.sorry {
			return nil
		}
		set, v, c := r.s.SetWeight, r.of, r.Config
		return &write{0, 65535, func(weight int) { set(v, c, weight) }}
	}},
	{id: 8, of: func(r *real) agentx.Value { return r.regular(some(uint64(r.Config.Upper))) }},
	{id: 9, of: func(r *real) agentx.Value { return r.regular(some(uint64(r.Config.Lower))) }},
	{id: 10, of: func(r *real) agentx.Value { return r.regular(pick(r.Config.Inhibit, 2, 1)) }},
	{id: 11, of: func(r *real) agentx.Value { return r.regular(script(&r.Config.NotifyUp)) }},
	{id: 12, of: func(r *real) agentx.Value { return r.regular(script(&r.Config.NotifyDown)) }},
	{id: 13, of: func(r *real) agentx.Value { return r.regular(agentx.Gauge(r.failed())) }},
	{id: 15, of: func(r *real) agentx.Value { return agentx.Gauge(r.Active) }},
	{id: 16, of: func(r *real) agentx.Value { return agentx.Gauge(r.Inactive) }},
	{id: 17, of: func(r *real) agentx.Value { return agentx.Gauge(0) }},
}, counterColumns(counterIDs{conns: 14, packetsIn: 18, rates: 22, wide: 27, halves: 30},
	func(r *real) traffic { return trafficOf(r.Real) }, func(r *real) rate { return r.rate }), []column[real]{
	{id: 40, of: func(r *real) agentx.Value { return agentx.Int(methods[r.Config.Forward.Method]) }},
	{id: 41, of: func(r *real) agentx.Value {
		return when(!r.sorry && r.Config.VirtualHost != r.of.VirtualHost, text(r.Config.VirtualHost))
	}},
	{id: 42, of: func(r *real) agentx.Value { return truth(r.Config.Alpha) }},
	{id: 43, of: func(r *real) agentx.Value { return agentx.Gauge(uint64(r.Config.Times.Retry)) }},
	{id: 44, of: func(r *real) agentx.Value { return seconds(r.Config.Times.RetryDelay) }},
	{id: 45, of: func(r *real) agentx.Value { return seconds(r.Config.Times.Warmup) }},
	{id: 46, of: func(r *real) agentx.Value { return seconds(r.Config.Times.Loop) }},
	{id: 47, of: func(r *real) agentx.Value { return truth(r.Config.Mail) }},
	{id: 48, of: func(r *real) agentx.Value { return micros(r.Config.Times.RetryDelay) }},
	{id: 49, of: func(r *real) agentx.Value { return micros(r.Config.Times.Warmup) }},
	{id: 50, of: func(r *real) agentx.Value { return micros(r.Config.Times.Loop) }},
	{id: 51, of: func(r *real) agentx.Value { return micros(r.Config.Times.Timeout) }},
}, tunnelColumns(52, func(r *real) *config.Forward { return &r.Config.Forward }), []column[real]{
	{id: 55, of: func(r *real) agentx.Value { return text(r.Config.SNMPName) }},
})

// failed counts the checkers that have failed.
func (r *real) failed() uint64 {
	n := uint64(0)
	for i := range r.Checkers {
		if !r.Checkers[i].Up {
			n++
		}
	}
	return n
}

func trafficOf(r *status.Real) traffic {
	return traffic{r.Connections, r.PacketsIn, r.PacketsOut, r.BytesIn, r.BytesOut}
}

func realTable(v *view, s *Snapshot) {
	var rows []row[real]
	for i := range s.Status.Servers {
		c := &s.Status.Servers[i]
		place := uint32(0)
		add := func(r real) {
			place++
			rows = append(rows, row[real]{[]uint32{uint32(i + 1), place}, r})
		}
		if sorry := c.Config.Sorry; sorry != nil {
			add(real{Real: &status.Real{Config: sorry}, s: s, sorry: true})
		}
		for j := range c.Reals {
			r := &c.Reals[j]
			add(real{Real: r, s: s, of: c.Config, rate: s.rates.of(s.at, i, j, trafficOf(r))})
		}
	}
	table(v, entry(check, 4), realColumns, rows)
}

// member is a row of virtualServerGroupMemberTable.
type member struct{ *config.GroupEntry }

// kind is fwmark(1), ip(2), iprange(3).
func (m *member) kind() int {
	switch {
	case m.FwMark != 0:
		return 1
	case m.Last.IsValid() && m.Last != m.First:
		return 3
	}
	return 2
}

var memberColumns = []column[member]{
	{id: 2, of: func(r *member) agentx.Value { return agentx.Int(r.kind()) }},
	{id: 3, of: func(r *member) agentx.Value { return some(uint64(r.FwMark)) }},
	{id: 4, of: func(r *member) agentx.Value { return when(r.kind() != 1, family(r.First)) }},
	{id: 5, of: func(r *member) agentx.Value { return when(r.kind() == 2, agentx.Addr(r.First)) }},
	{id: 6, of: func(r *member) agentx.Value { return when(r.kind() == 3, agentx.Addr(r.First)) }},
	{id: 7, of: func(r *member) agentx.Value { return when(r.kind() == 3, agentx.Addr(r.Last)) }},
	{id: 8, of: func(r *member) agentx.Value { return when(r.kind() != 1, agentx.Gauge(uint64(r.Port))) }},
}

// memberTables are the groups of addresses and marks. keepalived has the marks first.
func memberTables(v *view, s *Snapshot) {
	var groups []row[string]
	var members []row[member]
	for i, g := range s.Config.ServerGroups {
		groups = append(groups, row[string]{[]uint32{uint32(i + 1)}, g.Name})
		place := uint32(0)
		for _, marks := range []bool{true, false} {
			for j := range g.Entries {
				if e := &g.Entries[j]; (e.FwMark != 0) == marks {
					place++
					members = append(members, row[member]{[]uint32{uint32(i + 1), place}, member{e}})
				}
			}
		}
	}
	table(v, entry(check, 1), []column[string]{{id: 2, of: func(r *string) agentx.Value { return agentx.Text(*r) }}}, groups)
	table(v, entry(check, 2), memberColumns, members)
}
