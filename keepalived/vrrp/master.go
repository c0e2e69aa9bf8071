package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
)

// win makes the instance master, and its group with it.
func (in *Instance) win(now time.Time, why string) {
	in.enterMaster(now, why)
	if in.group != nil {
		in.group.follow(now, in, Master, why)
	}
}

// enterMaster says so first, then takes the addresses, then tells the neighbours.
func (in *Instance) enterMaster(now time.Time, why string) {
	if in.learned != in.Conf.Interval {
		in.log(Info, "(%s) changing advert interval from %dms to locally configured %dms", in.Conf.Name, in.learned.Milliseconds(), in.Conf.Interval.Milliseconds())
		in.learned = in.Conf.Interval
	}
	if in.base != in.prio {
		in.base = in.prio // the other owner is gone
		in.weigh(now)
	}
	in.log(Info, "(%s) Entering MASTER STATE", in.Conf.Name)
	in.won = in.reasonToWin(now)
	in.became(now, Master, why)
	in.want, in.master, in.masterPrio, in.rivals, in.unsure = Master, in.source, 0, 0, 0
	in.replied = time.Time{} // what a backup has said of lower ones does not count
	in.Stats.BecameMaster++
	in.tie.forget(in.m)
	in.tie.told = false
	in.second.until, in.second.held, in.second.tied = time.Time{}, false, time.Time{}
	in.advertise(now, in.eff)
	in.beginPulse(now)
	in.m.timers.set(&in.main, now.Add(in.Conf.Interval))
	in.take()
	g := &in.Conf.GARP
	in.announce(now, g.Repeat)
	if g.Delay > 0 && g.Repeat > 0 {
		in.burstCount = g.Repeat
		in.m.timers.set(&in.burst, now.Add(g.Delay))
	}
	if g.Refresh > 0 {
		in.m.timers.set(&in.refresh, now.Add(g.Refresh))
	}
	if g.ExtraIf > 0 {
		in.m.timers.set(&in.extra, now.Add(g.ExtraIf))
	}
	in.notify(ToMaster)
}

// take puts on the system what a master has.
func (in *Instance) take() {
	w, c := in.m.world, in.Conf
	if len(c.Addrs)+len(c.Excluded) > 0 {
		in.log(Info, "(%s) setting VIPs.", c.Name)
	}
	for a := range c.AllAddrs() {
		w.AddAddr(in, a)
	}
	if len(c.Routes) > 0 {
		in.log(Info, "(%s) setting Virtual Routes", c.Name)
	}
	for i := range c.Routes {
		w.AddRoute(in, &c.Routes[i])
	}
	if len(c.Rules) > 0 {
		in.log(Info, "(%s) setting Virtual Rules", c.Name)
	}
	for i := range c.Rules {
		w.AddRule(in, &c.Rules[i])
	}
	in.holds = true
	w.Took(in, true)
}

// drop takes it away again.
func (in *Instance) drop() {
	w, c := in.m.world, in.Conf
	in.holds = false
	if len(c.Rules) > 0 {
		in.log(Info, "(%s) removing Virtual Rules", c.Name)
	}
	for i := range c.Rules {
		w.RemoveRule(in, &c.Rules[i])
	}
	if len(c.Routes) > 0 {
		in.log(Info, "(%s) removing Virtual Routes", c.Name)
	}
	for i := range c.Routes {
		w.RemoveRoute(in, &c.Routes[i])
	}
	if len(c.Addrs)+len(c.Excluded) > 0 {
		in.log(Info, "(%s) removing VIPs.", c.Name)
	}
	for a := range c.AllAddrs() {
		w.RemoveAddr(in, a)
	}
	w.Took(in, false)
}

// tick sends the next advert. Its successor is counted from when it was due, so
// that small delays don't add up.
func (in *Instance) tick(now time.Time) {
	due := in.main.at
	if late := now.Sub(due); late > in.downInterval() {
		in.log(Info, "A thread timer expired %f seconds ago", late.Seconds())
	}
	if in.noPreempt && in.Conf.TimerExpiredBackup >= 0 && now.Sub(due)+in.Conf.Interval > in.othersWait() {
		in.lose(now, "the timer ran late", vrrp.Leaves)
		return
	}
	in.sendFirst(now, in.eff)
	if !in.pulses() {
		in.sendSecond(now, in.eff)
	}
	next := due.Add(in.Conf.Interval)
	if !next.After(now) {
		next = now.Add(in.Conf.Interval)
	}
	in.m.timers.set(&in.main, next)
}

// othersWait is after how long without an advert of ours another may be master: the one
// with the highest priority, which timer_expired_backup says.
func (in *Instance) othersWait() time.Duration {
	prio := vrrp.Owner - 1
	if p := in.Conf.TimerExpiredBackup; p > 0 {
		prio = p
	}
	return in.downIntervalOf(uint8(prio))
}

// silently says that a master leaves without a last advert.
const silently = -1

// leave gives up what a master has. The last advert has the priority prio.
func (in *Instance) leave(now time.Time, prio int) {
	in.Stats.LeftMaster++
	in.m.timers.stop(&in.burst)
	in.m.timers.stop(&in.refresh)
	in.m.timers.stop(&in.extra)
	in.m.timers.stop(&in.later)
	in.m.timers.stop(&in.again)
	in.m.timers.stop(&in.second.pulse)
	switch {
	case prio == vrrp.Leaves:
		in.zero(now)
	case prio > 0:
		in.advertise(now, uint8(prio))
	}
	in.drop()
}

