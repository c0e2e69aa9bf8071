package speaker

import (
	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// macOf is the address of a virtual router (RFC 9568 section 7.3).
func macOf(c *config.Instance) [6]byte {
	switch {
	case c.VMAC.HasMAC:
		return c.VMAC.MAC
	case c.V6:
		return [6]byte{0, 0, 0x5e, 0, 2, c.VRID}
	}
	return [6]byte{0, 0, 0x5e, 0, 1, c.VRID}
}

// makeVMACs makes the macvlans that instances need.
func (s *speaker) makeVMACs() {
	for _, c := range s.cfg.Instances {
		name := vrrp.VMAC(s.cfg, c)
		if name == "" {
			continue
		}
		if _, ok := s.made[name]; ok {
			continue
		}
		if err := s.makeVMAC(c, name); err != nil {
			s.log(role.Info, "(%s): Unable to create VMAC interface %s: %v", c.Name, name, err)
		}
	}
	s.read() // so that the new ones are known
}

func (s *speaker) makeVMAC(c *config.Instance, name string) error {
	base, err := s.kernel.LinkByName(c.Interface)
	if err != nil {
		return err
	}
	mac := macOf(c)
	l, err := s.kernel.LinkByName(name)
	if err == nil && (l.Kind != "macvlan" || l.MAC != mac || l.Parent != base.Index) {
		s.log(role.Info, "(%s) Removing old VMAC interface %s due to conflicting interface", c.Name, name)
		if err := s.kernel.DeleteLink(l.Index); err != nil {
			return err
		}
		err = netlink.ErrNotFound
	}
	if err != nil {
		l, err = s.kernel.AddMacvlan(netlink.Macvlan{Name: name, Parent: base.Index, MAC: mac, Group: c.VMAC.Group, NoLinkLocal: true})
		if err != nil {
			return err
		}
		s.log(role.Info, "(%s): Success creating VMAC interface %s", c.Name, name)
	}
	s.made[name] = l.Index
	s.silence(c, l.Index, base.Index)
	// Only the macvlan answers for its addresses, and it hears what is meant for them
	// whatever way back the routing table would choose.
	for _, set := range []struct{ dev, key, value string }{
		{name, "arp_ignore", "1"}, {name, "arp_filter", "0"}, {name, "rp_filter", "0"}, {name, "promote_secondaries", "1"}, {name, "accept_local", "1"},
	} {
		if err := s.kernel.SetSysctl(false, set.dev, set.key, set.value); err != nil {
			s.log(role.Info, "(%s) %v", c.Name, err)
		}
	}
	if !c.V6 {
		s.setSysctl(false, c.Interface, "arp_ignore", "1")
		s.setSysctl(false, c.Interface, "arp_filter", "1")
	}
	if err := s.kernel.SetUp(l.Index, true); err != nil {
		return err
	}
	return s.linkLocal(c, name, l.Index)
}

// linkLocal gives a macvlan for IPv6 the address that its adverts come from: the
// other interface's own, and never for anything else.
func (s *speaker) linkLocal(c *config.Instance, name string, index int) error {
	if !c.V6 {
		return nil
	}
	list, err := s.kernel.Addresses()
	if err != nil {
		return err
	}
	a := s.firstAddr(list, c)
	if !a.IsValid() {
		return nil
	}
	p, _ := a.Prefix(64)
	n := netlink.Address{Index: index, Prefix: withAddr(p, a), Scope: netlink.ScopeLink, Flags: netlink.NoDAD, Preferred: netlink.Some(uint32(0))}
	if err := s.kernel.AddAddress(n); err != nil && !isExists(err) {
		return err
	}
	s.log(role.Info, "Assigned address %v for interface %s", a, name)
	return nil
}

// dropVMACs takes away what no instance needs any more.
func (s *speaker) dropVMACs() {
	used := map[string]bool{}
	for _, c := range s.cfg.Instances {
		used[vrrp.VMAC(s.cfg, c)] = true
	}
	for name := range s.made {
		if !used[name] {
			s.dropVMAC("-", name)
		}
	}
}

// removeVMACs takes all away.
func (s *speaker) removeVMACs() {
	for _, in := range s.machine.Instances() {
		if _, ok := s.made[in.VMAC()]; ok {
			s.dropVMAC(in.Conf.Name, in.VMAC())
		}
	}
}

func (s *speaker) dropVMAC(who, name string) {
	index := s.made[name]
	delete(s.made, name)
	s.unsilence(index)
	if err := s.kernel.DeleteLink(index); err != nil {
		s.log(role.Info, "(%s) Error removing VMAC interface %s: %v", who, name, err)
		return
	}
	s.log(role.Info, "(%s) Success removing VMAC interface %s", who, name)
}
