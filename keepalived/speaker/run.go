package speaker

import (
	"net/netip"
	"runtime"
	"time"

	"moongate/edge/sys/caps"
	"moongate/edge/sys/loop"
	"moongate/edge/sys/netfilter"
	"moongate/edge/sys/netlink"
	"moongate/edge/sys/rawip"
	"moongate/edge/sys/realtime"
	"moongate/keepalived/config"
	"moongate/keepalived/notify"
	"moongate/keepalived/role"
	"moongate/keepalived/snmp"
	"moongate/keepalived/vrrp"
)

// Role is the VRRP process as the daemon runs it.
var Role = role.Role{Run: Run, Clear: Clear}

// speaker is the process.
type speaker struct {
	session *role.Session
	cfg     *config.Config
	log     role.Logf
	loop    *loop.Loop
	kernel  netlink.Kernel
	watch   netlink.Watcher
	frames  *rawip.Link
	notify  *notify.Notifier
	fire    *netfilter.Firewall // nil until it is needed
	machine *vrrp.Machine
	timer   *loop.Timer

	socks   map[sockKey]*sock
	batch   *rawip.Batch
	packet  vrrp.Packet
	owned   map[owned]*vrrp.Instance // addresses that we have set
	laid    map[owned]bool           // static addresses that we have set
	sources map[source]netip.Addr
	matters map[string]bool // interfaces
	statics map[string]bool // those with static addresses and so on
	virtual map[netip.Addr]bool
	made    map[string]int // macvlans and ipvlans of ours, with their indexes
	heard   heard
	beats   beats
	sysctls map[sysctl]string // what they were before
	quiet   []netfilter.VMAC
	debt    map[string]*loop.Timer
	frame   []byte

	questions map[*vrrp.Instance]*question // of tie_break
	mute      map[*vrrp.Instance]bool      // it was told why they can't be asked

	lease   lease
	over    bool // what is gone now we have taken away ourselves
	leaving bool // clients are asked to come anew; then we stop
	board   virtuals
	trackers
	snmpd *snmp.Link // nil: nothing is shown by SNMP
	code  int
}

// owned is an address on an interface.
type owned struct {
	index  int
	prefix netip.Prefix
}

type source struct {
	dev string
	v6  bool
}

// Run speaks until the session ends.
func Run(session *role.Session) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := &speaker{
		session: session, cfg: session.Config, log: session.Log, batch: rawip.NewBatch(batchPackets, packetSize),
		socks: map[sockKey]*sock{}, owned: map[owned]*vrrp.Instance{}, laid: map[owned]bool{}, sources: map[source]netip.Addr{},
		made: map[string]int{}, sysctls: map[sysctl]string{}, debt: map[string]*loop.Timer{},
		questions: map[*vrrp.Instance]*question{}, mute: map[*vrrp.Instance]bool{},
	}
	if err := s.open(); err != nil {
		s.log(role.Err, "%v", err)
		return role.Fatal
	}
	defer s.close()
	s.priority()
	s.notify = notify.New(role.VRRP, &s.cfg.Global, s.log)
	s.begin()
	go func() {
		for e := range session.Events {
			s.loop.Post(func() { s.event(&e) })
			if e.Kind == role.Stop {
				return
			}
		}
	}()
	if err := s.loop.Run(); err != nil {
		s.log(role.Err, "%v", err)
		return role.Failed
	}
	return s.code
}

func (s *speaker) open() (err error) {
	if s.loop, err = loop.New(); err != nil {
		return err
	}
	conn, err := netlink.Open()
	if err != nil {
		return err
	}
	s.kernel = conn
	s.log(role.Info, "Registering Kernel netlink reflector")
	watcher, err := netlink.Watch(conn, netlink.Interests{Addresses: true, Routes: true, Rules: true, Protocols: []uint8{netlink.ProtoKeepalived}})
	if err != nil {
		return err
	}
	s.watch = watcher
	s.log(role.Info, "Registering Kernel netlink command channel")
	if s.frames, err = rawip.OpenLink(); err != nil {
		return err
	}
	if have, err := caps.Effective(); err == nil && !have.Has(caps.NetAdmin) {
		s.log(role.Warning, "The capability %v is missing: addresses, routes and interfaces can't be changed", caps.NetAdmin)
	}
	_, err = s.loop.Add(s.watch.FD(), s.wrap(s.news), nil)
	return err
}

func (s *speaker) close() {
	for _, k := range s.socks {
		k.close()
	}
	realtime.Schedule(realtime.Normal, 0)
	if s.frames != nil {
		s.frames.Close()
	}
	if s.watch != nil {
		s.watch.Close()
	}
	s.snmpd.Close(lastTraps)
	if s.notify != nil {
		s.notify.Close()
	}
	s.loop.Close()
}

