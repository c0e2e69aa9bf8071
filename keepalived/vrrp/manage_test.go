package vrrp

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

// What is refused is told as often as it is logged, with its reason.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func([]byte) []byte
		want  Refusal
		last  int
	}{
		{"TTL", set(8, 64), RefusedTTL, 1},
		{"version", resumed(20, 0x31), RefusedVersion, 2},
		{"checksum", set(26, 0x12), RefusedChecksum, 3},
		{"auth type", resumed(24, 7), RefusedAuthType, 0},
		{"auth mismatch", resumed(24, 1), RefusedAuthMismatch, 0},
		{"length", cut(4), 0, 0},
		{"nothing", set(0, 0x45), 0, 0},
	} {
		e := &ear{rig: single(t)}
		var told []Refusal
		e.m.OnRefused = func(in *Instance, why Refusal, from netip.Addr) {
			if in != e.vi() || from != group(9) {
				t.Errorf("%s: told of %s by %v", c.name, in.Conf.Name, from)
			}
			told = append(told, why)
		}
		e.spoil(t, c.spoil)
		e.spoil(t, c.spoil)
		var want []Refusal
		if c.want != 0 {
			want = []Refusal{c.want}
		}
		if !slices.Equal(told, want) || e.vi().Status().Refused != c.last {
			t.Errorf("%s: told %v, and the last is %d", c.name, told, e.vi().Status().Refused)
		}
	}
	wrong := newPair(t, secretly(config.Pass, "secret"), secretly(config.Pass, "wrong"))
	var told []Refusal
	wrong.b.m.OnRefused = func(_ *Instance, why Refusal, _ netip.Addr) { told = append(told, why) }
	wrong.pass(8 * time.Second)
	if told = slices.Compact(told); !slices.Equal(told, []Refusal{RefusedAuth}) {
		t.Errorf("a wrong password: %v", told)
	}
}

func TestSetPriority(t *testing.T) {
	r := single(t).master()
	r.said()
	r.m.SetPriority(r.now, r.vi(), 120)
	equal(t, r.said(), "(VI_1) base priority changed from 100 to 120 via SNMP.\n(VI_1) Changing effective priority from 100 to 120")
	r.m.SetPriority(r.now, r.vi(), 120)
	equal(t, r.said(), "")
	r.reload(conf())
	if s := r.vi().Status(); s.Base != 100 || s.Effective != 100 {
		t.Errorf("after a reload: %d, %d", s.Base, s.Effective)
	}
}

func TestSetPreempt(t *testing.T) {
	r := single(t)
	r.said()
	r.m.SetPreempt(r.vi(), false)
	r.m.SetPreempt(r.vi(), false)
	equal(t, r.said(), "(VI_1) preemption disabled with SNMP")
	for range 8 {
		r.pass(time.Second)
		r.hear(r.vi(), "10.0.0.9", 50)
	}
	r.is(Backup)
	r.m.SetPreempt(r.vi(), true)
	for range 5 {
		r.pass(time.Second)
		if r.vi().State() == Backup {
			r.hear(r.vi(), "10.0.0.9", 50)
		}
	}
	r.is(Master)
	if n := r.vi().Won(); n != byPreemption {
		t.Errorf("it won by %d", n)
	}
}

func TestReasons(t *testing.T) {
	silence := single(t).master()
	if s := silence.vi().Status(); s.Won != bySilence || s.Began.IsZero() || s.Began.After(s.Last) {
		t.Errorf("%d, since %v", s.Won, s.Began)
	}
	silence.m.Link(silence.now, "v0", false)
	if s := silence.vi().Status(); !s.Began.IsZero() {
		t.Errorf("in %v since %v", s.State, s.Began)
	}
	if n := single(t, address).master().vi().Won(); n != byPriority {
		t.Errorf("the owner won by %d", n)
	}
}

func TestUnknownIsCounted(t *testing.T) {
	r := single(t)
	r.hear(&Instance{Conf: conf(func(c *config.Instance) { c.VRID = 52 })}, "10.0.0.9", 150, func(*vrrp.Advert, *vrrp.IPv4) {})
	if n := r.m.Unknown(); n != 1 {
		t.Errorf("%d", n)
	}
}
