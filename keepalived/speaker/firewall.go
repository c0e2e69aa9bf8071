package speaker

import (
	"moongate/edge/sys/netfilter"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// firewall is opened when it is needed for the first time.
func (s *speaker) firewall() *netfilter.Firewall {
	if s.fire != nil {
		return s.fire
	}
	g := &s.cfg.Global
	c := netfilter.Config{Table: g.NFTable, Priority: int32(g.NFPriority), Counters: g.NFCounters}
	if c.Table == "" {
		c.Table, c.Priority = "keepalived", -1
	}
	f, err := netfilter.Open(c)
	if err != nil {
		s.log(role.Info, "%v", err)
		return nil
	}
	s.fire = f
	return f
}

// guard has a master that is not the owner of its addresses drop packets to them,
// with no_accept.
func (s *speaker) guard(in *vrrp.Instance, master bool) {
	c := in.Conf
	if c.Accept || c.Priority == 255 || !master && s.fire == nil {
		return
	}
	var targets []netfilter.Target
	for a := range c.AllAddrs() {
		targets = append(targets, netfilter.Target{Addr: a.Prefix.Addr(), Index: s.index(in.On(a))})
	}
	f := s.firewall()
	if f == nil || len(targets) == 0 {
		return
	}
	do := f.Unblock
	if master {
		do = f.Block
	}
	if err := do(targets...); err != nil {
		s.log(role.Info, "(%s) %v", c.Name, err)
	}
}

// silence keeps the kernel's own reports off a macvlan: every router of the same number has its
// MAC, and a report from a backup makes switches send to it what is meant for the
// master.
func (s *speaker) silence(v *vrrp.Virtual, index, parent int) {
	f := s.firewall()
	if f == nil {
		return
	}
	m := netfilter.VMAC{Index: index, Parent: parent, IPv6: v.V6}
	if err := f.AddVMAC(m); err != nil {
		s.log(role.Info, "(%s) %v", v.Conf.Name, err)
		return
	}
	s.quiet = append(s.quiet, m)
}

func (s *speaker) unsilence(index int) {
	for i, v := range s.quiet {
		if v.Index == index {
			s.quiet = append(s.quiet[:i], s.quiet[i+1:]...)
			if err := s.fire.RemoveVMAC(v); err != nil {
				s.log(role.Info, "%v", err)
			}
			return
		}
	}
}