// wrap has the machine's timer set anew after a callback.
func (s *speaker) wrap(f func()) func() {
	return func() {
		s.overdue()
		f()
		s.arm()
	}
}

// arm sets the timer by what the machine wants.
func (s *speaker) arm() {
	if at, ok := s.machine.Next(); ok {
		s.timer.At(at)
	} else {
		s.timer.Stop()
	}
}

// runaway is for how long the thread may compute without waiting once, before the
// kernel ends the process and the parent starts another. What keepalived has by
// default, 10 ms, is less than beginning with some hundred instances may take.
const runaway = time.Second

// priority gives the thread precedence, where that is allowed.
func (s *speaker) priority() {
	p := &s.cfg.Global.VRRP
	prio := p.RealTime
	if prio == 0 {
		prio = realtime.MinPriority
	}
	if err := realtime.Schedule(realtime.RoundRobin, prio); err != nil {
		if p.RealTime != 0 {
			s.log(role.Warning, "Unable to set real-time priority %d: %v", prio, err)
		}
	} else if limit := max(p.RTTime, runaway); realtime.LimitCPU(limit, limit) != nil && p.RealTime != 0 {
		s.log(role.Warning, "Unable to limit real-time processor time to %v", limit)
	}
	if p.NoSwap {
		if err := realtime.LockMemory(); err != nil {
			s.log(role.Warning, "Unable to lock process in memory - %v", err)
		}
	}
}

// begin makes the machine and lets it start.
func (s *speaker) begin() {
	now := time.Now()
	if b := s.session.Board; b != nil {
		b.SetLeaving(false)
	}
	s.timer = s.loop.NewTimer(s.wrap(func() { s.machine.Run(s.loop.Now()) }))
	s.machine = vrrp.New(s.cfg, (*world)(s))
	s.study()
	s.static(nil, s.cfg)
	if s.cfg.Global.DisableLocalIGMP {
		s.setSysctl(false, "", "igmp_link_local_mcast_reports", "0")
	}
	s.lends()
	s.makeVMACs()
	s.beat()
	s.survey(now)
	s.sockets()
	s.track(now)
	if s.session.Restarted {
		s.machine.Resume(func(name string) bool { return s.session.Kept[name] == wasMaster })
		s.session.Parent.Tell(role.BFD, []byte("again")) // what it told the process before this one
	}
	s.startSNMP()
	s.machine.Start(now, s.delay())
	s.arm()
	s.pool()
	s.show()
	s.session.Parent.Ready()
}

// delay is startup_delay, or what is left of vrrp_delay_after_boot.
func (s *speaker) delay() time.Duration {
	g := &s.cfg.Global
	d := g.StartupDelay
	if g.DelayAfterBoot > 0 {
		d = max(d, g.DelayAfterBoot-uptime())
	}
	return d
}

// event is something that the parent tells.
func (s *speaker) event(e *role.Event) {
	switch e.Kind {
	case role.Stop:
		s.stop()
	case role.Reload:
		s.reload(e.Config)
	case role.Ask:
		e.Answer(s.status())
	case role.ClearStats:
		for _, in := range s.machine.Instances() {
			in.Stats = vrrp.Stats{}
		}
	case role.Message:
		s.message(e)
	}
	s.arm()
}

func (s *speaker) stop() {
	if s.leave() {
		return
	}
	keep := s.session.Options.KeepVRRP
	if keep && s.lease.last > 0 {
		s.lease.last = 0 // what is left is left for good
		s.renew()
	}
	s.machine.Stop(s.loop.Now(), keep)
	s.forgetQuestions()
	s.stopTracking()
	s.stopBeats()
	s.over = true
	if !keep {
		s.static(s.cfg, nil)
	}
	s.restoreSysctls()
	s.removeVMACs()
	if s.fire != nil {
		if err := s.fire.Close(); err != nil {
			s.log(role.Info, "%v", err)
		}
	}
	if b := s.session.Board; b != nil {
		b.SetLeaving(false)
		b.ShowVirtuals(nil)
	}
	s.loop.Stop()
}

func (s *speaker) reload(cfg *config.Config) {
	now := s.loop.Now()
	old := s.cfg
	s.cfg = cfg
	s.static(old, cfg)
	s.notify.Reload(&cfg.Global)
	s.priority()
	s.study()
	s.makeVMACs()
	s.beat()
	s.survey(now)
	s.startSNMP()
	s.machine.Reload(now, cfg)
	s.lends()
	s.dropVMACs()
	s.sockets()
	s.track(now)
	s.pool()
	if cfg.Global.FIFOStatesOnReload {
		s.tellStates()
	}
	s.session.Parent.Ready()
}
