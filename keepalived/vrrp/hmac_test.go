package vrrp

import (
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// What was heard is not forgotten with a new configuration.
func TestHMACReload(t *testing.T) {
	mode := func(c *config.Instance) { hmacked("enforce", 1)(c); c.HMAC.Monotonic = true }
	p := newPair(t, mode, mode)
	var last []byte
	p.spoil = func(b []byte) []byte { last = b; return b }
	p.pass(2 * time.Second)
	p.are(t, Master, Backup)
	p.b.m.Reload(p.b.now, p.b.m.cfg)
	before := p.b.vi().Stats.AuthFailure
	p.b.m.Receive(p.b.now, &Packet{Dev: "v0", Data: last})
	if p.b.vi().Stats.AuthFailure != before+1 {
		t.Error("after a reload an old advert is taken again")
	}
	p.pass(time.Second)
	p.are(t, Master, Backup)
}

// A clock that was ahead and is put right: the sender goes by it again, and is heard
// once what it said before is out of the window.
func TestHMACClock(t *testing.T) {
	for _, monotonic := range []bool{false, true} {
		mode := func(c *config.Instance) { hmacked("enforce", 1)(c); c.HMAC.Monotonic = monotonic }
		p := newPair(t, mode, mode)
		p.pass(2 * time.Second)
		s := p.a.vi().sign
		s.begin(p.a.now.Add(time.Hour))
		s.begin(p.a.now)
		if back := skew(p.a.now, s.last) == 0; back == monotonic {
			t.Errorf("monotonic %v: after a step of the clock back its time is taken: %v", monotonic, back)
		}
	}
	p := newPair(t, hmacked("enforce", 1), hmacked("enforce", 1))
	p.a.now = p.a.now.Add(4 * time.Second)
	p.pass(2 * time.Second)
	p.are(t, Master, Backup)
	said := p.b.said()
	if n := strings.Count(said, "from 10.0.0.1 approaching window 5 sec"); n != 1 {
		t.Errorf("the clock that is ahead is told %d times:\n%s", n, said)
	}
	p.a.now = p.a.now.Add(2 * time.Second)
	p.pass(time.Second)
	p.are(t, Master, Master)
	if said = p.b.said(); !strings.Contains(said, "stale authentication trailer from 10.0.0.1, clock skew -") {
		t.Error(said)
	}
}
