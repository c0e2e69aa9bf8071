package vrrp

import (
	"fmt"
	"strings"
	"time"
)

// tie is what a backup knows of its own connection. It asks as soon as one advert is
// missing, so that it need not wait when the master is given up.
//
//	advert   |    asks     |             |  takes over, or stays
//	  +------+------+------+------+------+------+
//	  0      1     1.25    2             3 + Skew
type tie struct {
	asking, known bool
	reached       bool // what was answered
	due           bool // the answer is waited for
	told          bool // that we are cut off
	asked         time.Time
	ask           timer
}

func (t *tie) forget(m *Machine) {
	t.asking, t.known, t.due = false, false, false
	m.timers.stop(&t.ask)
}

// expect is for an advert that has come: after a quarter more than the time between
// two the next is missing. What was answered before is old then.
func (in *Instance) expect(now time.Time, every time.Duration) {
	if in.Conf.TieBreak == nil {
		return
	}
	in.tie.forget(in.m)
	in.m.timers.set(&in.tie.ask, now.Add(every*5/4))
}

// askNow is for priority 0. Forged ones can come faster than anybody should be asked,
// so what was asked less than an interval ago will do.
func (in *Instance) askNow(now time.Time) {
	t := &in.tie
	soon := now.Sub(t.asked) < in.Conf.Interval
	switch {
	case in.Conf.TieBreak == nil, soon && (t.asking || t.known):
	case soon:
		in.m.timers.set(&t.ask, t.asked.Add(in.Conf.Interval))
	default:
		t.forget(in.m)
		in.ask(now)
	}
}

func (in *Instance) ask(now time.Time) {
	t := &in.tie
	if in.state != Backup || in.Conf.TieBreak == nil {
		return
	}
	in.m.timers.stop(&t.ask)
	t.asking, t.known, t.asked = true, false, now
	in.m.world.Ask(in)
}

// Answer tells what has come of World.Ask.
func (m *Machine) Answer(now time.Time, in *Instance, reached bool) {
	t := &in.tie
	if !t.asking || in.state != Backup {
		return
	}
	t.asking, t.known, t.reached = false, true, reached
	if t.due {
		t.due = false
		m.timers.stop(&in.main)
		in.expired(now)
	}
}

// reaches tells whether a backup whose timer has ended may take over. If that is not
// known the main timer is for the answer, and then for the next question.
func (in *Instance) reaches(now time.Time) bool {
	c, t := in.Conf.TieBreak, &in.tie
	switch {
	case c == nil:
		return true
	case t.known && t.reached:
		if t.told {
			t.told = false
			in.log(Notice, "(%s) tie_break: this node reaches %s again", in.Conf.Name, in.whom())
		}
		return true
	case t.known, t.asking && !now.Before(t.asked.Add(c.Timeout)):
		t.forget(in.m)
		in.want = Backup
		if !t.told {
			t.told = true
			in.Stats.CutOff++
			in.log(Warning, "(%s) no advert, but this node does not reach %s: it is cut off itself - staying BACKUP", in.Conf.Name, in.whom())
		}
		next := t.asked.Add(max(c.Timeout, in.Conf.Interval))
		if !next.After(now) {
			next = now
		}
		in.m.timers.set(&in.main, next)
	case t.asking:
		t.due = true
		in.m.timers.set(&in.main, t.asked.Add(c.Timeout))
	default:
		in.ask(now)
		t.due = true
		in.m.timers.set(&in.main, now.Add(c.Timeout))
	}
	return false
}

// whom are those that tie_break asks.
func (in *Instance) whom() string {
	c := in.Conf.TieBreak
	var list []string
	for _, a := range c.Ping {
		list = append(list, fmt.Sprint(a))
	}
	if c.Command.Set() {
		list = append(list, c.Command.Args[0])
	}
	return strings.Join(list, " or ")
}
