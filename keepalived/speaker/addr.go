package speaker

import (
	"errors"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// addressOf is an address of the configuration as the kernel wants it.
func addressOf(a *config.Address, index int) netlink.Address {
	n := netlink.Address{Index: index, Prefix: a.Prefix, Peer: a.Peer, Broadcast: a.Broadcast, Scope: a.Scope, Label: a.Label}
	if a.AutoBroadcast {
		n.Broadcast = netlink.BroadcastOf(a.Prefix)
	}
	for _, f := range []struct {
		on   bool
		flag netlink.AddressFlags
	}{{a.Home, netlink.Home}, {a.NoDAD, netlink.NoDAD}, {a.MngTmpAddr, netlink.MngTmpAddr}, {a.NoPrefixRoute, netlink.NoPrefixRoute}, {a.AutoJoin, netlink.AutoJoin}} {
		if f.on {
			n.Flags |= f.flag
		}
	}
	if n.Prefix.Addr().Is6() {
		// Duplicate address detection would keep the address unused for a second,
		// and find the old master.
		n.Flags |= netlink.NoDAD
		if a.Preferred != nil {
			n.Preferred = netlink.Some(uint32(a.Preferred.Seconds()))
		}
	}
	return n
}

// index is an interface's, or 0.
func (s *speaker) index(dev string) int {
	l, ok := s.watch.LinkByName(dev)
	if !ok {
		var err error
		if l, err = s.kernel.LinkByName(dev); err != nil {
			return 0
		}
	}
	return l.Index
}

func (s *speaker) addAddr(in *vrrp.Instance, a *config.Address) {
	index := s.index(in.On(a))
	s.owned[owned{index, a.Prefix}] = in
	n, add := addressOf(a, index), s.kernel.AddAddress
	if n.Valid = s.lease.lasts(in, a); n.Valid.Ok {
		add = s.kernel.RenewAddress // one that is left by the process before us has not long to live
	}
	err := add(n)
	if err != nil && !errors.Is(err, netlink.ErrExists) {
		s.log(role.Info, "(%s) %v", in.Conf.Name, err)
	}
}

// claim notes whose an address is that has stayed where it was while another instance has
// got it with a reload.
func (s *speaker) claim(in *vrrp.Instance) {
	for a := range in.Conf.AllAddrs() {
		key := owned{s.index(in.On(a)), a.Prefix}
		if _, is := s.owned[key]; is {
			s.owned[key] = in
		}
	}
}

func (s *speaker) removeAddr(in *vrrp.Instance, a *config.Address) {
	index := s.index(in.On(a))
	delete(s.owned, owned{index, a.Prefix})
	if index == 0 || a.Prefix.Addr() == in.Source() {
		return
	}
	err := s.kernel.DeleteAddress(addressOf(a, index))
	if err != nil && !errors.Is(err, netlink.ErrNotFound) {
		s.log(role.Info, "(%s) %v", in.Conf.Name, err)
	}
}
