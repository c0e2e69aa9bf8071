package vrrp

import (
	"net/netip"
	"slices"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// Machine is all instances and groups of a configuration.
type Machine struct {
	world     World
	cfg       *config.Config
	plan      *plan
	instances []*Instance
	groups    []*Group
	index     map[key]*Instance
	seconds   map[key]*Instance // by what they are called on their second path
	objects   map[Object]*object
	sources   map[at]netip.Addr
	queues    map[at]*queue
	timers    timers
	hold      timer // startup_delay
	started   bool

	// OnRefused, if it is set, is told of a packet that was refused and why, each time
	// that this is worth a line in the log.
	OnRefused func(in *Instance, why Refusal, from netip.Addr)
	unknown   uint64 // packets with a VRID that no instance has

	in  vrrp.Advert // the advert that is being read
	out vrrp.Advert
	buf []byte
}

// key is what tells whom an advert is for.
type key struct {
	dev  string
	v6   bool
	vrid uint8
}

// at is an interface and a family.
type at struct {
	dev string
	v6  bool
}

// New makes the instances, in INIT. What is known of interfaces, addresses and
// trackers is to be told before Start.
func New(cfg *config.Config, w World) *Machine {
	m := &Machine{world: w, cfg: cfg, plan: newPlan(cfg), index: map[key]*Instance{}, seconds: map[key]*Instance{}, objects: map[Object]*object{}, sources: map[at]netip.Addr{}, queues: map[at]*queue{}}
	m.hold.run = m.begin
	for _, c := range cfg.Instances {
		m.instances = append(m.instances, newInstance(m, c))
	}
	m.connect()
	return m
}

// connect makes what follows from the list of instances.
func (m *Machine) connect() {
	clear(m.index)
	clear(m.seconds)
	for _, in := range m.instances {
		in.group = nil
		m.index[key{in.Conf.Interface, in.Conf.V6, in.Conf.VRID}] = in
		if h := in.Conf.Heartbeat; h != nil {
			m.seconds[key{h.Interface, in.Conf.V6, in.Conf.VRID}] = in
		}
	}
	old := m.groups
	m.groups = nil
	for _, c := range m.cfg.Groups {
		g := &Group{Conf: c, m: m, silent: true}
		for _, o := range old {
			if o.Conf.Name == c.Name {
				g.state, g.notified, g.silent = o.state, o.notified, o.silent
			}
		}
		for _, in := range m.instances {
			if in.Conf.Group == c || slices.Contains(c.Instances, in.Conf) {
				in.group = g
				g.Instances = append(g.Instances, in)
			}
		}
		m.groups = append(m.groups, g)
	}
	m.follow()
	m.gaps()
}

// Instances are those of the configuration, in its order.
func (m *Machine) Instances() []*Instance { return m.instances }

// Groups are those of the configuration, in its order.
func (m *Machine) Groups() []*Group { return m.groups }

// Resume has instances start as the masters that they were in a process that has
// died and whose place this one has taken: their addresses are still there. One
// that must not preempt does not, as another may be master by now.
func (m *Machine) Resume(was func(name string) bool) {
	for _, in := range m.instances {
		in.resumes = !in.noPreempt && was(in.Conf.Name)
	}
}

// Start lets the instances begin, after a delay if one is wanted: startup_delay,
// or what is left of vrrp_delay_after_boot.
func (m *Machine) Start(now time.Time, delay time.Duration) {
	if delay > 0 {
		m.world.Log(Info, "Delaying startup for %g seconds", delay.Seconds())
		m.timers.set(&m.hold, now.Add(delay))
		return
	}
	m.begin(now)
}

func (m *Machine) begin(now time.Time) {
	m.started = true
	for _, in := range m.instances {
		if !in.resumes {
			in.drop() // what was left from before
		}
	}
	for _, in := range m.instances {
		if !in.started {
			in.start(now)
		}
	}
}

// Next is when Run wants to be called. It is false while there is nothing to wait for.
func (m *Machine) Next() (time.Time, bool) {
	if len(m.timers) == 0 {
		return time.Time{}, false
	}
	return m.timers[0].at, true
}

// Run does what is due. What has been received is to be given to Receive first:
// who was late may find that all is well.
func (m *Machine) Run(now time.Time) {
	for len(m.timers) > 0 && !m.timers[0].at.After(now) {
		t := m.timers[0]
		m.timers.stop(t)
		t.run(now)
	}
}

// Stop ends: masters say so with priority 0 and give up what they have. With keep
// they leave it in the system.
func (m *Machine) Stop(now time.Time, keep bool) {
	for _, in := range m.instances {
		if in.state == Master {
			in.Stats.LeftMaster++
			in.zero(now)
		}
		if in.holds && !keep {
			in.drop()
		}
		in.halt()
	}
	for _, g := range m.groups {
		m.world.Notify(nil, g, Stopped)
	}
	for _, in := range m.instances {
		in.notify(Stopped)
		in.started = false
	}
	m.timers.stop(&m.hold)
	m.started = false
}

// halt stops the instance's timers.
func (in *Instance) halt() {
	for _, t := range []*timer{&in.main, &in.burst, &in.refresh, &in.extra, &in.later, &in.again, &in.second.pulse, &in.tie.ask} {
		in.m.timers.stop(t)
	}
}
