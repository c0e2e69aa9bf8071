package speaker

import (
	"net/netip"
	"time"

	"moongate/core/cycle"
	"moongate/edge/sys/loop"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// Under a web server the virtual routers stand on its board, where the gateway's dashboard
// sees them, and where somebody may ask that this machine leaves their addresses to others.

const (
	// showEvery is how often the board is looked at: nobody can wake this process from there.
	showEvery = 100 * time.Millisecond
	// usualDrain is how long clients are asked to come anew before an address goes that
	// somebody drains, where no track_gateway says how long.
	usualDrain = 5 * time.Second
)

// virtuals is what the board shows, and what is wanted there.
type virtuals struct {
	shown []shown
	lets  map[string]*loop.Timer // instances that are drained; when they let go
}

// shown is what makes a line of the board anew.
type shown struct {
	conf    *config.Instance
	state   vrrp.State
	prio    uint8
	master  netip.Addr
	letting bool
	drained bool
}

// show begins to show, and to look.
func (s *speaker) show() {
	if s.session.Board == nil {
		return
	}
	s.board.lets = map[string]*loop.Timer{}
	var timer *loop.Timer
	timer = s.loop.NewTimer(s.wrap(func() {
		s.lookAtBoard()
		timer.After(showEvery)
	}))
	timer.After(0)
}

func (s *speaker) lookAtBoard() {
	list := s.machine.Instances()
	changed := len(list) != len(s.board.shown)
	if changed {
		s.board.shown = make([]shown, len(list))
	}
	for i, in := range list {
		now := shown{conf: in.Conf, state: in.State(), prio: in.Priority(), master: in.Master()}
		if let := s.board.lets[in.Conf.Name]; let != nil {
			now.drained = true
			_, now.letting = let.When()
		}
		if now != s.board.shown[i] {
			s.board.shown[i], changed = now, true
		}
	}
	if changed {
		s.session.Board.ShowVirtuals(s.virtuals())
	}
	for i, in := range list {
		s.drain(in, s.session.Board.DrainAt(i))
	}
}

// drain does what somebody wants of an instance: clients are asked to come anew, for a
// while, and then the addresses go.
func (s *speaker) drain(in *vrrp.Instance, want bool) {
	name := in.Conf.Name
	let, has := s.board.lets[name]
	switch {
	case want && !has:
		let = s.loop.NewTimer(s.wrap(func() { s.letGo(name) }))
		s.board.lets[name] = let
		if in.State() != vrrp.Master {
			s.machine.Drain(s.loop.Now(), name, true)
			return
		}
		wait := s.drainTime()
		s.log(role.Info, "(%s) is drained: clients are asked to come anew for %gs before the addresses go", name, wait.Seconds())
		s.session.Board.SetLeaving(true)
		let.After(wait)
	case !want && has:
		let.Stop()
		delete(s.board.lets, name)
		s.log(role.Info, "(%s) is drained no more", name)
		s.machine.Drain(s.loop.Now(), name, false)
		s.stay()
	}
}

func (s *speaker) letGo(name string) {
	s.machine.Drain(s.loop.Now(), name, true)
	s.stay()
}

// stay asks clients for nothing any more, when no address is about to go.
func (s *speaker) stay() {
	for _, let := range s.board.lets {
		if _, letting := let.When(); letting {
			return
		}
	}
	if !s.leaving {
		s.session.Board.SetLeaving(false)
	}
}

func (s *speaker) drainTime() time.Duration {
	d := time.Duration(0)
	for _, g := range s.cfg.Gateways {
		d = max(d, g.Drain)
	}
	if d == 0 {
		return usualDrain
	}
	return d
}

func (s *speaker) virtuals() (list []cycle.Virtual) {
	for i, in := range s.machine.Instances() {
		v, how := in.Status(), &s.board.shown[i]
		n := cycle.Virtual{Instance: in.Conf.Name, Interface: in.Device(), State: v.State.String(), Reason: v.Reason,
			Priority: int(in.Conf.Priority), Effective: int(v.Effective), Drained: how.drained}
		for _, a := range in.Conf.Addrs {
			n.Addresses = append(n.Addresses, a.Prefix.String())
		}
		if how.letting {
			n.State = "DRAINING"
		}
		if v.State == vrrp.Backup && v.Master.IsValid() {
			n.Master = v.Master.String()
		}
		if !v.Last.IsZero() {
			n.Since = float64(v.Last.UnixMilli()) / 1000
		}
		list = append(list, n)
	}
	return list
}
