package vrrp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// pair is two routers; what one sends the other gets, through spoil.
type pair struct {
	a, b  *rig
	spoil func([]byte) []byte
}

func newPair(t *testing.T, a, b opt) *pair {
	p := &pair{a: single(t, a, priority(150)), b: single(t, b)}
	p.b.m.Source(epoch, "v0", false, group(2))
	p.a.wire = p.to(p.b)
	p.b.wire = p.to(p.a)
	return p
}

func (p *pair) to(r *rig) func(*Instance, netip.Addr, []byte) {
	return func(_ *Instance, _ netip.Addr, b []byte) {
		b = append([]byte(nil), b...)
		if p.spoil != nil {
			b = p.spoil(b)
		}
		r.m.Receive(r.now, &Packet{Dev: "v0", Data: b})
	}
}

func (p *pair) pass(d time.Duration) {
	for end := p.a.now.Add(d); p.a.now.Before(end); {
		p.a.pass(10 * time.Millisecond)
		p.b.pass(10 * time.Millisecond)
	}
}

func (p *pair) are(t *testing.T, a, b State) {
	t.Helper()
	if p.a.vi().State() != a || p.b.vi().State() != b {
		t.Errorf("%v and %v, want %v and %v\nA:\n%s\nB:\n%s", p.a.vi().State(), p.b.vi().State(), a, b, p.a.said(), p.b.said())
	}
}

func secretly(typ config.AuthType, word string) opt {
	return func(c *config.Instance) {
		c.Auth.Type = typ
		copy(c.Auth.Data[:], word)
	}
}

func TestPasswords(t *testing.T) {
	for _, typ := range []config.AuthType{config.Pass, config.AH} {
		p := newPair(t, secretly(typ, "secret"), secretly(typ, "secret"))
		p.pass(8 * time.Second)
		p.are(t, Master, Backup)
		p = newPair(t, secretly(typ, "secret"), secretly(typ, "wrong"))
		p.pass(8 * time.Second)
		p.are(t, Master, Master)
		if s := p.b.vi().Stats; s.AuthFailure == 0 || s.Received != 0 {
			t.Errorf("%+v", s)
		}
	}
	p := newPair(t, secretly(config.Pass, "secret"), secretly(config.AH, "secret"))
	p.pass(8 * time.Second)
	p.are(t, Master, Master)
	if p.b.vi().Stats.AuthMismatch == 0 {
		t.Error("a password is taken for a header")
	}
}

// The numbers of AH grow over both routers: nothing is taken twice, and a new
// master goes on from where the old one was.
func TestSequence(t *testing.T) {
	p := newPair(t, secretly(config.AH, "secret"), secretly(config.AH, "secret"))
	var twice []byte
	p.spoil = func(b []byte) []byte {
		if twice == nil {
			twice = b
		}
		return b
	}
	p.pass(8 * time.Second)
	p.are(t, Master, Backup)
	before := p.b.vi().Stats.AuthFailure
	p.b.m.Receive(p.b.now, &Packet{Dev: "v0", Data: twice})
	if p.b.vi().Stats.AuthFailure != before+1 {
		t.Error("an old packet is taken again")
	}
	p.a.m.Stop(p.a.now, false)
	p.pass(2 * time.Second)
	if p.b.is(Master); p.b.vi().seq <= p.a.vi().seq {
		t.Errorf("the new master counts from %d, the old one was at %d", p.b.vi().seq, p.a.vi().seq)
	}
}

// Two masters that have come to the same number, neither hearing the other, are parted at once.
func TestInStep(t *testing.T) {
	p := newPair(t, secretly(config.AH, "secret"), secretly(config.AH, "secret"))
	p.pass(8 * time.Second)
	p.are(t, Master, Backup)
	cut := true
	p.spoil = func(b []byte) []byte {
		if cut {
			return nil
		}
		return b
	}
	p.pass(5 * time.Second)
	p.are(t, Master, Master)
	a, b := p.a.vi(), p.b.vi()
	a.seq = max(a.seq, b.seq)
	b.seq = a.seq
	cut = false
	p.pass(1100 * time.Millisecond) // the next advert of either
	p.are(t, Master, Backup)
}

func hmacked(mode string, active uint8) opt {
	return func(c *config.Instance) {
		version3(c)
		c.HMAC = &config.HMAC{Active: active, Mode: mode, Keys: map[uint8][]byte{
			1: []byte(strings.Repeat("a", 32)), 2: []byte(strings.Repeat("b", 32)),
		}}
	}
}

func TestHMAC(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b opt
		ok   bool
	}{
		{"the same key", hmacked("enforce", 1), hmacked("enforce", 1), true},
		{"keys are rolled", hmacked("enforce", 1), hmacked("enforce", 2), true},
		{"no trailer", version3, hmacked("enforce", 1), false},
		{"no trailer, permissive", version3, hmacked("permissive", 1), true},
		{"no trailer, receive-only", hmacked("receive-only", 1), hmacked("receive-only", 1), true},
		{"receive-only sends none", hmacked("receive-only", 1), hmacked("enforce", 1), false},
		{"an unknown key", hmacked("enforce", 1), func(c *config.Instance) { hmacked("permissive", 2)(c); delete(c.HMAC.Keys, 1) }, false},
		{"another key", hmacked("enforce", 1), func(c *config.Instance) { hmacked("permissive", 2)(c); c.HMAC.Keys[1] = c.HMAC.Keys[2] }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPair(t, c.a, c.b)
			p.pass(2 * time.Second)
			want := Backup
			if !c.ok {
				want = Master
			}
			p.are(t, Master, want)
			if failed := p.b.vi().Stats.AuthFailure > 0; failed == c.ok {
				t.Errorf("%+v", p.b.vi().Stats)
			}
		})
	}
}

func TestHMACReplay(t *testing.T) {
	for _, monotonic := range []bool{false, true} {
		mode := func(c *config.Instance) { hmacked("enforce", 1)(c); c.HMAC.Monotonic = monotonic }
		p := newPair(t, mode, mode)
		var first []byte
		p.spoil = func(b []byte) []byte {
			if first == nil {
				first = b
			}
			return b
		}
		p.pass(2 * time.Second)
		before := p.b.vi().Stats.AuthFailure
		p.b.m.Receive(p.b.now, &Packet{Dev: "v0", Data: first})
		if p.b.vi().Stats.AuthFailure != before+1 {
			t.Errorf("monotonic %v: a repeated advert is taken", monotonic)
		}
		// A router that has never heard the sender goes by the clock, if it may.
		late := single(t, mode)
		late.now = late.now.Add(time.Hour)
		late.m.Receive(late.now, &Packet{Dev: "v0", Data: first})
		if taken := late.vi().Stats.Received == 1; taken != monotonic {
			t.Errorf("monotonic %v: an advert an hour old is taken: %v", monotonic, taken)
		}
	}
}
