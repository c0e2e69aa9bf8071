package vrrp

import (
	"strings"
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

func version3(c *config.Instance)        { c.Version, c.Interval = 3, 100*time.Millisecond }
func priority(p uint8) opt               { return func(c *config.Instance) { c.Priority = p } }
func nopreempt(c *config.Instance)       { c.NoPreempt = true }
func address(c *config.Instance)         { c.Priority, c.Master = 255, true }
func silent(c *config.Instance)          { c.HigherPrioSet = true }
func noAnswer(c *config.Instance)        { c.LowerPrioNoAdvert = true }
func adverts(n int) opt                  { return func(c *config.Instance) { c.DownTimerAdverts = n } }
func delayed(d time.Duration) opt        { return func(c *config.Instance) { c.PreemptDelay = d } }
func scripted(w int, reverse bool) opt   { return script("chk", w, reverse) }
func (r *rig) script(name string, v int) { r.m.Track(r.now, Object{Script, name}, v) }

type opt = func(*config.Instance)

func script(name string, w int, reverse bool) opt {
	return func(c *config.Instance) {
		c.TrackScripts = append(c.TrackScripts, config.Tracked{Name: name, Weight: w, Reverse: reverse})
	}
}

// From the start to the first burst's end, word for word as keepalived 2.2.7 logs it.
func TestBecomesMaster(t *testing.T) {
	r := single(t, priority(150))
	equal(t, r.said(), "(VI_1) removing VIPs.\n(VI_1) Entering BACKUP STATE (init)")
	equal(t, r.took(), "notify VI_1 BACKUP")
	skew := 106 * time.Second / 256
	r.pass(3*time.Second + skew - time.Nanosecond).is(Backup)
	r.pass(time.Nanosecond).is(Master)
	equal(t, r.took(), "send VI_1 150; add 10.0.0.100/24; garp 10.0.0.100; notify VI_1 MASTER")
	equal(t, r.said(), "(VI_1) Receive advertisement timeout\n(VI_1) Entering MASTER STATE\n(VI_1) setting VIPs.\n"+
		"(VI_1) Sending/queueing gratuitous ARPs on v0 for 10.0.0.100\nSending gratuitous ARP on v0 for 10.0.0.100")
	r.pass(500 * time.Millisecond)
	equal(t, r.took(), "garp 10.0.0.100; garp 10.0.0.100; garp 10.0.0.100; garp 10.0.0.100")
	r.pass(4 * time.Second)
	equal(t, r.took(), "send VI_1 150; send VI_1 150; send VI_1 150; send VI_1 150")
	r.pass(time.Second)
	if got := r.took(); strings.Count(got, "garp") != 5 || strings.Count(got, "send") != 1 {
		t.Errorf("the second burst: %s", got)
	}
	r.pass(20 * time.Second)
	if got := r.took(); strings.Count(got, "garp") != 0 || strings.Count(got, "send") != 20 {
		t.Errorf("later: %s", got)
	}
	r.said()
	r.m.Stop(r.now, false)
	equal(t, r.took(), "send VI_1 0; del 10.0.0.100/24; notify VI_1 STOP")
	equal(t, r.said(), "(VI_1) sent 0 priority\n(VI_1) removing VIPs.")
	if _, ok := r.m.Next(); ok {
		t.Error("timers run after the end")
	}
}

// What a backup does with an advert: when it would become master afterwards.
func TestBackupHears(t *testing.T) {
	const half = 500 * time.Millisecond
	down := func(prio int) time.Duration { return 3*time.Second + time.Duration(256-prio)*time.Second/256 }
	for _, c := range []struct {
		name string
		opts []opt
		prio uint8
		want time.Duration // after the advert, which comes half a second after the start
	}{
		{"higher", nil, 150, down(100)},
		{"equal", nil, 100, down(100)},
		{"lower is not heard", nil, 50, down(100) - half},
		{"lower with nopreempt", []opt{nopreempt}, 50, down(100)},
		{"lower with a delay", []opt{delayed(time.Minute)}, 50, down(100)},
		{"priority 0", nil, 0, 156 * time.Second / 256},
		{"priority 0 with nopreempt", []opt{nopreempt}, 0, 156 * time.Second / 256},
		{"five adverts", []opt{adverts(5)}, 150, down(100) + 2*time.Second},
		{"a low priority waits longer", []opt{priority(1)}, 150, down(1)},
	} {
		r := single(t, c.opts...).pass(half)
		r.hear(r.vi(), "10.0.0.9", c.prio)
		r.pass(c.want - time.Nanosecond).is(Backup)
		if r.pass(time.Nanosecond).is(Master); t.Failed() {
			t.Fatal(c.name)
		}
	}
}

func TestPreemptDelay(t *testing.T) {
	r := single(t, priority(150), delayed(10*time.Second))
	began := r.now
	for r.vi().State() == Backup && r.now.Sub(began) < time.Minute {
		r.hear(r.vi(), "10.0.0.9", 100)
		r.pass(time.Second)
	}
	skew := 106 * time.Second / 256
	if took := r.now.Sub(began); took < 10*time.Second+2*time.Second || took > 10*time.Second+4*time.Second+skew {
		t.Errorf("preempts after %v", took)
	}
	said := r.said()
	for _, want := range []string{"(VI_1) start preempt delay (10.000000)", "(VI_1) received lower priority (100) advert from 10.0.0.9 - discarding"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	r = single(t, priority(150), delayed(10*time.Second))
	r.hear(r.vi(), "10.0.0.9", 100)
	r.hear(r.vi(), "10.0.0.8", 200)
	if s := r.said(); !strings.Contains(s, "stop preempt delay") {
		t.Errorf("a better master does not end the delay:\n%s", s)
	}
}

// What a master does with an advert.
func TestMasterHears(t *testing.T) {
	garps := "; garp 10.0.0.100"
	for _, c := range []struct {
		name  string
		opts  []opt
		src   string
		prio  uint8
		state State
		did   string
	}{
		{"higher", nil, "10.0.0.9", 150, Backup, "send VI_1 100; del 10.0.0.100/24; notify VI_1 BACKUP"},
		{"higher, higher_prio_send_advert off", []opt{silent}, "10.0.0.9", 150, Backup, "del 10.0.0.100/24; notify VI_1 BACKUP"},
		{"higher, nopreempt", []opt{nopreempt}, "10.0.0.9", 150, Backup, "send VI_1 100; del 10.0.0.100/24; notify VI_1 BACKUP"},
		{"equal, higher address", nil, "10.0.0.9", 100, Backup, "send VI_1 100; del 10.0.0.100/24; notify VI_1 BACKUP"},
		{"equal, lower address", nil, "10.0.0.0", 100, Master, "send VI_1 100" + garps + "; notify VI_1 MASTER_RX_LOWER_PRI"},
		{"equal, our address", nil, "10.0.0.1", 100, Master, ""},
		{"lower", nil, "10.0.0.9", 50, Master, "send VI_1 100" + garps + "; notify VI_1 MASTER_RX_LOWER_PRI"},
		{"lower, lower_prio_no_advert", []opt{noAnswer}, "10.0.0.9", 50, Master, garps[2:] + "; notify VI_1 MASTER_RX_LOWER_PRI"},
		{"priority 0", nil, "10.0.0.9", 0, Master, "send VI_1 100" + garps},
	} {
		r := single(t, c.opts...).master().pass(5500 * time.Millisecond)
		r.took()
		r.hear(r.vi(), c.src, c.prio)
		if r.is(c.state); r.took() != c.did && !t.Failed() {
			r = single(t, c.opts...).master().pass(5500 * time.Millisecond)
			r.took()
			r.hear(r.vi(), c.src, c.prio)
			equal(t, r.took(), c.did)
		}
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
}

func TestStepDownIsLogged(t *testing.T) {
	r := single(t).master()
	r.hear(r.vi(), "10.0.0.9", 150)
	equal(t, r.said(), "(VI_1) Master received advert from 10.0.0.9 with higher priority 150, ours 100\n(VI_1) Entering BACKUP STATE\n(VI_1) removing VIPs.")
	r = single(t).master()
	r.hear(r.vi(), "10.0.0.9", 100)
	if s := r.said(); !strings.HasPrefix(s, "(VI_1) Master received advert from 10.0.0.9 with same priority 100 but higher IP address than ours\n") {
		t.Error(s)
	}
	r = single(t).master()
	r.hear(r.vi(), "10.0.0.9", 20)
	if s := r.said(); !strings.HasPrefix(s, "(VI_1) Received advert from 10.0.0.9 with lower priority 20, ours 100, forcing new election\n") {
		t.Error(s)
	}
}

// Version 3 waits by the master's interval, and goes back to its own as master.
func TestLearnedInterval(t *testing.T) {
	r := single(t, version3)
	slow := func(a *vrrp.Advert, _ *vrrp.IPv4) { a.Interval = 2 * time.Second }
	r.hear(r.vi(), "10.0.0.9", 150, slow)
	down := 6*time.Second + 156*2*time.Second/256
	r.pass(down - time.Nanosecond).is(Backup)
	r.pass(time.Nanosecond).is(Master)
	said := r.said()
	for _, want := range []string{"(VI_1) advertisement interval updated from 100ms to 2000ms by master", "(VI_1) changing advert interval from 2000ms to locally configured 100ms"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
	r.took()
	r.pass(time.Second)
	if n := strings.Count(r.took(), "send"); n != 10 {
		t.Errorf("%d adverts in a second", n)
	}
}

func TestOwner(t *testing.T) {
	r := single(t, address)
	r.pass(time.Microsecond).is(Master)
	r.took()
	r.hear(r.vi(), "10.0.0.9", 255)
	r.is(Backup)

	// The other one has the lower address, and does not give in.
	r = single(t, address)
	r.m.Source(r.now, "v0", false, group(7))
	r.pass(time.Microsecond).is(Master)
	for range 3 {
		r.hear(r.vi(), "10.0.0.1", 255)
		r.is(Master)
		r.pass(time.Second)
	}
	if r.vi().Priority() != 254 {
		t.Fatalf("priority %d after three adverts", r.vi().Priority())
	}
	r.hear(r.vi(), "10.0.0.1", 255)
	r.is(Backup)
	r.pass(4 * time.Second).is(Master)
	if r.vi().Priority() != 255 {
		t.Errorf("priority %d once the other is gone", r.vi().Priority())
	}
	if n := strings.Count(r.said(), "CONFIGURATION ERROR"); n != 1 {
		t.Errorf("it is logged %d times", n)
	}
}

// A flood that goes on is answered at once, and then by few adverts and bursts, however
// short the interval is; the last word is ours.
func TestLongFlood(t *testing.T) {
	const last = 5 * time.Second
	for _, interval := range []time.Duration{time.Second, 100 * time.Millisecond, 10 * time.Millisecond} {
		r := single(t, func(c *config.Instance) { c.Version, c.Interval, c.GARP.Delay, c.GARP.LowerDelay = 3, interval, 0, 0 }).master()
		r.pass(time.Second).took()
		r.hear(r.vi(), "10.0.0.9", 50)
		equal(t, r.took(), "send VI_1 100; garp 10.0.0.100; notify VI_1 MASTER_RX_LOWER_PRI")
		var spoke time.Time // the last answer that was no advert in its time
		for end := r.now.Add(last); r.now.Before(end); {
			r.pass(250 * time.Microsecond)
			r.hear(r.vi(), "10.0.0.9", 50)
			if s := strings.Join(r.did[max(0, len(r.did)-4):], " "); strings.Contains(s, "garp") {
				spoke = r.now
			}
		}
		did := r.took()
		windows := int(last/r.vi().window()) + 1
		most := windows * (replies + 2)
		if n := strings.Count(did, "send") - int(last/interval); n > most {
			t.Errorf("%v: %d adverts too many, want at most %d", interval, n, most)
		}
		if n := strings.Count(did, "garp"); n > most*5 {
			t.Errorf("%v: %d gratuitous ARPs, want at most %d", interval, n, most*5)
		}
		if n := strings.Count(did, "notify"); n > windows*replies {
			t.Errorf("%v: told %d times", interval, n)
		}
		if d := r.now.Sub(spoke); d > r.vi().window() {
			t.Errorf("%v: nothing was said for %v", interval, d)
		}
		if r.pass(r.vi().window()); !strings.Contains(r.took(), "garp") {
			t.Errorf("%v: nothing was said after the end", interval)
		}
	}
}

// A flood of adverts of a lower priority makes no flood of ours, and the next
// advert is on time.
func TestFlood(t *testing.T) {
	r := single(t).master()
	for range 10_000 {
		r.hear(r.vi(), "10.0.0.9", 1)
	}
	if n := strings.Count(r.took(), "send"); n > replies {
		t.Errorf("%d answers", n)
	}
	if n := strings.Count(r.said(), "\n"); n > 20*replies {
		t.Errorf("%d lines", n)
	}
	r.pass(time.Second)
	if n := strings.Count(r.took(), "send"); n != 1 {
		t.Errorf("%d adverts in the next second", n)
	}
}

// One that preempts answers the last advert of the loser at once.
func TestPreemptorAnswers(t *testing.T) {
	r := single(t, func(c *config.Instance) { c.Version, c.Interval = 3, 50*time.Millisecond })
	for r.vi().State() != Master {
		r.hear(r.vi(), "10.0.0.9", 50)
		r.pass(40 * time.Millisecond)
	}
	r.pass(time.Millisecond).took()
	r.hear(r.vi(), "10.0.0.9", 50)
	if got := r.took(); !strings.HasPrefix(got, "send VI_1 100") {
		t.Errorf("got %q", got)
	}
}

func TestStartupDelay(t *testing.T) {
	r := newRig(t, &config.Config{Instances: []*config.Instance{conf()}})
	r.m.Link(r.now, "v0", true)
	r.m.Source(r.now, "v0", false, group(1))
	r.m.Start(r.now, 10*time.Second)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.pass(9 * time.Second).is(Init)
	r.pass(time.Second).is(Backup)
}

// A master whose timer ran late goes on in the old rhythm, or gives up when that
// was asked for.
func TestLateTimer(t *testing.T) {
	r := single(t).master()
	due := r.vi().main.at
	r.now = due.Add(300 * time.Millisecond)
	r.m.Run(r.now)
	if next := r.vi().main.at; next != due.Add(time.Second) {
		t.Errorf("the next advert comes %v after the last was due", next.Sub(due))
	}
	// Another of priority 254 waits three intervals and 2/256 s for our advert, one of
	// priority 100 longer.
	for _, c := range []struct {
		prio  int
		late  time.Duration
		state State
	}{
		{-1, time.Minute, Master},
		{0, 2*time.Second + 7*time.Millisecond, Master},
		{0, 2*time.Second + 8*time.Millisecond, Backup},
		{100, 2*time.Second + 609*time.Millisecond, Master},
		{100, 2*time.Second + 610*time.Millisecond, Backup},
	} {
		r = single(t, nopreempt, func(c2 *config.Instance) { c2.TimerExpiredBackup = c.prio }).master()
		r.now = r.vi().main.at.Add(c.late)
		r.m.Run(r.now)
		if s := r.vi().State(); s != c.state {
			t.Errorf("priority %d, %v late: %v, want %v", c.prio, c.late, s, c.state)
		}
	}
}

// A process that takes the place of one that died goes on where that was.
func TestResume(t *testing.T) {
	for _, c := range []struct {
		name  string
		opts  []opt
		up    bool
		state State
		did   string
	}{
		{"master", nil, true, Master, "send VI_1 100; add 10.0.0.100/24; garp 10.0.0.100; notify VI_1 MASTER"},
		{"a script has not run", []opt{scripted(0, false)}, true, Master, "send VI_1 100; add 10.0.0.100/24; garp 10.0.0.100; notify VI_1 MASTER"},
		{"the interface is down", nil, false, Fault, "del 10.0.0.100/24; notify VI_1 FAULT"},
		{"nopreempt", []opt{nopreempt}, true, Backup, "del 10.0.0.100/24; notify VI_1 BACKUP"},
	} {
		r := newRig(t, &config.Config{Instances: []*config.Instance{conf(c.opts...)}})
		r.held[r.m.cfg.Instances[0].Addrs[0].Prefix] = 1
		r.m.Link(r.now, "v0", c.up)
		r.m.Source(r.now, "v0", false, group(1))
		r.m.Resume(func(name string) bool { return name == "VI_1" })
		r.m.Start(r.now, 0)
		r.is(c.state)
		if equal(t, r.took(), c.did); t.Failed() {
			t.Fatal(c.name)
		}
	}
}
