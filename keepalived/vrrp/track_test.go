package vrrp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// What a tracker makes of the priority, or of the state.
func TestWeights(t *testing.T) {
	for _, c := range []struct {
		name    string
		weight  int
		reverse bool
		good    uint8 // priority; 0: FAULT
		bad     uint8
	}{
		{"weight 0", 0, false, 100, 0},
		{"weight 0 reverse", 0, true, 0, 100},
		{"positive", 20, false, 120, 100},
		{"negative", -20, false, 100, 80},
		{"positive reverse", 20, true, 80, 100},
		{"negative reverse", -20, true, 100, 120},
		{"held at 254", 253, false, 254, 100},
		{"held at 1", -253, false, 100, 1},
	} {
		r := single(t, scripted(c.weight, c.reverse))
		for _, v := range []int{1, 0, 1} {
			r.script("chk", v)
			want := c.bad
			if v == 1 {
				want = c.good
			}
			fault := r.vi().State() == Fault
			if fault != (want == 0) || !fault && r.vi().Priority() != want {
				t.Errorf("%s: with %d the state is %v, the priority %d, want %d", c.name, v, r.vi().State(), r.vi().Priority(), want)
			}
		}
	}
	r := single(t, address, scripted(-20, false)).master()
	if r.script("chk", 0); r.vi().Priority() != 255 {
		t.Error("a weight changes an owner's priority")
	}
}

// A weight-0 script keeps the instance in INIT until it has run.
func TestWaitsForScripts(t *testing.T) {
	r := single(t, scripted(0, false), script("two", 0, false))
	equal(t, r.said(), "(VI_1) removing VIPs.")
	r.pass(time.Minute).is(Init)
	r.script("chk", 1)
	r.is(Init)
	r.script("two", 1)
	r.is(Backup)
	equal(t, r.said(), "(VI_1) Entering BACKUP STATE")
	r.master()
	r.script("two", 0)
	r.is(Fault)
	equal(t, r.took(), "send VI_1 0; del 10.0.0.100/24; notify VI_1 FAULT")
	equal(t, r.said(), "(VI_1) Entering FAULT STATE\n(VI_1) sent 0 priority\n(VI_1) removing VIPs.")
	if r.vi().Status().Reason != "script two fails" {
		t.Errorf("the reason is %q", r.vi().Status().Reason)
	}
	r.script("two", 1)
	began := r.now
	r.master()
	if took := r.now.Sub(began); took < 3*time.Second || took > 3800*time.Millisecond {
		t.Errorf("master %v after the fault", took)
	}
	r = single(t, scripted(0, false))
	r.script("chk", 0)
	r.is(Fault)
}

// A change of the priority moves the running timer by the change of Skew.
func TestPriorityMovesTheTimer(t *testing.T) {
	r := single(t, priority(100), scripted(100, false))
	before, _ := r.m.Next()
	r.script("chk", 1)
	after, _ := r.m.Next()
	if d := before.Sub(after); d != 100*time.Second/256 {
		t.Errorf("the timer moves by %v", d)
	}
	if s := r.said(); !strings.HasSuffix(s, "(VI_1) Changing effective priority from 100 to 200") {
		t.Error(s)
	}
}

func TestFiles(t *testing.T) {
	file := func(w int) opt {
		return func(c *config.Instance) { c.TrackFiles = []config.Tracked{{Name: "f", Weight: w}} }
	}
	for _, c := range []struct {
		weight, value int
		want          uint8
	}{{1, 20, 120}, {-2, 20, 60}, {0, 0, 100}, {0, 5, 0}, {1, -254, 0}, {2, -127, 0}, {1, 1000, 254}, {1, -253, 1}} {
		r := single(t, file(c.weight))
		r.m.Track(r.now, Object{File, "f"}, c.value)
		if got := r.vi().Priority(); c.want == 0 && r.vi().State() != Fault || c.want > 0 && got != c.want {
			t.Errorf("%d with weight %d: %v, priority %d, want %d", c.value, c.weight, r.vi().State(), got, c.want)
		}
	}
	r := single(t, file(1)).master()
	r.m.Track(r.now, Object{File, "f"}, -254)
	r.m.Track(r.now, Object{File, "f"}, 0)
	equal(t, r.said(), "(VI_1) Changing effective priority from 100 to 1\n(VI_1): tracked file f now FAULT state\n"+
		"(VI_1) Entering FAULT STATE\n(VI_1) sent 0 priority\n(VI_1) removing VIPs.\n"+
		"(VI_1) Changing effective priority from 1 to 100\n(VI_1): tracked file f leaving FAULT state\n(VI_1) Entering BACKUP STATE")
}

