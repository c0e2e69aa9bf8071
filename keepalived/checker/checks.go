package checker

import (
	"fmt"
	"reflect"
	"slices"

	"moongate/keepalived/check"
	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/role"
)

// watched is a check, and where it belongs.
type watched struct {
	*check.Check
	virtual *config.Server
	real    string // names the real server behind the virtual one
	key     string // names the check, for the parent to keep its result
}

// make makes the checks of a configuration. They do not run yet.
func (p *process) make(cfg *config.Config) []*watched {
	var list []*watched
	for _, v := range cfg.Servers {
		names := check.Names{Service: lvs.Name(v)}
		for _, r := range v.Servers {
			names.Real = lvs.RealName(v, r)
			for i, c := range r.Checkers {
				env := check.Env{Config: cfg, TLS: p.tls, Files: p.files, Weight: r.Weight}
				chk, err := check.New(c, names, &env, p.events)
				if err != nil {
					p.session.Log(role.Info, "%s - ignoring", err)
					continue
				}
				real := names.Service + " " + names.Real
				list = append(list, &watched{chk, v, real, fmt.Sprintf("%s %d %s", real, i, c.Kind)})
			}
		}
	}
	return list
}

// standing is what lvs.State asks for.
func (p *process) standing(c *config.Checker) lvs.Standing {
	w := p.checks[c]
	if w == nil { // it could not be made, and has no say
		return lvs.Standing{Up: true}
	}
	s := w.State()
	return lvs.Standing{Up: s.Up, Weight: s.Weight}
}

// carry hands over what the old checks know to the same ones of a new
// configuration. A server that is down because of a check that is gone or was
// changed, and has a new one, stays down until that one has run: a reload alone
// brings nobody up.
func carry(list, old []*watched) {
	down := map[string]bool{}
	behind := map[string][]*watched{}
	for _, w := range old {
		behind[w.real] = append(behind[w.real], w)
	}
	var fresh []*watched
	for _, w := range list {
		candidates := behind[w.real]
		i := slices.IndexFunc(candidates, func(o *watched) bool { return same(o.Config, w.Config) })
		if i < 0 {
			fresh = append(fresh, w)
			continue
		}
		w.Take(candidates[i].Check)
		behind[w.real] = slices.Delete(slices.Clone(candidates), i, i+1)
	}
	for real, rest := range behind {
		down[real] = slices.ContainsFunc(rest, func(o *watched) bool { return !o.State().Up })
	}
	for _, w := range fresh {
		if down[w.real] {
			w.Hold()
		}
	}
}

// same tells whether two checkers ask the same of a server, however often and
// patiently they do, and wherever they are written.
func same(a, b *config.Checker) bool { return reflect.DeepEqual(essence(a), essence(b)) }

func essence(c *config.Checker) config.Checker {
	e := *c
	e.Timeout, e.Retry, e.RetryDelay, e.Loop, e.Warmup, e.Alpha, e.LogAll, e.Pos = 0, 0, 0, 0, 0, false, false, config.Pos{}
	if c.HTTP != nil {
		h := *c.HTTP
		h.URLs = slices.Clone(h.URLs)
		for i := range h.URLs {
			h.URLs[i].Pos = config.Pos{}
		}
		e.HTTP = &h
	}
	if c.Misc != nil {
		m := *c.Misc
		m.Command.Pos, m.Timeout = config.Pos{}, 0
		e.Misc = &m
	}
	if c.File != nil {
		f := *c.File
		f.Pos = config.Pos{}
		e.File = &f
	}
	return e
}

// plain are the checks without where they belong.
func plain(list []*watched) []*check.Check {
	out := make([]*check.Check, len(list))
	for i, w := range list {
		out[i] = w.Check
	}
	return out
}
