package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
)

// start begins the life of an instance.
func (in *Instance) start(now time.Time) {
	in.started = true
	in.weigh(now)
	resumes := in.resumes
	in.resumes = false
	switch {
	case in.blocked():
		if resumes {
			in.drop()
		}
		in.tellFaults()
		in.log(Info, "(%s) entering FAULT state", in.Conf.Name)
		in.enterFault(now, "not ready at start", true)
		in.group.settle()
	case resumes:
		in.enterMaster(now, "master before the process died")
		in.group.settle()
	case in.pending():
		// A script decides when it has run for the first time.
	default:
		in.enterBackup(now, "start", true)
		in.notify(ToBackup)
		in.group.settle()
	}
}

// enterBackup waits for adverts, or for their absence.
func (in *Instance) enterBackup(now time.Time, why string, init bool) {
	how := ""
	if init {
		how = " (init)"
	}
	in.log(Info, "(%s) Entering BACKUP STATE%s", in.Conf.Name, how)
	in.became(now, Backup, why)
	in.want, in.preempt = Backup, time.Time{}
	wait := in.downInterval()
	if init && in.owner() && in.Conf.Master {
		wait, in.want = time.Microsecond, Master
	}
	in.m.timers.set(&in.main, now.Add(wait))
	in.second.held, in.tie.told, in.lower = false, false, time.Time{}
	in.expect(now, in.learned)
}

// recover leaves FAULT, or INIT, when nothing holds the instance there any more.
func (in *Instance) recover(now time.Time, why string) {
	in.learned, in.master, in.masterPrio = in.Conf.Interval, netip.Addr{}, 0
	in.enterBackup(now, why, false)
	in.notify(ToBackup)
	if in.unicast() {
		// Peers that have lost the address behind the link find it again.
		in.m.announceOwn(in)
		for i := range in.Conf.Peers {
			in.m.world.Seek(in, in.Conf.Peers[i].Addr)
		}
	}
}

// enterFault gives up all.
func (in *Instance) enterFault(now time.Time, why string, init bool) {
	was := in.state
	if !init {
		in.log(Info, "(%s) Entering FAULT STATE", in.Conf.Name)
	}
	in.became(now, Fault, why)
	in.want = Fault
	in.halt()
	if was == Master {
		in.leave(now, vrrp.Leaves)
	}
	in.master, in.masterPrio = netip.Addr{}, 0
	in.notify(ToFault)
}

// expired is the main timer: the next advert of a master, or silence.
func (in *Instance) expired(now time.Time) {
	switch in.state {
	case Master:
		in.tick(now)
	case Backup:
		if in.heldBack(now) || !in.reaches(now) {
			return
		}
		in.log(Info, "(%s) Receive advertisement timeout", in.Conf.Name)
		in.want = Master
		if in.group != nil && !in.group.agrees(in) {
			in.m.timers.set(&in.main, now.Add(in.downInterval()))
			in.expect(now, in.learned)
			return
		}
		in.win(now, "no advert from a master")
	}
}

// heardAsBackup decides whether an advert is that of the master.
func (in *Instance) heardAsBackup(now time.Time, src netip.Addr, a *vrrp.Advert) {
	if a.Priority == vrrp.Leaves {
		in.unsure = 0
		in.Stats.ZeroReceived++
		in.log(Info, "(%s) Backup received priority 0 advertisement", in.Conf.Name)
		in.m.timers.set(&in.main, now.Add(in.skew()))
		in.second.until, in.second.held = time.Time{}, false
		in.askNow(now)
		return
	}
	if a.Priority >= in.eff {
		in.yieldAgain(now)
		if !in.preempt.IsZero() {
			in.log(Info, "(%s) stop preempt delay", in.Conf.Name)
			in.preempt = time.Time{}
		}
		in.accept(now, src, a)
		return
	}
	if in.noPreempt {
		in.accept(now, src, a)
		return
	}
	if d := in.Conf.PreemptDelay; d > 0 {
		if in.preempt.IsZero() {
			in.preempt = now.Add(d)
			in.log(Info, "(%s) start preempt delay (%d.%06d)", in.Conf.Name, d/time.Second, d%time.Second/time.Microsecond)
		}
		if now.Before(in.preempt) {
			in.accept(now, src, a)
			return
		}
	}
	// The running timer is left alone, so that its end is when we take over. It was not
	// for this path if the other one has held us back.
	in.lower = now
	if in.second.held {
		in.second.held = false
		in.m.timers.set(&in.main, now.Add(in.downInterval()))
		in.expect(now, in.learned)
	}
	if in.may(now) {
		in.log(Info, "(%s) received lower priority (%d) advert from %v - discarding", in.Conf.Name, a.Priority, src)
	}
}

// accept takes an advert as the master's.
func (in *Instance) accept(now time.Time, src netip.Addr, a *vrrp.Advert) {
	in.learn(a)
	if src != in.master {
		if in.master.IsValid() {
			in.logged = 0
		}
		in.master = src
	}
	in.masterPrio, in.want, in.lower = a.Priority, Backup, time.Time{}
	in.m.timers.set(&in.main, now.Add(in.downInterval()))
	in.firstAgain()
	in.tie.told = false
	in.expect(now, in.learned)
}

// learn takes over the master's interval, which version 3 has in its adverts.
func (in *Instance) learn(a *vrrp.Advert) {
	if in.Conf.Version == 3 && a.Interval != in.learned {
		in.log(Info, "(%s) advertisement interval updated from %dms to %dms by master", in.Conf.Name, in.learned.Milliseconds(), a.Interval.Milliseconds())
		in.learned = a.Interval
	}
}

// replies is how often something is said or done about masters of a lower priority in
// one window. Forged adverts can come faster.
const replies = 4

// window is that time: an interval, but with short ones more, as each answer is also a
// burst of gratuitous ARPs.
func (in *Instance) window() time.Duration { return max(in.Conf.Interval, 500*time.Millisecond) }

func (in *Instance) may(now time.Time) bool {
	if now.Sub(in.replied) >= in.window() {
		in.replied, in.replyCount = now, 0
	}
	in.replyCount++
	return in.replyCount <= replies
}

// putOff has one answer more follow, after all that there was no answer to: in the
// middle of the window, and for what comes still later at its end.
func (in *Instance) putOff(now time.Time) {
	if in.later.running() {
		return
	}
	at := in.replied.Add(in.window() / 2)
	if !at.After(now) {
		at = in.replied.Add(in.window())
	}
	in.m.timers.set(&in.later, at)
}
