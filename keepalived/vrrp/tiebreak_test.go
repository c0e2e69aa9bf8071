package vrrp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

func tieBreak(c *config.Instance) {
	c.TieBreak = &config.TieBreak{Ping: []netip.Addr{netip.MustParseAddr("10.0.0.254")}, Timeout: 500 * time.Millisecond, Count: 3}
}

const cutOff = "(VI_1) no advert, but this node does not reach 10.0.0.254: it is cut off itself - staying BACKUP"

// asked lets time go by and tells when it asked, counted from begin.
func (r *rig) asked(begin time.Time, d time.Duration) (when []time.Duration) {
	r.world.ask = func(*Instance) { when = append(when, r.now.Sub(begin)) }
	r.pass(d)
	return when
}

func TestTieBreak(t *testing.T) {
	r := single(t, tieBreak)
	r.pass(time.Second)
	for range 5 { // nobody is asked while the master is heard
		r.hear(r.vi(), "10.0.0.9", 150)
		if when := r.asked(r.now, time.Second); len(when) > 0 {
			t.Fatalf("asks after %v", when)
		}
	}
	r.hear(r.vi(), "10.0.0.9", 150)
	heard, down := r.now, r.vi().downInterval()
	if when := r.asked(heard, 2*time.Second); len(when) != 1 || when[0] != 1250*time.Millisecond {
		t.Fatalf("asks after %v", when)
	}
	r.m.Answer(r.now, r.vi(), true)
	r.pass(down - 2*time.Second - time.Nanosecond).is(Backup)
	r.pass(time.Nanosecond).is(Master) // not later than without
	r.m.Answer(r.now, r.vi(), false)
	r.pass(10 * time.Second).is(Master) // a master does not ask
}

// No answer is there when the timer ends: it is waited for, but not for long.
func TestTieBreakIsLate(t *testing.T) {
	start := func() *rig {
		r := single(t, tieBreak, func(c *config.Instance) { c.TieBreak.Timeout = 3 * time.Second })
		r.pass(r.vi().downInterval()).is(Backup)
		return r
	}
	r := start()
	r.m.Answer(r.now, r.vi(), true)
	r.is(Master)

	r = start() // asked after 1.25 s, with 3 s for it
	end := epoch.Add(4250 * time.Millisecond)
	r.pass(end.Sub(r.now) - time.Nanosecond)
	if strings.Contains(r.said(), cutOff) {
		t.Error("too early")
	}
	r.pass(time.Nanosecond).is(Backup)
	if !strings.Contains(r.said(), cutOff) {
		t.Error("it is not told")
	}
	r.m.Answer(r.now, r.vi(), true)
	r.is(Master) // the next question was asked at once
}

// Who is cut off stays backup, says so once, and asks until somebody answers.
func TestTieBreakCutOff(t *testing.T) {
	r := single(t, tieBreak)
	asks := 0
	r.world.ask = func(*Instance) { asks++ }
	for range 100 {
		r.pass(100 * time.Millisecond)
		r.m.Answer(r.now, r.vi(), false)
	}
	r.is(Backup)
	if n := strings.Count(r.said(), cutOff); n != 1 {
		t.Errorf("told %d times", n)
	}
	if asks < 6 || asks > 9 { // one in a second
		t.Errorf("asked %d times in ten seconds", asks)
	}
	if s := r.vi().Status(); !s.CutOff || s.Stats.CutOff != 1 || s.Want != Backup {
		t.Errorf("%+v", s)
	}
	for r.vi().State() == Backup && asks < 20 {
		r.pass(100 * time.Millisecond)
		r.m.Answer(r.now, r.vi(), true)
	}
	r.is(Master)
	if s := r.said(); !strings.Contains(s, "(VI_1) tie_break: this node reaches 10.0.0.254 again") || r.vi().Status().CutOff {
		t.Error(s)
	}
}

