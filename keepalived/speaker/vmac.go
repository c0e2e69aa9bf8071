package speaker

import (
	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// makeVMACs makes the interfaces that instances and addresses need. One whose interface
// beneath is not there yet is made when that comes.
func (s *speaker) makeVMACs() {
	for _, v := range vrrp.Virtuals(s.cfg) {
		if _, ok := s.made[v.Name]; ok {
			continue
		}
		if err := s.makeVMAC(&v); err != nil {
			s.log(role.Info, "(%s): Unable to create %s interface %s: %v", v.Conf.Name, kindOf(&v), v.Name, err)
		}
	}
	s.read() // so that the new ones are known
}

func kindOf(v *vrrp.Virtual) string {
	if v.IPVLAN {
		return "IPVLAN"
	}
	return "VMAC"
}

func (s *speaker) makeVMAC(v *vrrp.Virtual) error {
	base, err := s.kernel.LinkByName(v.Base)
	if err != nil {
		return err
	}
	l, err := s.kernel.LinkByName(v.Name)
	if err == nil && !fits(&l, v, base.Index) {
		s.log(role.Info, "(%s) Removing old %s interface %s due to conflicting interface", v.Conf.Name, kindOf(v), v.Name)
		if err := s.kernel.DeleteLink(l.Index); err != nil {
			return err
		}
		err = netlink.ErrNotFound
	}
	if err != nil {
		if l, err = s.addLink(v, &base); err != nil {
			return err
		}
		s.log(role.Info, "(%s): Success creating %s interface %s", v.Conf.Name, kindOf(v), v.Name)
	}
	s.made[v.Name] = l.Index
	if !v.IPVLAN {
		s.silence(v, l.Index, base.Index)
		s.settle(v)
	}
	if err := s.kernel.SetUp(l.Index, true); err != nil {
		return err
	}
	return s.ownAddr(v, l.Index)
}

// fits tells whether an interface that is there is what is needed.
func fits(l *netlink.Link, v *vrrp.Virtual, parent int) bool {
	if v.IPVLAN {
		return l.Kind == "ipvlan" && l.Parent == parent
	}
	return l.Kind == "macvlan" && l.MAC == v.MAC && l.Parent == parent
}

func (s *speaker) addLink(v *vrrp.Virtual, base *netlink.Link) (netlink.Link, error) {
	master := 0
	if m, ok := s.watch.Link(base.Master); ok && m.Kind == "vrf" {
		master = base.Master // what comes in by either is looked up in the same tables
	}
	c := &v.Conf.VMAC
	if v.IPVLAN {
		return s.kernel.AddIPVlan(netlink.IPVlan{Name: v.Name, Parent: base.Index, Mode: c.IPVLANType, Group: c.Group, Master: master, NoLinkLocal: true})
	}
	return s.kernel.AddMacvlan(netlink.Macvlan{Name: v.Name, Parent: base.Index, MAC: v.MAC, Group: c.Group, Master: master, NoLinkLocal: true})
}

// settle makes only the macvlan answer for its addresses, and lets it hear what is meant
// for them whatever way back the routing table would choose.
func (s *speaker) settle(v *vrrp.Virtual) {
	for _, set := range []struct{ key, value string }{
		{"arp_ignore", "1"}, {"arp_filter", "0"}, {"rp_filter", "0"}, {"promote_secondaries", "1"}, {"accept_local", "1"},
	} {
		if err := s.kernel.SetSysctl(false, v.Name, set.key, set.value); err != nil {
			s.log(role.Info, "(%s) %v", v.Conf.Name, err)
		}
	}
	if !v.V6 {
		s.setSysctl(false, v.Base, "arp_ignore", "1")
		s.setSysctl(false, v.Base, "arp_filter", "1")
	}
}

// ownAddr gives an interface the address that adverts and neighbour advertisements come
// from: for IPv6 the link-local one of the interface beneath, never for anything else; an
// ipvlan has what use_ipvlan says.
func (s *speaker) ownAddr(v *vrrp.Virtual, index int) error {
	if a := v.Conf.VMAC.IPVLANAddr; v.IPVLAN && a.IsValid() {
		return s.giveAddr(v, netlink.Address{Index: index, Prefix: hostPrefix(a)})
	}
	if !v.V6 {
		return nil
	}
	list, err := s.kernel.Addresses()
	if err != nil {
		return err
	}
	a := s.firstAddr(list, &config.Instance{Interface: v.Base, V6: true})
	if !a.IsValid() {
		return nil
	}
	p, _ := a.Prefix(64)
	return s.giveAddr(v, netlink.Address{Index: index, Prefix: withAddr(p, a), Scope: netlink.ScopeLink, Flags: netlink.NoDAD, Preferred: netlink.Some(uint32(0))})
}

func (s *speaker) giveAddr(v *vrrp.Virtual, a netlink.Address) error {
	if err := s.kernel.AddAddress(a); err != nil && !isExists(err) {
		return err
	}
	s.log(role.Info, "Assigned address %v for interface %s", a.Prefix.Addr(), v.Name)
	return nil
}

// dropVMACs takes away what nobody needs any more.
func (s *speaker) dropVMACs() {
	used := map[string]bool{}
	for _, v := range vrrp.Virtuals(s.cfg) {
		used[v.Name] = true
	}
	for name := range s.made {
		if !used[name] {
			s.dropVMAC("-", "VMAC", name)
		}
	}
}

// removeVMACs takes all away.
func (s *speaker) removeVMACs() {
	for _, v := range vrrp.Virtuals(s.cfg) {
		if _, ok := s.made[v.Name]; ok {
			s.dropVMAC(v.Conf.Name, kindOf(&v), v.Name)
		}
	}
}

func (s *speaker) dropVMAC(who, kind, name string) {
	index := s.made[name]
	delete(s.made, name)
	s.unsilence(index)
	if err := s.kernel.DeleteLink(index); err != nil {
		s.log(role.Info, "(%s) Error removing %s interface %s: %v", who, kind, name, err)
		return
	}
	s.log(role.Info, "(%s) Success removing %s interface %s", who, kind, name)
}

// remake is for interfaces that have gone with the one beneath, and for those beneath that
// come. It tells whether there is something to make.
func (s *speaker) remake(c *netlink.Change) bool {
	if c.What == netlink.LinkGone {
		if index, ok := s.made[c.Link.Name]; ok && index == c.Link.Index {
			s.unsilence(index)
			delete(s.made, c.Link.Name)
		}
		return false
	}
	for _, v := range vrrp.Virtuals(s.cfg) {
		if _, ok := s.made[v.Name]; !ok && v.Base == c.Link.Name {
			return true
		}
	}
	return false
}
