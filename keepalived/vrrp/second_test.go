package vrrp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// heartbeat is a second path with up to five others.
func heartbeat(every time.Duration) opt {
	return func(c *config.Instance) {
		h := &config.Heartbeat{Interface: "v1", Interval: every}
		if every == 0 {
			h.Interval = c.Interval
		}
		for id := range 5 {
			h.Peers = append(h.Peers, secondAddr(id))
		}
		c.Heartbeat = h
	}
}

// over has the instance receive an advert on the second path.
func (r *rig) over(prio uint8, change ...func(*vrrp.Advert, *vrrp.IPv4)) {
	c := r.vi().Conf
	a := vrrp.Advert{Version: uint8(c.Version), VRID: c.VRID, Priority: prio, Interval: c.Interval, Addrs: r.vi().vips}
	ip := vrrp.IPv4{Src: secondAddr(4), Dst: netip.MustParseAddr("10.1.0.1"), TTL: vrrp.TTL, Protocol: vrrp.Protocol}
	for _, f := range change {
		f(&a, &ip)
	}
	var s vrrp.Sum
	if a.Version == 3 {
		s = vrrp.Sum{Src: ip.Src, Dst: ip.Dst}
	}
	r.m.Receive(r.now, &Packet{Dev: "v1", Data: a.Append(ip.Append(nil, a.Size(false)), s), Second: true})
}

// A master says on both paths what it says.
func TestSecondPathIsSentTo(t *testing.T) {
	r := single(t, heartbeat(0)).master()
	r.pass(5500 * time.Millisecond).took()
	five := strings.Repeat("; send2 VI_1 100", 5)
	r.pass(2 * time.Second)
	equal(t, r.took(), "send VI_1 100"+five+"; send VI_1 100"+five)
	r.m.Stop(r.now, false)
	equal(t, r.took(), "send VI_1 0"+strings.Repeat("; send2 VI_1 0", 5)+"; del 10.0.0.100/24; notify VI_1 STOP")

	r = single(t, heartbeat(300*time.Millisecond)).master()
	r.pass(6 * time.Second).took()
	r.pass(3 * time.Second)
	if got := r.took(); strings.Count(got, "send ") != 3 || strings.Count(got, "send2") != 50 {
		t.Errorf("its own interval: %s", got)
	}
	r.hear(r.vi(), "10.0.0.9", 200)
	r.took()
	r.pass(time.Second)
	equal(t, r.took(), "")
}

// A reload gives a master a second path, another interval there, and takes it away.
func TestSecondPathIsReloaded(t *testing.T) {
	r := single(t).master()
	r.pass(6 * time.Second).took()
	for _, c := range []struct {
		opt  opt
		want int // adverts to each peer in three seconds
	}{
		{heartbeat(0), 3},
		{heartbeat(500 * time.Millisecond), 6},
		{func(*config.Instance) {}, 0},
	} {
		r.m.Reload(r.now, &config.Config{Instances: []*config.Instance{conf(c.opt)}})
		r.is(Master)
		r.took()
		r.pass(3 * time.Second)
		if got := r.took(); strings.Count(got, "send2") != 5*c.want || strings.Count(got, "send ") != 3 {
			t.Errorf("want %d: %s", c.want, got)
		}
		r.over(200)
		if want := c.want > 0; (r.vi().State() == Backup) != want {
			t.Errorf("it listens there: %v", !want)
		}
		r.master()
		r.pass(6 * time.Second).took()
	}
}

// The master is heard on the second path only: nobody takes over, which is told once,
// and nobody does so later than when both are silent.
func TestSecondPathHoldsBack(t *testing.T) {
	r := single(t, heartbeat(0))
	r.pass(time.Second)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.over(150)
	r.said()
	for range 20 {
		r.pass(time.Second)
		r.over(150)
	}
	r.is(Backup)
	equal(t, r.said(), "(VI_1) no advert on v0, but the master is heard on v1 from 10.1.0.96 - staying BACKUP")
	s := r.vi().Status()
	if !s.HeldBack || s.Stats.HeldBack != 1 || s.Stats.SecondReceived != 21 || s.SecondMaster != secondAddr(4) {
		t.Errorf("%+v", s)
	}
	r.hear(r.vi(), "10.0.0.9", 150)
	equal(t, r.said(), "(VI_1) the master is heard on v0 again")
	if r.vi().Status().HeldBack {
		t.Error("it is still held back")
	}
	down := r.vi().downInterval()
	r.pass(time.Second)
	r.over(150)
	r.pass(down - time.Second)
	r.is(Backup)
	equal(t, r.said(), "(VI_1) no advert on v0, but the master is heard on v1 from 10.1.0.96 - staying BACKUP")
	r.pass(time.Second - time.Nanosecond).is(Backup)
	r.pass(time.Nanosecond).is(Master)
}

// Both fall silent at the same time, but for a moment: nothing is told or counted.
func TestSecondPathDies(t *testing.T) {
	r := single(t, heartbeat(0))
	r.pass(time.Second)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.pass(time.Millisecond)
	r.over(150)
	r.pass(r.vi().downInterval() - time.Nanosecond).is(Backup)
	r.pass(time.Nanosecond).is(Master)
	if s := r.said(); strings.Contains(s, "staying BACKUP") || r.vi().Stats.HeldBack != 0 {
		t.Error(s)
	}
}

