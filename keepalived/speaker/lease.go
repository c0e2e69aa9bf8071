package speaker

import (
	"time"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// lease is vrrp_address_lease: addresses of masters are valid for so long, and renewed in
// time. When this process is killed together with its parent, or hangs, the
// kernel takes them away: nobody else could, and the other side is master by then.
//
// It is no default. Each renewal is news for all who listen for addresses, and a
// process that is held up for longer than the lease loses what it has.
type lease struct {
	last    time.Duration // how long; 0: for ever
	renewed time.Time     // when they were last renewed
	timer   *loop.Timer
}

// renewals is how often they are renewed in the time that they last.
const renewals = 3

// lends takes over what the configuration says, at the start and with each reload.
func (s *speaker) lends() {
	l := &s.lease
	if l.timer == nil {
		l.timer = s.loop.NewTimer(s.wrap(s.renew))
	}
	if was := l.last; was != s.cfg.Global.AddressLease {
		l.last = s.cfg.Global.AddressLease
		s.renew()
	}
}

// lasts is for how long an address is to be valid. Our own one, with which others
// are told who we are, is not on loan; neither is one with a lifetime of its own.
func (l *lease) lasts(in *vrrp.Instance, a *config.Address) netlink.Opt[uint32] {
	if l.last == 0 || a.Prefix.Addr() == in.Source() || a.Preferred != nil && *a.Preferred > 0 {
		return netlink.Opt[uint32]{}
	}
	return netlink.Some(uint32(l.last / time.Second))
}

// renew has the addresses of all masters last anew.
func (s *speaker) renew() {
	l := &s.lease
	l.renewed = time.Now() // the loop may not run yet
	for _, in := range s.machine.Instances() {
		if in.State() != vrrp.Master {
			continue
		}
		for a := range in.Conf.AllAddrs() {
			s.renewOne(in, a)
		}
	}
	if l.last > 0 {
		l.timer.After(l.last / renewals)
	} else {
		l.timer.Stop()
	}
}

func (s *speaker) renewOne(in *vrrp.Instance, a *config.Address) {
	n := addressOf(a, s.index(in.On(a)))
	if s.owned[owned{n.Index, n.Prefix}] != in || a.Prefix.Addr() == in.Source() {
		return
	}
	n.Valid = s.lease.lasts(in, a)
	if err := s.kernel.RenewAddress(n); err != nil {
		s.log(role.Info, "(%s) %v", in.Conf.Name, err)
	}
}

// overdue looks, before anything else is done, whether we were held up for longer than
// our addresses have lasted. Whoever speaks as a master without them has the
// one step down that has them.
func (s *speaker) overdue() {
	l := &s.lease
	now := s.loop.Now()
	late := now.Sub(l.renewed)
	if l.last == 0 || late < l.last {
		return
	}
	l.renewed = now
	for _, in := range s.machine.Instances() {
		if in.State() == vrrp.Master && s.borrows(in) {
			s.log(role.Warning, "(%s) was held up for %.1f seconds: its addresses have run out", in.Conf.Name, late.Seconds())
			s.machine.Lost(now, in)
		}
	}
}

func (s *speaker) borrows(in *vrrp.Instance) bool {
	for a := range in.Conf.AllAddrs() {
		if s.lease.lasts(in, a).Ok {
			return true
		}
	}
	return false
}
