package snmp

import (
	"net/netip"
	"strconv"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
)

// rule is a row of vrrpRuleTable.
type rule struct {
	set bool
	*config.Rule
}

// ruleActions are RuleAction.
var ruleActions = map[string]int{"": 1, "lookup": 1, "goto": 2, "nop": 3, "blackhole": 6, "unreachable": 7, "prohibit": 8}

var ruleColumns = []column[rule]{
	{id: 2, of: func(r *rule) agentx.Value {
		switch {
		case r.From.IsValid() && r.To.IsValid():
			return agentx.Text("both")
		case r.To.IsValid():
			return agentx.Text("to")
		}
		return when(r.From.IsValid(), agentx.Text("from"))
	}},
	{id: 3, of: func(r *rule) agentx.Value { return when(r.main().IsValid(), family(r.main().Addr())) }},
	{id: 4, of: func(r *rule) agentx.Value { return base(r.main()) }},
	{id: 5, of: func(r *rule) agentx.Value { return length(r.main()) }},
	{id: 6, of: func(r *rule) agentx.Value { return r.table() }},
	{id: 7, of: func(r *rule) agentx.Value { return truth(r.set) }},
	{id: 8, of: func(r *rule) agentx.Value { return truth(r.Not) }},
	{id: 9, of: func(r *rule) agentx.Value { return when(r.To.IsValid(), family(r.To.Addr())) }},
	{id: 10, of: func(r *rule) agentx.Value { return base(r.To) }},
	{id: 11, of: func(r *rule) agentx.Value { return length(r.To) }},
	{id: 12, of: func(r *rule) agentx.Value { return when(r.From.IsValid(), family(r.From.Addr())) }},
	{id: 13, of: func(r *rule) agentx.Value { return base(r.From) }},
	{id: 14, of: func(r *rule) agentx.Value { return length(r.From) }},
	{id: 15, of: func(r *rule) agentx.Value { return agentx.Gauge(uint64(r.TOS)) }},
	{id: 16, of: func(r *rule) agentx.Value { return when(r.FwMask != 0, agentx.Gauge(uint64(r.FwMark))) }},
	{id: 17, of: func(r *rule) agentx.Value { return some(uint64(r.FwMask)) }},
	{id: 18, of: func(r *rule) agentx.Value { return some(uint64(r.Realms & 0xffff)) }},
	{id: 19, of: func(r *rule) agentx.Value { return some(uint64(r.Realms >> 16)) }},
	{id: 20, of: func(r *rule) agentx.Value { return text(r.IIF) }},
	{id: 21, of: func(r *rule) agentx.Value { return text(r.OIF) }},
	{id: 22, of: func(r *rule) agentx.Value { return when(r.Action == "goto", agentx.Gauge(uint64(r.Goto))) }},
	{id: 23, of: func(r *rule) agentx.Value { return agentx.Int(ruleActions[r.Action]) }},
	{id: 24, of: func(r *rule) agentx.Value { return r.table() }},
	{id: 25, of: func(r *rule) agentx.Value { return maybe(r.Priority) }},
	{id: 26, of: func(r *rule) agentx.Value { return maybe(r.SuppressPrefix) }},
	{id: 27, of: func(r *rule) agentx.Value {
		if r.SuppressGroup == nil {
			return agentx.Value{}
		}
		return agentx.Text(strconv.Itoa(int(*r.SuppressGroup)))
	}},
	{id: 28, of: func(r *rule) agentx.Value { return when(r.TunnelID != 0, agentx.Gauge(r.TunnelID>>32)) }},
	{id: 29, of: func(r *rule) agentx.Value { return when(r.TunnelID != 0, agentx.Gauge(r.TunnelID&0xffffffff)) }},
	{id: 30, of: func(r *rule) agentx.Value { return end(r.UIDs, 0) }},
	{id: 31, of: func(r *rule) agentx.Value { return end(r.UIDs, 1) }},
	{id: 32, of: func(r *rule) agentx.Value { return when(r.L3Mdev, truth(true)) }},
	{id: 33, of: func(r *rule) agentx.Value { return when(r.Proto != 0 && r.Proto != ourProtocol, protocol(r.Proto)) }},
	{id: 34, of: func(r *rule) agentx.Value { return some(uint64(r.IPProto)) }},
	{id: 35, of: func(r *rule) agentx.Value { return end(r.Sport, 0) }},
	{id: 36, of: func(r *rule) agentx.Value { return end(r.Sport, 1) }},
	{id: 37, of: func(r *rule) agentx.Value { return end(r.Dport, 0) }},
	{id: 38, of: func(r *rule) agentx.Value { return end(r.Dport, 1) }},
}

// main is the address that the oldest columns have: the destination before the source.
func (r *rule) main() netip.Prefix {
	if r.To.IsValid() {
		return r.To
	}
	return r.From
}

func (r *rule) table() agentx.Value {
	return when(ruleActions[r.Action] == 1, agentx.Gauge(uint64(r.Table)))
}

func base(p netip.Prefix) agentx.Value { return when(p.IsValid(), agentx.Addr(p.Addr())) }

func length(p netip.Prefix) agentx.Value {
	return when(p.IsValid(), agentx.Gauge(uint64(max(p.Bits(), 0))))
}

func maybe(n *uint32) agentx.Value {
	if n == nil {
		return agentx.Value{}
	}
	return agentx.Gauge(uint64(*n))
}

// end is one end of a range.
func end[T uint16 | uint32](r *[2]T, i int) agentx.Value {
	if r == nil {
		return agentx.Value{}
	}
	return agentx.Gauge(uint64(r[i]))
}

// ruleTable has the static rules as those of instance 0.
func ruleTable(v *view, s *Snapshot) {
	var rows []row[rule]
	add := func(instance int, list []config.Rule, set bool) {
		for i := range list {
			rows = append(rows, row[rule]{[]uint32{uint32(instance), uint32(i + 1)}, rule{set, &list[i]}})
		}
	}
	add(0, s.Config.StaticRules, true)
	for i := range s.Status.Instances {
		add(i+1, s.Status.Instances[i].Config.Rules, s.Status.Instances[i].Owned)
	}
	table(v, entry(vrrp, 8), ruleColumns, rows)
}
