package config

import (
	"math"
	"strings"
	"time"
)

var scriptRows = []keyword{
	{name: "script", in: inScript, args: "CMD", set: do(func(r *reader, _ []string) {
		w, ok := r.quoted()
		if !ok || len(w) < 2 {
			return
		}
		s := r.script
		args, ok := r.command(w[1])
		if !ok {
			return
		}
		s.Command.Args, s.Command.Open, s.Command.Pos = args, false, r.pos
		if name, is := strings.CutPrefix(w[1], "</"); is {
			s.Command.Args, s.Command.Open = []string{"/" + strings.TrimSuffix(name, ">")}, true
		}
	}), doc: "The command; `</path>` only tests whether a file opens."},
	{name: "interval", in: inScript, need: 1, args: "SECONDS", def: "1", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, math.MaxUint32/1000000, soft)
		switch {
		case !ok:
			r.err("(%s): vrrp script interval '%s' must be between 1 and %d - ignoring", r.script.Name, w[1], math.MaxUint32/1000000)
			return
		case n == 0:
			r.err("(%s): vrrp script interval must be greater than 0, setting to 1", r.script.Name)
			n = 1
		}
		r.script.Interval = seconds(n)
	}), doc: "Time between runs."},
	{name: "timeout", in: inScript, need: 1, args: "SECONDS", def: "interval", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, math.MaxUint32/1000000, soft)
		switch {
		case !ok:
			r.err("(%s): vrrp script timeout '%s' invalid - ignoring", r.script.Name, w[1])
			return
		case n == 0:
			r.err("(%s): vrrp script timeout must be greater than 0, setting to 1", r.script.Name)
			n = 1
		}
		r.script.Timeout = seconds(n)
	}), doc: "How long a run may take; after that it has failed."},
	{name: "weight", in: inScript, need: 1, args: "-253..253 [reverse]", def: "0", set: do(func(r *reader, w []string) {
		n, ok := r.int(w[1], -253, 253, soft)
		if !ok {
			r.err("vrrp_script %s weight %s must be in [-253, 253]", r.script.Name, w[1])
			return
		}
		r.script.Weight = n
		if len(w) > 2 {
			if r.script.Reverse = w[2] == "reverse"; !r.script.Reverse {
				r.err("vrrp_script %s unknown weight option %s", r.script.Name, w[2])
			}
		}
	}), doc: "What a result does to the priority; with 0 a failure is FAULT."},
	{name: "rise", in: inScript, need: 1, args: "N", def: "1", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 1, math.MaxInt32, soft)
		if !ok {
			r.err("(%s): vrrp script rise value '%s' invalid, defaulting to 1", r.script.Name, w[1])
			n = 1
		}
		r.script.Rise = int(n)
	}), doc: "Successes until it is good."},
	{name: "fall", in: inScript, need: 1, args: "N", def: "1", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 1, math.MaxInt32, soft)
		if !ok {
			r.err("(%s): vrrp script fall value '%s' invalid, defaulting to 1", r.script.Name, w[1])
			n = 1
		}
		r.script.Fall = int(n)
	}), doc: "Failures until it is bad."},
	{name: "user", in: inScript, need: 1, args: "USER [GROUP]", def: "script_user", set: do(func(r *reader, w []string) {
		if r.userSet = r.owner(&r.script.Command, w[1:]); !r.userSet {
			r.err("Unable to set uid/gid for script %s", quoted(r.script.Command.Args))
			r.scriptFault = true
		}
	}), doc: "Who runs it."},
	{name: "init_fail", in: inScript, set: do(func(r *reader, w []string) { r.script.InitFail = true }), doc: "It counts as bad until its first run is over."},
}

// quoted is a command as keepalived writes it: each word in quotes.
func quoted(args []string) string {
	if len(args) == 0 {
		return "''"
	}
	return "'" + strings.Join(args, "' '") + "'"
}

func beginScript(r *reader, w []string) {
	r.script = &Script{Name: w[1], Interval: time.Second, Rise: 1, Fall: 1, Pos: r.pos}
	r.scriptFault, r.userSet = false, false
}

func endScript(r *reader) {
	s := r.script
	switch {
	case !s.Command.Set():
		r.err("No script set for vrrp_script %s - removing", s.Name)
		return
	case r.scriptFault:
		return
	case !r.userSet:
		r.owner(&s.Command, nil)
	}
	if s.Timeout == 0 {
		s.Timeout = s.Interval
	}
	r.config.Scripts = append(r.config.Scripts, s)
	r.found.first("script", s.Name, s)
}
