package sched

import (
	"net/netip"
	"testing"
	"time"
)

func TestTemplates(t *testing.T) {
	list := servers(1, 1)
	s := make1(t, "rr")
	s.Update(list)
	p := NewTemplates(100*time.Second, 24)
	now := start
	pick := func() *Server { return s.Pick(Client{}) }
	from := func(a string, port uint16) *Template { return p.Pick(netip.MustParseAddr(a), port, now, pick) }
	at := func(a string, want int) {
		t.Helper()
		if m := from(a, 80); m == nil || m.Server != list[want] {
			t.Errorf("%s at %v: not %s", a, now.Sub(start), name(list, list[want]))
		}
	}
	at("10.0.0.1", 0)
	at("10.0.0.99", 0) // of the same network
	at("10.0.1.1", 1)
	at("2001:db8::1", 0) // 24 bits of this, too
	at("2001:db8::2", 0)
	now = now.Add(99 * time.Second)
	at("10.0.0.1", 0) // renewed
	now = now.Add(99 * time.Second)
	at("10.0.0.1", 0)
	now = now.Add(101 * time.Second)
	at("10.0.0.1", 1) // over
	if m := from("10.0.0.1", 443); m.Server != list[0] {
		t.Error("another port is not another template")
	}

	// A living connection keeps it, and a minute after its end.
	m := from("10.0.0.1", 80)
	m.Open()
	now = now.Add(time.Hour)
	at("10.0.0.7", 1)
	now = now.Add(time.Hour)
	m.Shut(now)
	now = now.Add(59 * time.Second)
	at("10.0.0.1", 1)

	// Without weight a server keeps its clients, removed it doesn't.
	list[1].Weight = 0
	at("10.0.0.1", 1)
	list[1].Drop()
	at("10.0.0.1", 0)
	list[0].Weight = 0
	if p.Pick(netip.MustParseAddr("172.16.0.1"), 80, now, pick) != nil {
		t.Error("a template of nobody")
	}
	now = now.Add(2 * time.Hour)
	if p.Expire(now); p.Len() != 0 {
		t.Error(p.Len(), "templates stay")
	}
}

// lblcr: the set grows under load, and shrinks after a quiet day.
func TestReplicated(t *testing.T) {
	list := servers(1, 4)
	s := make1(t, "lblcr").(*replicated)
	s.Update(list)
	to := netip.MustParseAddr("198.51.100.1")
	now := start
	pick := func() *Server { return s.Pick(Client{To: to, Now: now}) }
	if got := pick(); got != list[0] {
		t.Fatal(name(list, got))
	}
	list[0].Active = 2 // more than its weight, and B has less than half
	if got := pick(); got != list[1] {
		t.Fatal(name(list, got))
	}
	if n := len(s.cache.byAddr[to].what.servers); n != 2 {
		t.Fatal(n, "in the set")
	}
	list[0].Active = 0
	now = now.Add(23 * time.Hour)
	pick()
	list[1].Active = 3
	now = now.Add(2 * time.Hour)
	pick()
	if left := s.cache.byAddr[to].what.servers; len(left) != 1 || left[0] != list[0] {
		t.Error("the busiest is still in the set")
	}
}

// lblc forgets what nobody asks for, and remembers no more than it may.
func TestLocalityForgets(t *testing.T) {
	list := servers(1)
	s := make1(t, "lblc").(*locality)
	s.Update(list)
	for i := range most + 10 {
		to := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		s.Pick(Client{To: to, Now: start})
	}
	if n := len(s.cache.byAddr); n != most {
		t.Error(n, "remembered")
	}
	s.Pick(Client{To: netip.MustParseAddr("192.0.2.1"), Now: start.Add(25 * time.Hour)})
	if n := len(s.cache.byAddr); n != 1 {
		t.Error(n, "after a day")
	}
}
