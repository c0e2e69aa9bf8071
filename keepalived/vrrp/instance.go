package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// Instance is a vrrp_instance at work.
type Instance struct {
	Conf  *config.Instance
	Stats Stats
	// Data is the World's, to find what it keeps for the instance; Second for its second path.
	Data, Second any

	m     *Machine
	group *Group
	vips  []netip.Addr
	mcast netip.Addr

	state, want State
	base        uint8 // priority; an owner that gave in has 254
	prio        uint8 // that of the configuration, or what was set since
	noPreempt   bool  // the same of nopreempt
	eff         uint8 // effective priority
	total       int   // the same before it is held in bounds
	source      netip.Addr
	followed    []follow
	faults      int
	deaf        bool // it has no sockets
	waiting     int  // scripts that have not run yet
	started     bool
	resumes     bool // it was master a moment ago, in a process that has died

	learned    time.Duration // interval of the adverts of the master
	master     netip.Addr    // that is heard
	masterPrio uint8
	holds      bool
	main       timer // master: the next advert; backup: the master is silent
	burst      timer // the second burst of gratuitous ARPs
	refresh    timer
	extra      timer
	later      timer // an answer to masters of a lower priority that was put off
	again      timer // the next round of gratuitous ARPs
	rounds     int
	round      int
	burstCount int

	second second    // path
	tie    tie       // tie_break
	heard  time.Time // the last advert on the first path
	lower  time.Time // the last one there of a master that we are going to preempt

	preempt    time.Time // from when on a lower master is ignored; zero: none is heard
	replyCount int
	unsure     int // how often the last advert may be repeated, until the winner answers
	yielded    time.Time
	rivals     int       // adverts of another owner
	rival      time.Time // the first of them
	answered   time.Time // the last answer to one of them
	replied    time.Time // when the count of answers to masters of a lower priority began
	logged     uint32    // faults of packets that were logged since the master changed
	fault      int       // of the last packet that was refused
	newFault   bool      // it was logged, and not told yet
	began      time.Time // when it has left INIT or FAULT; zero: it is there
	won        int       // why it has become master
	refused    int       // what was wrong with the last bad packet, for SNMP

	seq      uint32    // of AH, the last sent or seen
	stepped  time.Time // when we have last said at once that another used our number
	id       uint16    // of the IP header
	sign     *signer
	sumOld   map[netip.Addr]bool // peers with the checksum of keepalived before 1.3.6
	last     time.Time
	reason   string
	changes  []Change
	notified Event
	silent   bool // nothing was notified yet
}

// Group is a vrrp_sync_group at work.
type Group struct {
	Conf      *config.Group
	Instances []*Instance

	m        *Machine
	state    State
	notified Event
	silent   bool
}

func newInstance(m *Machine, c *config.Instance) *Instance {
	in := &Instance{m: m, state: Init, want: Backup, base: c.Priority, eff: c.Priority, total: int(c.Priority), silent: true}
	in.main.run, in.burst.run = in.expired, in.secondBurst
	in.refresh.run, in.extra.run = in.refreshed, in.extraBurst
	in.later.run, in.again.run = in.repeat, in.nextRound
	in.second.pulse.run, in.tie.ask.run = in.pulsed, in.ask
	in.configure(c)
	in.learned = c.Interval
	return in
}

// configure takes a configuration, the first or another.
func (in *Instance) configure(c *config.Instance) {
	in.Conf = c
	in.prio, in.noPreempt = c.Priority, c.NoPreempt
	in.vips = in.vips[:0]
	for i := range c.Addrs {
		in.vips = append(in.vips, c.Addrs[i].Prefix.Addr())
	}
	in.mcast = c.McastDst
	if g := &in.m.cfg.Global; !in.mcast.IsValid() {
		if in.mcast = g.Mcast4; c.V6 {
			in.mcast = g.Mcast6
		}
	}
	if !in.mcast.IsValid() {
		if in.mcast = group4; c.V6 {
			in.mcast = group6
		}
	}
	in.sign = newSigner(c, in.sign)
}

var (
	group4 = netip.MustParseAddr("224.0.0.18")
	group6 = netip.MustParseAddr("ff02::12")
)

// State is the instance's.
func (in *Instance) State() State { return in.state }

// Source is where adverts come from; it is not valid while there is none.
func (in *Instance) Source() netip.Addr { return in.source }

// Priority is the effective one.
func (in *Instance) Priority() uint8 { return in.eff }

// Master is where the last advert of another master came from.
func (in *Instance) Master() netip.Addr { return in.master }

// Multicast is the group that adverts are sent to, unless they go to peers.
func (in *Instance) Multicast() netip.Addr { return in.mcast }

// Group is the sync group, or nil.
func (in *Instance) Group() *Group { return in.group }

// VMAC is the name of the instance's macvlan or ipvlan, and empty without use_vmac.
func (in *Instance) VMAC() string { return in.m.plan.own[in.Conf] }

// Device is the interface that adverts leave by.
func (in *Instance) Device() string {
	if name := in.VMAC(); name != "" && !in.Conf.VMAC.XmitBase {
		return name
	}
	if in.Conf.Interface == "" {
		return in.Conf.VRF
	}
	return in.Conf.Interface
}

// unicast tells whether adverts go to peers.
func (in *Instance) unicast() bool { return len(in.Conf.Peers) > 0 }

func (in *Instance) owner() bool { return in.base == vrrp.Owner }

// skewOf is Skew_Time (RFC 9568 section 6.1): version 2 counts it in parts of a
// second, version 3 in parts of the master's interval.
func (in *Instance) skewOf(prio uint8) time.Duration {
	of := time.Second
	if in.Conf.Version == 3 {
		of = in.learned
	}
	return time.Duration(256-int(prio)) * of / 256
}

func (in *Instance) skew() time.Duration { return in.skewOf(in.eff) }

// downInterval is Master_Down_Interval: after so long without an advert the
// master is gone.
func (in *Instance) downInterval() time.Duration { return in.downIntervalOf(in.eff) }

func (in *Instance) downIntervalOf(prio uint8) time.Duration {
	n := in.Conf.DownTimerAdverts
	if n == 0 {
		n = 3
	}
	return time.Duration(n)*in.learned + in.skewOf(prio)
}

func (in *Instance) log(l Level, format string, args ...any) { in.m.world.Log(l, format, args...) }

// notify tells of a state that was entered, once.
func (in *Instance) notify(e Event) {
	if !in.silent && in.notified == e {
		return
	}
	in.silent, in.notified = false, e
	in.m.world.Notify(in, nil, e)
}