// The own interface, another, and the address of the own one.
func TestInterfaces(t *testing.T) {
	r := single(t).master()
	r.m.Link(r.now, "v0", false)
	r.is(Fault)
	equal(t, r.said(), "Netlink reports v0 down\n(VI_1) Entering FAULT STATE\n(VI_1) sent 0 priority\n(VI_1) removing VIPs.")
	r.m.Link(r.now, "v0", true)
	r.is(Backup)
	equal(t, r.said(), "Netlink reports v0 up\n(VI_1) Entering BACKUP STATE")
	r.m.Source(r.now, "v0", false, netip.Addr{})
	r.is(Fault)
	r.m.Source(r.now, "v0", false, group(3))
	r.is(Backup)
	if r.vi().Source() != group(3) {
		t.Errorf("source %v", r.vi().Source())
	}

	r = single(t, func(c *config.Instance) { c.TrackInterfaces = []config.Tracked{{Name: "v1", Weight: -50}} }).master()
	r.m.Link(r.now, "v1", false)
	if r.is(Master); r.vi().Priority() != 50 {
		t.Errorf("priority %d", r.vi().Priority())
	}
	r = single(t, func(c *config.Instance) { c.DontTrackPrimary = true }).master()
	r.m.Link(r.now, "v0", false)
	r.is(Master)

	// Nothing is known, or all is bad, at the start.
	r = newRig(t, &config.Config{Instances: []*config.Instance{conf()}})
	r.m.Link(r.now, "v0", false)
	r.m.Start(r.now, 0)
	r.is(Fault)
	equal(t, r.said(), "(VI_1) removing VIPs.\n(VI_1): entering FAULT state (interface v0 down)\n"+
		"(VI_1) entering FAULT state (no IPv4 address for interface)\n(VI_1) entering FAULT state")
}

// Somebody takes a virtual address away.
func TestLost(t *testing.T) {
	r := single(t).master()
	r.m.Lost(r.now, r.vi())
	r.is(Backup)
	equal(t, r.said(), "(VI_1) Entering BACKUP STATE\n(VI_1) sent 0 priority\n(VI_1) removing VIPs.")
	r.pass(4 * time.Second).is(Master)
}

func TestUnicastTellsItsAddress(t *testing.T) {
	r := single(t, peers(config.Peer{Addr: group(9)}))
	r.m.Link(r.now, "v0", false)
	r.took()
	r.m.Link(r.now, "v0", true)
	equal(t, r.took(), "notify VI_1 BACKUP; garp 10.0.0.1; seek 10.0.0.9")
}

// A session that nobody has heard of is down.
func TestBFD(t *testing.T) {
	for _, c := range []struct {
		weight   int
		down, up uint8 // priority; 0: FAULT
	}{{0, 0, 100}, {-20, 80, 100}, {20, 100, 120}} {
		r := single(t, func(v *config.Instance) { v.TrackBFDs = []config.Tracked{{Name: "b", Weight: c.weight}} })
		for i, want := range []uint8{c.down, c.up, c.down} {
			if i > 0 {
				r.m.Track(r.now, Object{BFD, "b"}, i%2)
			}
			if fault := r.vi().State() == Fault; fault != (want == 0) || !fault && r.vi().Priority() != want {
				t.Errorf("weight %d, step %d: %v, priority %d, want %d", c.weight, i, r.vi().State(), r.vi().Priority(), want)
			}
		}
	}
}
