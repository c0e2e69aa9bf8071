package snmp

import (
	"math"
	"strings"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/status"
)

// script is a command as keepalived shows it: each word in quotes.
func script(c *config.Command) agentx.Value {
	switch {
	case !c.Set():
		return agentx.Value{}
	case c.Open:
		return agentx.Text("<" + strings.Join(c.Args, " "))
	}
	return agentx.Text("'" + strings.Join(c.Args, "' '") + "'")
}

var scriptColumns = []column[status.Script]{
	{id: 2, of: func(r *status.Script) agentx.Value { return agentx.Text(r.Config.Name) }},
	{id: 3, of: func(r *status.Script) agentx.Value { return script(&r.Config.Command) }},
	{id: 4, of: func(r *status.Script) agentx.Value { return agentx.Int(int(r.Config.Interval / time.Second)) }},
	{id: 5, of: func(r *status.Script) agentx.Value { return agentx.Int(r.Config.Weight) }},
	{id: 6, of: func(r *status.Script) agentx.Value {
		switch {
		case !r.Ran && r.Config.InitFail:
			return agentx.Int(5)
		case !r.Ran:
			return agentx.Int(1)
		}
		return pick(r.Up, 3, 2)
	}},
	{id: 7, of: func(r *status.Script) agentx.Value { return agentx.Gauge(uint64(r.Config.Rise)) }},
	{id: 8, of: func(r *status.Script) agentx.Value { return agentx.Gauge(uint64(r.Config.Fall)) }},
	{id: 9, of: func(r *status.Script) agentx.Value { return truth(r.Config.Reverse) }},
}

var fileColumns = []column[status.File]{
	{id: 2, of: func(r *status.File) agentx.Value { return agentx.Text(r.Config.Name) }},
	{id: 3, of: func(r *status.File) agentx.Value { return agentx.Text(r.Config.Path) }},
	{id: 4, of: func(r *status.File) agentx.Value { return agentx.Int(r.Value) }},
	{id: 5, of: func(r *status.File) agentx.Value { return agentx.Int(r.Config.Weight) }},
	{id: 6, of: func(r *status.File) agentx.Value { return truth(r.Config.Reverse) }},
}

var bfdColumns = []column[status.BFD]{
	{id: 2, of: func(r *status.BFD) agentx.Value { return agentx.Text(r.Config.Name) }},
	{id: 3, of: func(r *status.BFD) agentx.Value { return pick(r.Up, 1, 0) }},
	{id: 4, of: func(r *status.BFD) agentx.Value { return agentx.Int(r.Config.Weight) }},
	{id: 5, of: func(r *status.BFD) agentx.Value { return truth(r.Config.Reverse) }},
}

var processColumns = []column[status.Process]{
	{id: 2, of: func(r *status.Process) agentx.Value { return agentx.Text(r.Config.Name) }},
	{id: 3, of: func(r *status.Process) agentx.Value { return agentx.Text(r.Config.Path) }},
	{id: 4, of: func(r *status.Process) agentx.Value { return text(strings.Join(r.Config.Params, " ")) }},
	{id: 5, of: func(r *status.Process) agentx.Value {
		return agentx.Int(map[string]int{"exact": 1, "partial": 2, "initial": 3}[r.Config.ParamMatch])
	}},
	{id: 6, of: func(r *status.Process) agentx.Value { return agentx.Int(r.Config.Weight) }},
	{id: 7, of: func(r *status.Process) agentx.Value { return truth(r.Config.Reverse) }},
	{id: 8, of: func(r *status.Process) agentx.Value { return agentx.Gauge(uint64(r.Config.Quorum)) }},
	{id: 9, of: func(r *status.Process) agentx.Value {
		if r.Config.QuorumMax >= math.MaxInt32 {
			return agentx.Int(-1)
		}
		return agentx.Int(r.Config.QuorumMax)
	}},
	{id: 10, of: func(r *status.Process) agentx.Value { return micros(r.Config.ForkDelay) }},
	{id: 11, of: func(r *status.Process) agentx.Value { return micros(r.Config.TerminateDelay) }},
	{id: 12, of: func(r *status.Process) agentx.Value { return truth(r.Config.FullCommand || len(r.Config.Params) > 0) }},
	{id: 13, of: func(r *status.Process) agentx.Value { return agentx.Int(r.Count) }},
	{id: 14, of: func(r *status.Process) agentx.Value { return truth(r.Quorate) }},
}

func micros(d time.Duration) agentx.Value { return agentx.Gauge(uint64(max(d, 0) / time.Microsecond)) }

// objectTables are the things that instances and groups can follow.
func objectTables(v *view, s *Snapshot) {
	table(v, entry(vrrp, 9), scriptColumns, numbered(s.Status.Scripts))
	table(v, entry(vrrp, 13), fileColumns, numbered(s.Status.Files))
	table(v, entry(vrrp, 18), bfdColumns, numbered(s.Status.BFDs))
	table(v, entry(vrrp, 21), processColumns, numbered(s.Status.Processes))
}

// numbered makes rows of a list, with numbers from 1 as their index.
func numbered[T any](list []T) []row[T] {
	rows := make([]row[T], len(list))
	for i := range list {
		rows[i] = row[T]{[]uint32{uint32(i + 1)}, list[i]}
	}
	return rows
}
