package checker

import (
	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/status"
)

// status is how things stand, with the plane's counters.
func (p *process) status() *status.Status {
	s := &status.Status{}
	counters := map[lvs.Key]*lvs.ServiceCounters{}
	if p.plane != nil {
		s.Plane = p.plane.Name()
		all, err := p.plane.Counters()
		if err == nil {
			for i := range all {
				counters[all[i].Key] = &all[i]
			}
		}
	}
	for _, v := range p.state.Virtuals() {
		s.Servers = append(s.Servers, p.server(v, counters))
	}
	return s
}

func (p *process) server(v *lvs.Virtual, counters map[lvs.Key]*lvs.ServiceCounters) status.Server {
	out := status.Server{Config: v.Config, Quorum: v.Quorum, Sorry: v.Sorry()}
	keys := lvs.Keys(v.Config)
	for _, k := range keys {
		if c := counters[k]; c != nil {
			out.Connections += c.Connections
			out.Active += c.Active
			out.BytesIn += c.BytesIn
			out.BytesOut += c.BytesOut
			out.PacketsIn += c.PacketsIn
			out.PacketsOut += c.PacketsOut
		}
	}
	for _, r := range v.Reals {
		real := status.Real{Config: r.Config, Alive: r.Alive, Set: v.Set(r), Weight: r.Weight}
		for _, k := range keys {
			c := counters[k]
			if c == nil {
				continue
			}
			addr := lvs.DestAddr(k, r.Config)
			for i := range c.Dests {
				if d := &c.Dests[i]; d.Addr == addr {
					real.Connections += d.Connections
					real.Active += d.Active
					real.Inactive += d.Inactive
					real.BytesIn += d.BytesIn
					real.BytesOut += d.BytesOut
					real.PacketsIn += d.PacketsIn
					real.PacketsOut += d.PacketsOut
				}
			}
		}
		for _, c := range r.Config.Checkers {
			real.Checkers = append(real.Checkers, p.checker(c))
		}
		out.Reals = append(out.Reals, real)
	}
	return out
}

func (p *process) checker(c *config.Checker) status.Check {
	out := status.Check{Config: c}
	if w := p.checks[c]; w != nil {
		s := w.State()
		out.Enabled, out.Weight = w.Running(), s.Weight
		out.Up, out.Ran, out.Retry, out.At, out.Text = s.Up, s.Ran, s.Tries, s.At, s.Why
	}
	return out
}
