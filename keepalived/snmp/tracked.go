package snmp

import (
	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
)

// trackedColumns are those of the tables of what instances and groups follow. Of an
// interface they begin at 1.
var trackedColumns = []column[config.Tracked]{
	{id: 2, of: func(r *config.Tracked) agentx.Value { return agentx.Text(r.Name) }},
	{id: 3, of: func(r *config.Tracked) agentx.Value { return agentx.Int(r.Weight) }},
	{id: 4, of: func(r *config.Tracked) agentx.Value { return truth(r.Reverse) }},
}

var trackedInterfaceColumns = []column[config.Tracked]{
	{id: 1, of: trackedColumns[0].of}, {id: 2, of: trackedColumns[1].of}, {id: 3, of: trackedColumns[2].of},
}

// trackedTables are what instances follow.
func trackedTables(v *view, s *Snapshot) {
	list := s.Status.Instances
	each := func(number uint32, columns []column[config.Tracked], of func(*config.Instance) []config.Tracked) {
		table(v, entry(vrrp, number), columns, followed(len(list), func(i int) []config.Tracked { return of(list[i].Config) }))
	}
	each(4, trackedInterfaceColumns, func(c *config.Instance) []config.Tracked { return c.TrackInterfaces })
	each(5, trackedColumns, func(c *config.Instance) []config.Tracked { return c.TrackScripts })
	each(12, trackedColumns, func(c *config.Instance) []config.Tracked { return c.TrackFiles })
	each(17, trackedColumns, func(c *config.Instance) []config.Tracked { return c.TrackBFDs })
	each(20, trackedColumns, func(c *config.Instance) []config.Tracked { return c.TrackProcesses })
}

// followed makes rows of lists; the second number of the index is the place in the list,
// also of interfaces, as keepalived has it.
func followed(n int, of func(int) []config.Tracked) []row[config.Tracked] {
	var rows []row[config.Tracked]
	for i := range n {
		for j, t := range of(i) {
			rows = append(rows, row[config.Tracked]{[]uint32{uint32(i + 1), uint32(j + 1)}, t})
		}
	}
	return rows
}

var groupColumns = []column[status.Group]{
	{id: 2, of: func(r *status.Group) agentx.Value { return agentx.Text(r.Config.Name) }},
	{id: 3, of: func(r *status.Group) agentx.Value { return agentx.Int(int(r.State)) }},
	{id: 4, of: func(r *status.Group) agentx.Value { return truth(r.Config.Notify.Mail) }},
	{id: 5, of: func(r *status.Group) agentx.Value { return truth(runs(&r.Config.Notify)) }},
	{id: 6, of: func(r *status.Group) agentx.Value { return script(&r.Config.Notify.Master) }},
	{id: 7, of: func(r *status.Group) agentx.Value { return script(&r.Config.Notify.Backup) }},
	{id: 8, of: func(r *status.Group) agentx.Value { return script(&r.Config.Notify.Fault) }},
	{id: 9, of: func(r *status.Group) agentx.Value { return script(&r.Config.Notify.Any) }},
	{id: 10, of: func(r *status.Group) agentx.Value { return truth(r.Config.Weighted) }},
	{id: 11, of: func(r *status.Group) agentx.Value { return script(&r.Config.Notify.Stop) }},
}

// groupTables are the sync groups, their members, and what they follow.
func groupTables(v *view, s *Snapshot) {
	list := s.Status.Groups
	rows := make([]row[status.Group], len(list))
	var members []row[string]
	for i := range rows {
		rows[i] = row[status.Group]{[]uint32{uint32(i + 1)}, list[i]}
		for j, in := range list[i].Config.Instances {
			members = append(members, row[string]{[]uint32{uint32(i + 1), uint32(j + 1)}, in.Name})
		}
	}
	table(v, entry(vrrp, 1), groupColumns, rows)
	table(v, entry(vrrp, 2), []column[string]{{id: 2, of: func(r *string) agentx.Value { return agentx.Text(*r) }}}, members)
	each := func(number uint32, columns []column[config.Tracked], of func(*config.Group) []config.Tracked) {
		table(v, entry(vrrp, number), columns, followed(len(list), func(i int) []config.Tracked { return of(list[i].Config) }))
	}
	each(14, trackedInterfaceColumns, func(c *config.Group) []config.Tracked { return c.TrackInterfaces })
	each(15, trackedColumns, func(c *config.Group) []config.Tracked { return c.TrackScripts })
	each(16, trackedColumns, func(c *config.Group) []config.Tracked { return c.TrackFiles })
	each(19, trackedColumns, func(c *config.Group) []config.Tracked { return c.TrackBFDs })
	each(22, trackedColumns, func(c *config.Group) []config.Tracked { return c.TrackProcesses })
}
