package vrrp

import (
	"net/netip"
	"slices"
	"time"

	"moongate/edge/wire/vrrp"
)

// second is what there is to a heartbeat: the same adverts on another path.
//
// A backup takes over when both paths are silent. Whoever is heard on the second
// only is master all the same: the first path is cut, and two masters would be worse
// than one that not everybody reaches. For the same reason nobody preempts a master
// that is not heard on the first path.
type second struct {
	source netip.Addr
	until  time.Time // as long a master counts as heard
	master netip.Addr
	prio   uint8
	every  time.Duration // between its adverts
	held   bool          // we would have taken over, were it not for it
	tied   time.Time     // since when another master of our own priority is heard
	seq    uint32        // of AH
	pulse  timer         // the next advert, if they have an interval of their own
}

// sendSecond sends an advert on the second path.
func (in *Instance) sendSecond(now time.Time, prio uint8) {
	h, src := in.Conf.Heartbeat, in.second.source
	if h == nil || !src.IsValid() {
		return
	}
	in.Stats.SecondSent++
	in.sign.begin(now)
	for _, dst := range h.Peers {
		in.m.world.SendSecond(in, dst, in.packet(prio, src, dst, vrrp.TTL))
	}
}

// SecondSource is where adverts on the second path come from; it is not valid while
// there is none.
func (in *Instance) SecondSource() netip.Addr { return in.second.source }

// pulses tells whether the second path has an interval of its own. Otherwise its
// adverts go with the others, so that both paths fall silent at the same time.
func (in *Instance) pulses() bool {
	h := in.Conf.Heartbeat
	return h != nil && h.Interval != in.Conf.Interval
}

func (in *Instance) beginPulse(now time.Time) {
	if in.pulses() {
		in.m.timers.set(&in.second.pulse, now.Add(in.Conf.Heartbeat.Interval))
	}
}

// pulsed sends the next advert on the second path alone.
func (in *Instance) pulsed(now time.Time) {
	next := in.second.pulse.at.Add(in.Conf.Heartbeat.Interval)
	if !next.After(now) {
		next = now.Add(in.Conf.Heartbeat.Interval)
	}
	in.m.timers.set(&in.second.pulse, next)
	in.number()
	in.sendSecond(now, in.eff)
}

// changeSplit follows another configuration.
func (in *Instance) changeSplit(now time.Time) {
	if in.Conf.Heartbeat == nil {
		in.second.source, in.second.until = netip.Addr{}, time.Time{}
	}
	in.m.timers.stop(&in.second.pulse)
	if in.state == Master {
		in.beginPulse(now)
	}
	if in.Conf.TieBreak == nil {
		in.tie.forget(in.m)
		in.tie.told = false
	}
}

// checkSecond is for the second path, where adverts come from its peers only.
func (in *Instance) checkSecond(f *frame) bool {
	if f.multicast || !slices.Contains(in.Conf.Heartbeat.Peers, f.src) {
		in.Stats.Rejected++
		return in.complain(badSource, "(%s) advert on %s from %v, which is no peer there", in.Conf.Name, in.Conf.Heartbeat.Interface, f.src)
	}
	if in.Conf.OwnerIgnoreAdverts && in.owner() {
		return false
	}
	in.checkAddrs(f.src)
	return true
}

// heardOnSecond takes an advert that came on the second path.
func (in *Instance) heardOnSecond(now time.Time, src netip.Addr, a *vrrp.Advert) {
	s := &in.second
	if in.state == Master {
		in.heardAsMaster(now, src, a, true)
		return
	}
	if a.Priority == vrrp.Leaves {
		in.leftOnSecond(now, src)
		return
	}
	s.hears(now, src, a, in)
	if s.held {
		in.m.timers.set(&in.main, s.until)
		in.expect(now, s.every)
	}
}

// hears notes a master that lives. In version 3 its adverts say how often they come.
func (s *second) hears(now time.Time, src netip.Addr, a *vrrp.Advert, in *Instance) {
	s.every = in.Conf.Heartbeat.Interval
	if in.Conf.Version == 3 && !in.pulses() {
		s.every = a.Interval
	}
	n := in.Conf.DownTimerAdverts
	if n == 0 {
		n = 3
	}
	s.master, s.prio = src, a.Priority
	s.until = now.Add(time.Duration(n)*s.every + in.skew())
}

// leftOnSecond is priority 0. The one that leaves may not have been able to say so on
// the first path; but it may also be another than the one that is master there.
func (in *Instance) leftOnSecond(now time.Time, src netip.Addr) {
	s := &in.second
	if src != s.master || s.until.IsZero() {
		return // another one, or it has said so
	}
	in.log(Info, "(%s) Backup received priority 0 advertisement on %s", in.Conf.Name, in.Conf.Heartbeat.Interface)
	s.until = time.Time{}
	if at := now.Add(in.skew()); (s.held || s.prio == in.masterPrio) && at.Before(in.main.at) {
		s.held = false
		in.m.timers.set(&in.main, at)
		in.askNow(now)
	}
}

// heldBack tells whether the second path keeps a backup from taking over. One that
// hears a lower master on the first path knows more than the second could tell.
func (in *Instance) heldBack(now time.Time) bool {
	s := &in.second
	if !now.Before(s.until) || !in.lower.IsZero() && now.Sub(in.lower) < in.downInterval() {
		s.held = false
		return false
	}
	if !s.held && s.until.Sub(now) <= s.every/2 {
		// The last advert came on both paths, on this one a moment later: that is silence.
		in.m.timers.set(&in.main, s.until)
		return true
	}
	if !s.held {
		s.held = true
		in.Stats.HeldBack++
		in.log(Notice, "(%s) no advert on %s, but the master is heard on %s from %v - staying BACKUP", in.Conf.Name, in.Device(), in.Conf.Heartbeat.Interface, s.master)
	}
	in.want = Backup
	in.m.timers.set(&in.main, s.until)
	in.expect(now, s.every)
	return true
}

// firstAgain is the first path's return.
func (in *Instance) firstAgain() {
	if in.second.held {
		in.second.held = false
		in.log(Notice, "(%s) the master is heard on %s again", in.Conf.Name, in.Device())
	}
}

// decides tells whether the second path decides between two masters of the same
// priority. Addresses there may be in another order than on the first path, which
// decides as long as anything is heard on it: else each of two could give in.
func (in *Instance) decides(now time.Time) bool {
	s, down := &in.second, in.downInterval()
	if now.Sub(in.heard) < down {
		s.tied = time.Time{}
		return false
	}
	if s.tied.IsZero() {
		s.tied = now
	}
	return now.Sub(s.tied) >= 2*in.Conf.Interval
}