// An answer from before the last advert counts no more.
func TestTieBreakForgets(t *testing.T) {
	r := single(t, tieBreak)
	r.pass(1500 * time.Millisecond)
	r.m.Answer(r.now, r.vi(), true)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.pass(1300 * time.Millisecond)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.m.Answer(r.now, r.vi(), true) // asked before it
	r.pass(r.vi().downInterval()).is(Backup)
	r.pass(time.Second).is(Backup)
	if !strings.Contains(r.said(), cutOff) {
		t.Error("it is not told")
	}
	// Priority 0 leaves no time to lose: it asks at once.
	r = single(t, tieBreak)
	r.pass(time.Second)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.took()
	r.hear(r.vi(), "10.0.0.9", 0)
	equal(t, r.took(), "ask")
	r.m.Answer(r.now, r.vi(), true)
	r.pass(r.vi().skew()).is(Master)
}

// A flood of forged adverts, with priority 0 and without, has nobody asked more often
// than once in an interval.
func TestTieBreakFlood(t *testing.T) {
	r := single(t, tieBreak, heartbeat(0))
	asks := 0
	r.world.ask = func(*Instance) { asks++ }
	for range 5000 {
		r.pass(time.Millisecond)
		r.hear(r.vi(), "10.0.0.9", 150)
		r.over(150)
		r.hear(r.vi(), "10.0.0.9", 0)
		r.over(0)
		r.m.Answer(r.now, r.vi(), true)
	}
	if r.is(Backup); asks < 1 || asks > 6 {
		t.Errorf("asked %d times in five seconds", asks)
	}
	r.said()
	for range 100 {
		r.over(0)
	}
	if s := r.said(); s != "" {
		t.Errorf("it says %s", s)
	}
	// And then there is silence.
	for range 40 {
		r.pass(100 * time.Millisecond)
		r.m.Answer(r.now, r.vi(), true)
	}
	r.is(Master)
}

// The second path comes first, and what was answered while it held us back is fresh.
func TestTieBreakWithSecondPath(t *testing.T) {
	r := single(t, tieBreak, heartbeat(0))
	for range 10 {
		r.pass(time.Second)
		r.over(150)
		r.m.Answer(r.now, r.vi(), true)
	}
	r.is(Backup)
	last := r.now
	if when := r.asked(last, 2*time.Second); len(when) != 1 || when[0] != 1250*time.Millisecond {
		t.Fatalf("asks after %v", when)
	}
	r.m.Answer(r.now, r.vi(), true)
	r.pass(last.Add(r.vi().downInterval()).Sub(r.now)).is(Master)
}

// A group goes together, or not at all.
func TestTieBreakInAGroup(t *testing.T) {
	a, b := conf(tieBreak), conf(tieBreak, func(c *config.Instance) { c.Name, c.VRID, c.Interface = "VI_2", 52, "v1" })
	r := newRig(t, &config.Config{Instances: []*config.Instance{a, b}, Groups: []*config.Group{{Name: "G", Instances: []*config.Instance{a, b}}}}).begin()
	step := func(second bool) {
		r.pass(100 * time.Millisecond)
		for i, in := range r.m.Instances() {
			r.m.Answer(r.now, in, i == 0 || second)
		}
	}
	for range 100 {
		step(false)
	}
	r.is(Backup)
	for range 100 {
		step(true)
	}
	for _, in := range r.m.Instances() {
		if in.State() != Master {
			t.Errorf("%s is %v", in.Conf.Name, in.State())
		}
	}
}

// In a network: the one that is cut off does not become master, others do in time.
func TestTieBreakSimulation(t *testing.T) {
	for seed := range uint64(100) {
		n := newNetwork(t, seed, 2, spread, version3, tieBreak)
		n.pass(2 * time.Second)
		n.settled(true)
		alone := n.routers[seed%2]
		alone.island, alone.cutOff = 1, true
		n.pass(time.Second + time.Duration(n.rnd.Int64N(int64(time.Second))))
		if seed%2 == 0 { // the backup: nothing happens
			if m := n.all(); len(m) != 1 || m[0] != 1 {
				n.fail("masters %v", m)
			}
		} else if m := n.masters(0); len(m) != 1 || m[0] != 0 { // the master: it must be replaced
			n.fail("masters %v", m)
		}
		alone.island, alone.cutOff = 0, false
		n.pass(2 * time.Second)
		n.settled(true)
		// Silence is noticed as early as without tie_break.
		n.routers[1].on, n.routers[1].held = false, nil
		if worst := n.pass(time.Second); worst > 405*time.Millisecond {
			n.fail("no master for %v", worst)
		}
	}
}
