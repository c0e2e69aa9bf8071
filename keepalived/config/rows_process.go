package config

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// processRows are about how the system treats the processes.
var processRows = slices.Concat(
	priorityRows("vrrp", func(g *Global) *Priority { return &g.VRRP }),
	priorityRows("checker", func(g *Global) *Priority { return &g.Checker }),
	priorityRows("bfd", func(g *Global) *Priority { return &g.BFD }),
	[]keyword{
		{name: "process_names", in: inGlobal, set: do(func(r *reader, w []string) { r.config.Global.ProcessNames = true }), doc: "Name the processes keepalived, keepalived_vrrp, keepalived_ipvs, keepalived_bfd."},
		{name: "process_name", in: inGlobal, need: 1, args: "NAME", set: processName(func(g *Global) *Priority { return &g.Parent }), doc: "The name of the parent."},
		{name: "max_auto_priority", in: inGlobal, idle: true, args: "[-1..99]", def: "0; 99 without a number", set: do(func(r *reader, w []string) {
			if len(w) < 2 {
				r.config.Global.MaxAuto = 99
				return
			}
			if n, ok := r.int(w[1], -1, 99, soft); ok {
				r.config.Global.MaxAuto = n
			} else {
				r.err("max_auto_priority '%s' must be in [0, %d] (or -1 to disable) - ignoring", w[1], 99)
			}
		}), doc: "How far the real-time priority is raised when timers run late; ours has one from the start. -1 hides the notice about it."},
		{name: "min_auto_priority_delay", in: inGlobal, idle: true, args: "MICROSECONDS", def: "1000000", set: do(func(r *reader, w []string) {
			if len(w) < 2 {
				r.err("min_auto_priority_delay requires delay time")
				return
			}
			if n, ok := r.int(w[1], 1, 10000000, soft); ok {
				r.config.Global.MinAutoDelay = time.Duration(n) * time.Microsecond
			} else {
				r.err("min_auto_priority_delay '%s' must be in [1, 10000000] - ignoring", w[1])
			}
		}), doc: "How late that is."},
	},
)

func priorityRows(who string, at func(*Global) *Priority) []keyword {
	limit := do(func(r *reader, w []string) {
		if w[0] != who+"_rlimit_rttime" {
			r.log("Keyword '%s' is deprecated - please use '%s_rlimit_rttime'", w[0], who)
		}
		if n, ok := r.uint(w[1], 1, math.MaxUint32, soft); ok {
			at(&r.config.Global).RTTime = time.Duration(n) * time.Microsecond
		} else {
			r.err("Invalid %s real-time limit - %s", who, w[1])
		}
	})
	return []keyword{
		{name: who + "_priority", in: inGlobal, args: "-20..19", set: do(func(r *reader, w []string) {
			if len(w) < 2 {
				r.err("No %s process priority specified", who)
				return
			}
			if n, ok := r.int(w[1], -20, 19, soft); ok {
				at(&r.config.Global).Nice = n
			} else {
				r.err("Invalid %s process priority specified", who)
			}
		}), doc: "Its nice value."},
		{name: who + "_rt_priority", in: inGlobal, args: "1..99", set: do(func(r *reader, w []string) {
			if len(w) < 2 {
				r.err("No %s process real-time priority specified", who)
				return
			}
			n, ok := r.int(w[1], math.MinInt32, math.MaxInt32, soft)
			switch {
			case !ok:
				r.err("%s process real-time priority '%s' invalid", who, w[1])
				return
			case n < 1:
				r.err("%s process real-time priority %d less than minimum %d - setting to minimum", who, n, 1)
				n = 1
			case n > 99:
				r.err("%s process real-time priority %d greater than maximum %d - setting to maximum", who, n, 99)
				n = 99
			}
			at(&r.config.Global).RealTime = n
		}), doc: "Its real-time priority (SCHED_RR)."},
		{name: who + "_no_swap", in: inGlobal, set: do(func(r *reader, w []string) { at(&r.config.Global).NoSwap = true }), doc: "Its memory is locked."},
		{name: who + "_cpu_affinity", in: inGlobal, args: "CPU ...", set: do(func(r *reader, w []string) {
			if len(w) < 2 {
				r.err("No %s cpu_id set specified", who)
				return
			}
			for _, word := range w[1:] {
				n, ok := r.int(word, 0, r.host.CPUs()-1, soft)
				if !ok {
					v, _ := strconv.ParseInt(word, 10, 64)
					r.err("Invalid cpu_id:%d specified for %s process", int32(v), who)
					break
				}
				at(&r.config.Global).CPUs = append(at(&r.config.Global).CPUs, n)
			}
		}), doc: "The processors that it may run on."},
		{name: who + "_rlimit_rttime", old: []string{who + "_rlimit_rtime"}, in: inGlobal, need: 1, args: "MICROSECONDS", def: "10000", set: limit, doc: "How long it may compute at a time with real-time priority."},
		{name: who + "_process_name", in: inGlobal, need: 1, args: "NAME", set: processName(at), doc: "Its name."},
	}
}

func processName(at func(*Global) *Priority) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		name := w[1]
		if len(name) > 15 {
			r.err("Process name %s more than %d characters, truncating", name, 15)
			name = name[:15]
		}
		at(&r.config.Global).Name = name
	})
}