// Priority 0 on the second path ends the waiting, whether or not it came on the first.
func TestSecondPathLeaves(t *testing.T) {
	r := single(t, heartbeat(0))
	skew := r.vi().skew()
	r.pass(time.Second)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.over(150)
	r.over(0)
	r.pass(skew - time.Nanosecond).is(Backup)
	r.pass(time.Nanosecond).is(Master)

	r = single(t, heartbeat(0))
	for range 8 {
		r.pass(time.Second)
		r.over(150)
	}
	r.is(Backup)
	r.over(0, func(_ *vrrp.Advert, ip *vrrp.IPv4) { ip.Src = secondAddr(3) }) // not the master
	r.pass(time.Second).is(Backup)
	r.over(150)
	r.over(0)
	r.pass(skew).is(Master)

	// On the first path it is for both, too.
	r = single(t, heartbeat(0))
	r.pass(time.Second)
	r.hear(r.vi(), "10.0.0.9", 150)
	r.over(150)
	r.hear(r.vi(), "10.0.0.9", 0)
	r.pass(skew).is(Master)
}

// A lower master is preempted when the first path has it, and left alone when only the
// second has: it may be ours that is cut.
func TestSecondPathAndPreemption(t *testing.T) {
	r := single(t, heartbeat(0))
	for range 10 {
		r.pass(time.Second)
		r.over(50)
	}
	r.is(Backup)
	for range 3 {
		r.hear(r.vi(), "10.0.0.9", 50)
		r.over(50)
		r.pass(time.Second).is(Backup)
	}
	r.hear(r.vi(), "10.0.0.9", 50)
	r.over(50)
	r.pass(time.Second).is(Master)

	r = single(t, heartbeat(0))
	for range 4 {
		r.hear(r.vi(), "10.0.0.9", 50)
		r.over(50)
		r.pass(time.Second)
	}
	r.is(Master)
}

// A master steps down for a better one, wherever it is heard.
func TestSecondPathTellsOfABetterMaster(t *testing.T) {
	r := single(t, heartbeat(0)).master()
	r.over(50)
	r.is(Master)
	if s := r.said(); !strings.Contains(s, "with lower priority 50, ours 100, forcing new election") {
		t.Error(s)
	}
	r.over(200)
	r.is(Backup)
	if s := r.said(); !strings.Contains(s, "(VI_1) Master received advert from 10.1.0.96 on v1 with higher priority 200, ours 100") {
		t.Error(s)
	}
	equal(t, r.vi().Status().Reason, "a better master on v1")
	r.pass(2 * time.Second)
	r.over(200)
	r.pass(2 * time.Second).is(Backup)
	r.pass(2 * time.Second).is(Master)
}

// Of two with the same priority the first path decides, as long as it can.
func TestSecondPathAndEqualPriorities(t *testing.T) {
	r := single(t, heartbeat(0)).master()
	for range 20 {
		r.over(100)
		r.hear(r.vi(), "10.0.0.0", 100) // lower than ours, where the other address is higher
		r.pass(time.Second).is(Master)
	}
	n := 0
	for ; r.vi().State() == Master && n < 20; n++ {
		r.over(100)
		r.pass(time.Second)
	}
	if r.is(Backup); n < 5 || n > 8 {
		t.Errorf("after %d adverts", n)
	}
}

// What comes on the second path is checked as on the first, and where it comes from.
func TestSecondPathIsChecked(t *testing.T) {
	for name, f := range map[string]func(*vrrp.Advert, *vrrp.IPv4){
		"a stranger":     func(_ *vrrp.Advert, ip *vrrp.IPv4) { ip.Src = netip.MustParseAddr("10.1.0.7") },
		"multicast":      func(_ *vrrp.Advert, ip *vrrp.IPv4) { ip.Dst = group4 },
		"interval":       func(a *vrrp.Advert, _ *vrrp.IPv4) { a.Interval = 2 * time.Second },
		"version":        func(a *vrrp.Advert, _ *vrrp.IPv4) { a.Version = 3 },
		"authentication": func(a *vrrp.Advert, _ *vrrp.IPv4) { a.Auth = vrrp.Password },
		"router":         func(a *vrrp.Advert, _ *vrrp.IPv4) { a.VRID++ },
	} {
		r := single(t, heartbeat(0)).master()
		r.over(200, f)
		if r.is(Master); r.vi().Stats.SecondReceived != 0 {
			t.Errorf("%s is counted", name)
		}
	}
	// And on the other path they are nobody's.
	r := single(t, heartbeat(0)).master()
	a := vrrp.Advert{Version: 2, VRID: 51, Priority: 200, Interval: time.Second, Addrs: r.vi().vips}
	ip := vrrp.IPv4{Src: secondAddr(4), Dst: group(1), TTL: vrrp.TTL, Protocol: vrrp.Protocol}
	for _, dev := range []string{"v0", "v1"} {
		r.m.Receive(r.now, &Packet{Dev: dev, Data: a.Append(ip.Append(nil, a.Size(false)), vrrp.Sum{})})
		r.is(Master)
	}
}
