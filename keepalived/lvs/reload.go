package lvs

import (
	"fmt"
	"time"

	"moongate/keepalived/config"
)

// Reload goes on by another configuration. What stays keeps its quorum; which
// servers are alive the checkers' standing says, which the caller has carried over.
func (s *State) Reload(cfg *config.Config, standing func(*config.Checker) Standing, now time.Time) {
	old := s.virtuals
	s.load(cfg, standing)
	byID := map[string]*Virtual{}
	for _, v := range s.virtuals {
		byID[identity(v.Config)] = v
	}
	kept := map[*Virtual]*Virtual{} // new to old
	for _, o := range old {
		if v := byID[identity(o.Config)]; v != nil && kept[v] == nil {
			kept[v] = o
			continue
		}
		s.tell.Log("Removing Virtual Server " + o.Name)
		for _, r := range o.Reals {
			s.remove(o, r)
		}
	}
	for _, v := range s.virtuals {
		if o := kept[v]; o != nil {
			s.inherit(v, o, now)
		} else {
			s.begin(v)
		}
	}
}

// inherit makes a virtual server go on from what it was.
func (s *State) inherit(v, old *Virtual, now time.Time) {
	was := map[string]*Real{}
	for _, r := range old.Reals {
		was[r.Name] = r
	}
	stays := map[string]bool{}
	var changes []func()
	for _, r := range v.Reals {
		stays[r.Name] = true
		o := was[r.Name]
		if o == nil {
			continue
		}
		if r.Weight != o.Weight {
			s.tell.Log(changing(&Real{Name: r.Name, Weight: o.Weight, Alive: o.Alive, virtual: v}, r.Weight))
		}
		if alive := r.Alive; alive != o.Alive {
			// It comes about below, when the quorum is known.
			r.Alive = o.Alive
			changes = append(changes, func() { s.change(r, alive, "=> Reload <=") })
		}
	}
	for _, g := range old.gone {
		if !stays[g.name] {
			v.gone = append(v.gone, g)
		}
	}
	for _, r := range old.Reals {
		if stays[r.Name] {
			continue
		}
		s.tell.Log("service " + r.Name + " no longer exist")
		s.remove(old, r)
		if s.DrainTime > 0 && (r.Alive && !old.Sorry() || r.Config.Inhibit) {
			v.gone = append(v.gone, &drained{conf: r.Config, name: r.Name, until: now.Add(s.DrainTime)})
		}
	}
	v.Quorum = old.Quorum
	switch had, has := old.Sorry(), v.Sorry(); {
	case has && !had:
		s.sorry(v, true)
	case had && !has:
		s.tell.Log("Removing sorry server " + RealName(old.Config, old.Config.Sorry) + " from VS " + v.Name)
	}
	for _, f := range changes {
		f()
	}
	s.update(v)
}

// changing is the line about a new weight.
func changing(r *Real, weight int) string {
	in := ""
	if !r.Alive {
		in = "in"
	}
	return fmt.Sprintf("Changing weight from %d to %d for %sactive service %s of VS %s", r.Weight, weight, in, r.Name, r.virtual.Name)
}

// remove says that a real server is no longer configured.
func (s *State) remove(v *Virtual, r *Real) {
	s.tell.Log("Removing service " + r.Name + " from VS " + v.Name)
	if v.Config.Omega && r.Alive {
		s.tell.Real(v.Config, r.Config, false, true, "=> Removing <=")
	}
}

// Stop is the end. With omega the servers go down in the eyes of notify scripts.
func (s *State) Stop() {
	for _, v := range s.virtuals {
		for _, r := range v.Reals {
			inhibited := ""
			if !r.Alive && r.Config.Inhibit {
				inhibited = "(inhibited) "
			}
			s.tell.Log("Shutting down " + inhibited + "service " + r.Name + " from VS " + v.Name)
			if v.Config.Omega && r.Alive {
				s.tell.Real(v.Config, r.Config, false, true, "=> Shutting down <=")
			}
		}
		if v.Config.Omega && v.Quorum {
			s.tell.Quorum(v.Config, false, "=> Shutting down <=")
		}
	}
}

// drained is a real server that a reload has removed, and whose connections may
// end in peace: the plane has it with weight 0.
type drained struct {
	conf  *config.RealServer
	name  string
	until time.Time
}

// Draining tells whether there are any such servers.
func (s *State) Draining() bool {
	for _, v := range s.virtuals {
		if len(v.gone) > 0 {
			return true
		}
	}
	return false
}

// Drain lets go of those that have no connections left, or had their time, and
// tells whether there were any. Active is a plane's count for a destination.
func (s *State) Drain(now time.Time, active func(Key, Dest) uint64) bool {
	any := false
	for _, v := range s.virtuals {
		keys := Keys(v.Config)
		left := v.gone[:0]
		for _, g := range v.gone {
			var n uint64
			for _, k := range keys {
				n += active(k, dest(k, g.conf, 0))
			}
			switch {
			case n > 0 && now.Before(g.until):
				left = append(left, g)
				continue
			case n > 0:
				s.tell.Log(fmt.Sprintf("Service %s of VS %s removed with %d connections left", g.name, v.Name, n))
			}
			any = true
		}
		v.gone = left
	}
	return any
}
