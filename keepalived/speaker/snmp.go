package speaker

import (
	"net/netip"
	"slices"
	"time"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/role"
	"moongate/keepalived/snmp"
	"moongate/keepalived/status"
	"moongate/keepalived/vrrp"
)

// startSNMP begins to serve what the configuration wants, or goes on.
func (s *speaker) startSNMP() {
	g := &s.cfg.Global
	s.snmpd = snmp.Start(s.snmpd, role.VRRP, g, s.ask, s.log)
	s.machine.OnRefused = nil
	if s.snmpd != nil && g.SNMP.Traps {
		s.machine.OnRefused = s.trapRefused
	}
}

// ask is how the link, on its own goroutine, hears how things stand.
func (s *speaker) ask(answer func(*snmp.Snapshot)) {
	s.loop.Post(func() {
		n := &snmp.Snapshot{Config: s.cfg, Status: s.standing(), SetPriority: s.setPriority, SetPreempt: s.setPreempt}
		s.watch.Links(func(l *netlink.Link) {
			one := status.Interface{Name: l.Name, Index: l.Index}
			if l.Ethernet {
				one.MAC = slices.Clone(l.MAC[:])
			}
			n.Status.Interfaces = append(n.Status.Interfaces, one)
		})
		for _, c := range s.cfg.BFDs {
			if c.VRRP {
				n.Status.BFDs = append(n.Status.BFDs, status.BFD{Config: c, Up: s.machine.Good(vrrp.Object{Kind: vrrp.BFD, Name: c.Name})})
			}
		}
		answer(n)
	})
}

// setPriority and setPreempt are for the link's goroutine.
func (s *speaker) setPriority(name string, prio uint8) {
	s.to(name, func(in *vrrp.Instance) { s.machine.SetPriority(s.loop.Now(), in, prio) })
}

func (s *speaker) setPreempt(name string, preempt bool) {
	s.to(name, func(in *vrrp.Instance) { s.machine.SetPreempt(in, preempt) })
}

// to does something with an instance, if it is still there.
func (s *speaker) to(name string, do func(*vrrp.Instance)) {
	s.loop.Post(s.wrap(func() {
		for _, in := range s.machine.Instances() {
			if in.Conf.Name == name {
				do(in)
			}
		}
	}))
}

// lastTraps is for how long the traps of the end may take.
const lastTraps = time.Second / 2

// trapped are the states that traps tell of.
var trapped = map[vrrp.Event]status.State{vrrp.ToMaster: status.Master, vrrp.ToBackup: status.Backup, vrrp.ToFault: status.Fault,
	vrrp.Stopped: snmp.Stopped, vrrp.Deleted: snmp.Deleted}

// trap tells of a change of state.
func (s *speaker) trap(in *vrrp.Instance, g *vrrp.Group, e vrrp.Event) {
	to, is := trapped[e]
	switch {
	case s.snmpd == nil || !is:
	case in == nil:
		s.snmpd.Group(&s.cfg.Global, g.Conf, to)
	default:
		s.snmpd.Instance(&s.cfg.Global, in.Conf, to, s.index(in.Conf.Interface), in.Source(), in.Won())
	}
}

func (s *speaker) trapRefused(in *vrrp.Instance, why vrrp.Refusal, from netip.Addr) {
	index := s.index(in.Conf.Interface)
	if why.Protocol() {
		s.snmpd.Protocol(&s.cfg.Global, in.Conf, index, int(why))
		return
	}
	if in.Conf.Version == 2 {
		s.snmpd.Auth(&s.cfg.Global, in.Conf, index, from, int(why-vrrp.RefusedAuthType)+1)
	}
}
