package lvs

import (
	"time"

	"moongate/keepalived/config"
)

// Teller is told what happens to the servers: the log, notify scripts, the FIFO and
// mails are behind it. Lines come in keepalived's order and words.
type Teller interface {
	Log(line string)
	// Real says that a real server is up or down from now on. When only one of
	// several checkers has changed, changed is false: a mail may be due, nothing else.
	Real(v *config.Server, r *config.RealServer, up, changed bool, mail string)
	// Quorum says the same of a virtual server's quorum.
	Quorum(v *config.Server, up bool, mail string)
}

// Standing is what a checker says of a real server.
type Standing struct {
	Up     bool
	Weight int // what it adds to the server's weight
}

// State is which real servers are alive and which virtual servers have their
// quorum. It is pure: what checkers find out goes in, what a plane is to have
// comes out (Services), and a Teller hears about it.
type State struct {
	tell     Teller
	global   *config.Global
	virtuals []*Virtual
	checks   map[*config.Checker]*Real

	// DrainTime is how long a real server that a reload has removed may keep its
	// connections; 0: it goes at once.
	DrainTime time.Duration
}

// Virtual is a virtual server.
type Virtual struct {
	Config *config.Server
	Name   string
	Quorum bool // has it
	Reals  []*Real

	gone []*drained
}

// Real is a real server.
type Real struct {
	Config *config.RealServer
	Name   string
	Alive  bool // no checker has failed
	Weight int  // with what checkers add
	base   int  // that of the configuration, or what was set since

	virtual *Virtual
	checks  map[*config.Checker]Standing
}

// New begins with a configuration and the standing of its checkers.
func New(cfg *config.Config, standing func(*config.Checker) Standing, tell Teller) *State {
	s := &State{tell: tell}
	s.load(cfg, standing)
	for _, v := range s.virtuals {
		s.begin(v)
	}
	return s
}

// load makes the virtual servers of a configuration.
func (s *State) load(cfg *config.Config, standing func(*config.Checker) Standing) {
	s.global, s.virtuals, s.checks = &cfg.Global, nil, map[*config.Checker]*Real{}
	for _, c := range cfg.Servers {
		v := &Virtual{Config: c, Name: Name(c)}
		for _, rc := range c.Servers {
			r := &Real{Config: rc, Name: RealName(c, rc), base: rc.Weight, virtual: v, checks: map[*config.Checker]Standing{}}
			for _, chk := range rc.Checkers {
				r.checks[chk] = standing(chk)
				s.checks[chk] = r
			}
			r.Alive, r.Weight = r.judge()
			v.Reals = append(v.Reals, r)
		}
		s.virtuals = append(s.virtuals, v)
	}
}

// begin is the start of a virtual server that was not there before.
func (s *State) begin(v *Virtual) {
	if s.global.InitNotifies {
		for _, r := range v.Reals {
			s.tell.Real(v.Config, r.Config, r.Alive, true, "=> Starting <=")
		}
	}
	if sum := v.sum(); sum >= v.gain() {
		v.Quorum = true
		text := gained(v.Config, sum)
		s.tell.Log(text + " for VS " + v.Name)
		s.tell.Quorum(v.Config, true, "=> Starting with quorum up "+text[len("Gained quorum "):]+" <=")
		return
	}
	s.tell.Quorum(v.Config, false, "=> Starting with quorum down <=")
	s.sorry(v, true)
}

// Virtuals are the virtual servers, for reading.
func (s *State) Virtuals() []*Virtual { return s.virtuals }

// judge tells whether no checker has failed, and the weight with what they add.
func (r *Real) judge() (alive bool, weight int) {
	alive, weight = true, r.base
	for _, c := range r.checks {
		alive = alive && c.Up
		weight += c.Weight
	}
	return alive, max(0, min(maxWeight, weight))
}

const maxWeight = 65535

// Weigh takes what a checker adds to its server's weight.
func (s *State) Weigh(c *config.Checker, weight int) {
	r := s.checks[c]
	if r == nil {
		return
	}
	st := r.checks[c]
	st.Weight = weight
	r.checks[c] = st
	s.reweigh(r)
}

// SetWeight gives a real server another weight until it is configured anew.
func (s *State) SetWeight(r *Real, weight int) {
	r.base = weight
	s.reweigh(r)
}

func (s *State) reweigh(r *Real) {
	_, weight := r.judge()
	if weight == r.Weight {
		return
	}
	s.tell.Log(changing(r, weight))
	r.Weight = weight
	if r.Alive {
		s.update(r.virtual)
	}
}

// Set takes a checker's result. First says that it is its first. What a checker that
// failed added to the weight is forgotten.
func (s *State) Set(c *config.Checker, up, first bool, mail string) {
	r := s.checks[c]
	if r == nil {
		return
	}
	was := r.checks[c]
	st := Standing{Up: up}
	if up {
		st.Weight = was.Weight
	}
	r.checks[c] = st
	alive, weight := r.judge()
	if !up {
		r.Weight = weight
	}
	switch {
	case alive != r.Alive:
		s.change(r, alive, mail)
	case !up && first && !was.Up:
		// With alpha it is down until now only because nothing was known.
		s.tell.Real(r.virtual.Config, r.Config, false, true, mail)
	case was.Up != up:
		s.tell.Real(r.virtual.Config, r.Config, r.Alive, false, mail)
	}
}

// change takes a real server up or down.
func (s *State) change(r *Real, alive bool, mail string) {
	v := r.virtual
	switch in := r.Config.Inhibit; {
	case alive && in:
		s.tell.Log("Enabling service " + r.Name + " of VS " + v.Name)
	case alive:
		s.tell.Log("Adding service " + r.Name + " to VS " + v.Name)
	case in:
		s.tell.Log("Disabling service " + r.Name + " of VS " + v.Name)
	default:
		s.tell.Log("Removing service " + r.Name + " from VS " + v.Name)
	}
	r.Alive = alive
	s.tell.Real(v.Config, r.Config, alive, true, mail)
	s.update(v)
}
