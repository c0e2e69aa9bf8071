package vrrp

import (
	"net/netip"
	"slices"
	"time"

	"moongate/keepalived/config"
)

// queue spaces what is announced on an interface, or on a group of them.
type queue struct {
	m       *Machine
	gap     time.Duration
	last    time.Time
	waiting []announcement
	next    timer
}

// announcement is one gratuitous ARP or neighbour advertisement that waits.
type announcement struct {
	in *Instance
	a  *config.Address
}

// gaps makes the queues: where there is none, nothing waits.
func (m *Machine) gaps() {
	for _, q := range m.queues {
		m.timers.stop(&q.next)
	}
	clear(m.queues)
	g := &m.cfg.Global
	for _, in := range m.instances {
		for a := range in.Conf.AllAddrs() {
			k := at{in.dev(a), a.Prefix.Addr().Is6()}
			gap := g.GARPInterval
			if k.v6 {
				gap = g.GNAInterval
			}
			if m.queues[k] == nil && gap > 0 {
				m.queues[k] = newQueue(m, gap)
			}
		}
	}
	for _, c := range m.cfg.GARPGroups {
		var v4, v6 *queue
		if c.Interval > 0 {
			v4 = newQueue(m, c.Interval)
		}
		if c.GNAInterval > 0 {
			v6 = newQueue(m, c.GNAInterval)
		}
		for _, dev := range c.Interfaces {
			if v4 != nil {
				m.queues[at{dev, false}] = v4
			}
			if v6 != nil {
				m.queues[at{dev, true}] = v6
			}
		}
	}
}

func newQueue(m *Machine, gap time.Duration) *queue {
	q := &queue{m: m, gap: gap}
	q.next.run = q.run
	return q
}

// dev is the interface that an address goes on, as the configuration names it.
func (in *Instance) dev(a *config.Address) string {
	if a.Dev != "" {
		return a.Dev
	}
	return in.Conf.Interface
}

// pauses are the times between the rounds of a burst. keepalived sends all rounds
// at once; but the old master may need some milliseconds to let go, and answer or announce in that
// time, so that the last word must be ours.
var pauses = [...]time.Duration{5 * time.Millisecond, 20 * time.Millisecond, 80 * time.Millisecond, 200 * time.Millisecond}

// announce begins a burst: each address in turn, times times. It takes the place of
// one that is under way.
func (in *Instance) announce(now time.Time, times int) {
	if times <= 0 {
		return
	}
	for a := range in.Conf.AllAddrs() {
		in.log(Info, "(%s) Sending/queueing %s on %s for %v", in.Conf.Name, kindOf(a), in.On(a), a.Prefix.Addr())
	}
	in.rounds, in.round = times, 0
	in.nextRound(now)
}

func (in *Instance) nextRound(now time.Time) {
	for a := range in.Conf.AllAddrs() {
		in.m.enqueue(now, in, a)
	}
	pause := pauses[min(in.round, len(pauses)-1)]
	if in.round++; in.round < in.rounds {
		in.m.timers.set(&in.again, now.Add(pause))
	} else {
		in.m.timers.stop(&in.again)
	}
}

func kindOf(a *config.Address) string {
	if a.Prefix.Addr().Is4() {
		return "gratuitous ARPs"
	}
	return "Unsolicited Neighbour Adverts"
}

// On is the interface that an address really is on.
func (in *Instance) On(a *config.Address) string {
	if name, is := in.m.plan.places[a]; is {
		return name
	}
	return in.dev(a)
}

func (m *Machine) enqueue(now time.Time, in *Instance, a *config.Address) {
	q := m.queues[at{in.dev(a), a.Prefix.Addr().Is6()}]
	if q == nil {
		m.say(in, a)
		return
	}
	q.waiting = append(q.waiting, announcement{in, a})
	if !q.next.running() {
		q.run(now)
	}
}

func (q *queue) run(now time.Time) {
	if due := q.last.Add(q.gap); now.Before(due) {
		q.m.timers.set(&q.next, due)
		return
	}
	for len(q.waiting) > 0 {
		w := q.waiting[0]
		q.waiting = slices.Delete(q.waiting, 0, 1)
		if w.in.state != Master {
			continue
		}
		q.m.say(w.in, w.a)
		q.last = now
		break
	}
	if len(q.waiting) > 0 {
		q.m.timers.set(&q.next, now.Add(q.gap))
	}
}

func (m *Machine) say(in *Instance, a *config.Address) {
	if a.Prefix.Addr().Is4() {
		m.world.Log(Info, "Sending gratuitous ARP on %s for %v", in.On(a), a.Prefix.Addr())
	} else {
		m.world.Log(Info, "Sending unsolicited Neighbour Advert on %s for %v", in.On(a), a.Prefix.Addr())
	}
	m.world.Announce(in, a)
}

// announceOwn tells the neighbours of the address that adverts come from.
func (m *Machine) announceOwn(in *Instance) {
	m.world.Announce(in, &config.Address{Prefix: netip.PrefixFrom(in.source, in.source.BitLen()), Dev: in.Conf.Interface})
}

func (in *Instance) secondBurst(now time.Time) { in.announce(now, in.burstCount) }

func (in *Instance) refreshed(now time.Time) {
	g := &in.Conf.GARP
	in.announce(now, max(1, g.RefreshRepeat))
	in.m.timers.set(&in.refresh, now.Add(g.Refresh))
}

// extraBurst is for addresses on interfaces that adverts do not leave by: switches
// would forget where they are.
func (in *Instance) extraBurst(now time.Time) {
	g := &in.Conf.GARP
	for a := range in.Conf.AllAddrs() {
		if in.dev(a) != in.Conf.Interface && (g.ExtraAll || in.On(a) != in.dev(a)) {
			in.m.enqueue(now, in, a)
		}
	}
	in.m.timers.set(&in.extra, now.Add(g.ExtraIf))
}