// zero says that the master leaves.
func (in *Instance) zero(now time.Time) {
	in.advertise(now, vrrp.Leaves)
	in.Stats.ZeroSent++
	in.log(Info, "(%s) sent 0 priority", in.Conf.Name)
}

// lose makes a master a backup, and its group with it.
func (in *Instance) lose(now time.Time, why string, prio int) {
	in.enterBackup(now, why, false)
	in.leave(now, prio)
	in.notify(ToBackup)
	if in.group != nil {
		in.group.follow(now, in, Backup, why)
	}
}

// lastAdvert is the priority of the advert of a master that has heard a better
// one. It makes the other repeat its gratuitous ARPs.
func (in *Instance) lastAdvert() int {
	c := in.Conf
	if c.HigherPrioSendAdvert || !c.HigherPrioSet && !c.Strict {
		return int(in.eff)
	}
	return silently
}

// heardAsMaster decides who of two masters stays. What is heard on the second path is
// answered there only if it was not on the first, where most of it is heard, too.
func (in *Instance) heardAsMaster(now time.Time, src netip.Addr, a *vrrp.Advert, second bool) {
	own, where := in.source, ""
	if second {
		own, where = in.second.source, " on "+in.Conf.Heartbeat.Interface
	}
	again := second && now.Sub(in.answered) < in.Conf.Interval/2
	if a.Priority == vrrp.Leaves {
		if !second {
			in.Stats.ZeroReceived++
		}
		if !again && in.may(now) {
			in.answered = now
			in.log(Info, "(%s) Master received priority 0 message%s", in.Conf.Name, where)
			in.insist(now)
			in.announce(now, in.Conf.GARP.LowerRepeat)
		}
		return
	}
	order := src.Compare(own)
	switch {
	case a.Priority == in.eff && order == 0:
		if in.first(sawOurAddress) {
			in.log(Info, "(%s) WARNING - equal priority advert received from remote host with our IP address.", in.Conf.Name)
		}
	case a.Priority < in.eff || a.Priority == in.eff && order < 0:
		if !again {
			in.beat(now, src, a)
		}
	case a.Priority == in.eff && second && !in.decides(now):
	default:
		if a.Priority > in.eff {
			in.log(Info, "(%s) Master received advert from %v%s with higher priority %d, ours %d", in.Conf.Name, src, where, a.Priority, in.eff)
		} else {
			in.log(Info, "(%s) Master received advert from %v%s with same priority %d but higher IP address than ours", in.Conf.Name, src, where, a.Priority)
		}
		last := in.lastAdvert()
		if second {
			in.lose(now, "a better master"+where, last)
			in.second.hears(now, src, a, in)
		} else {
			in.learn(a)
			in.master, in.masterPrio = src, a.Priority
			in.lose(now, "a better master", last)
		}
		if last != silently {
			in.unsure, in.yielded = yields, now
		}
	}
}

// yields is how often the last advert is sent again when nothing shows that it was
// heard.
const yields = 5

// yieldAgain looks whether the winner has answered the last advert. If its next
// comes only in its own time, ours was lost, and the winner knows of no reason to
// repeat its gratuitous ARPs.
func (in *Instance) yieldAgain(now time.Time) {
	if in.unsure == 0 {
		return
	}
	if now.Sub(in.yielded) < in.learned/2 {
		in.unsure = 0
		return
	}
	in.unsure--
	in.yielded = now
	in.advertise(now, in.eff)
}

// insist sends an advert at once; the next is an interval later.
func (in *Instance) insist(now time.Time) {
	in.advertise(now, in.eff)
	in.m.timers.set(&in.main, now.Add(in.Conf.Interval))
}

// beat answers a master that is to become a backup.
func (in *Instance) beat(now time.Time, src netip.Addr, a *vrrp.Advert) {
	if in.owner() && a.Priority == vrrp.Owner && in.contest(now) {
		return
	}
	if !in.may(now) {
		in.putOff(now) // too many for an answer to each
		return
	}
	in.answered = now
	c, forcing := in.Conf, ", forcing new election"
	if c.LowerPrioNoAdvert {
		forcing = ""
	}
	in.log(Info, "(%s) Received advert from %v with lower priority %d, ours %d%s", c.Name, src, a.Priority, in.eff, forcing)
	in.repeat(now)
	if c.GARP.LowerDelay > 0 && c.GARP.LowerRepeat > 0 {
		in.burstCount = c.GARP.LowerRepeat
		in.m.timers.set(&in.burst, now.Add(c.GARP.LowerDelay))
	}
	in.m.world.Notify(in, nil, MasterLowerPrio)
}

// repeat tells all who is master, and the neighbours where its addresses are.
func (in *Instance) repeat(now time.Time) {
	if !in.Conf.LowerPrioNoAdvert {
		in.insist(now)
	}
	if in.again.running() && in.round == 1 {
		return // a burst has just begun: the other one makes room for us
	}
	in.announce(now, in.Conf.GARP.LowerRepeat)
}

// contest is for two owners of the addresses. The one with the lower address gives
// in at once; if it doesn't, the other does after two adverts and 1.2 intervals.
func (in *Instance) contest(now time.Time) bool {
	if in.rivals++; in.rivals == 1 {
		in.rival = now
		in.log(Err, "(%s) CONFIGURATION ERROR: local instance and a remote instance are both configured as address owner, please fix - reducing local priority", in.Conf.Name)
	}
	if in.rivals > 2 && now.Sub(in.rival) >= in.Conf.Interval*12/10 {
		in.base = vrrp.Owner - 1
		in.weigh(now)
		return true
	}
	return false
}
