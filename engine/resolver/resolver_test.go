package resolver

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/edge/wire/dns"
)

const second = time.Second

func resolve(t *testing.T, r *Resolver, name string) string {
	t.Helper()
	got, err := r.Name(name, 5*second)
	if err != nil {
		return err.Error()
	}
	var s []string
	for _, x := range got.List {
		s = append(s, x.String())
	}
	slices.Sort(s)
	return strings.Join(s, " ")
}

func TestAnswers(t *testing.T) {
	f := newFake(t, func(q *dns.Reply, tcp bool) []byte {
		v4 := q.Type == dns.TypeA
		switch q.Name {
		case "both.test":
			if v4 {
				return say(q, 0, a(60, "192.0.2.1"), a(60, "192.0.2.2"))
			}
			return say(q, 0, a(60, "2001:db8::1"))
		case "v4.test", "end.test":
			if v4 {
				return say(q, 0, a(60, "192.0.2.9"))
			}
			return say(q, 0)
		case "alias.test":
			return say(q, 0, rr(dns.TypeCNAME, 60, wire("end.test")))
		case "aliased.test":
			if v4 {
				return say(q, 0, rr(dns.TypeCNAME, 60, wire("other.test")), a(60, "192.0.2.8"))
			}
			return say(q, 0, rr(dns.TypeCNAME, 60, wire("other.test")))
		case "loop.test":
			return say(q, 0, rr(dns.TypeCNAME, 60, wire("loop.test")))
		case "empty.test":
			return say(q, 0)
		case "fail.test":
			return say(q, 2)
		case "refused.test":
			return say(q, 5)
		case "big.test":
			if !tcp {
				return say(q, 0x200)
			}
			if v4 {
				return say(q, 0, a(60, "192.0.2.7"))
			}
			return say(q, 0, a(60, "2001:db8::7"))
		}
		return say(q, 3)
	})
	net := worker(t)
	r := New(Options{Servers: []netip.AddrPort{f.addr}}, net, nil)
	for _, c := range [][2]string{
		{"both.test", "192.0.2.1 192.0.2.2 2001:db8::1"},
		{"BOTH.test.", "192.0.2.1 192.0.2.2 2001:db8::1"},
		{"v4.test", "192.0.2.9"}, {"alias.test", "192.0.2.9"}, {"aliased.test", "192.0.2.8"}, {"big.test", "192.0.2.7 2001:db8::7"},
		{"127.0.0.1", "127.0.0.1"}, {"[::1]", "::1"},
		{"none.test", "none.test could not be resolved (3: Host not found)"},
		{"empty.test", "empty.test could not be resolved (3: Host not found)"},
		{"loop.test", "loop.test could not be resolved (3: Host not found)"},
		{"fail.test", "fail.test could not be resolved (2: Server failure)"},
		{"refused.test", "refused.test could not be resolved (5: Operation refused)"},
		{"a..b", "a..b could not be resolved (3: Host not found)"},
		{strings.Repeat("x", 64) + ".test", strings.Repeat("x", 64) + ".test could not be resolved (3: Host not found)"},
	} {
		if got := resolve(t, r, c[0]); got != c[1] {
			t.Errorf("%s: %s", c[0], got)
		}
	}
	if n := f.count("both.test"); n != 2 {
		t.Errorf("asked %d times, want A and AAAA once", n)
	}
	r = New(Options{Servers: []netip.AddrPort{f.addr}, NoIPv6: true}, net, nil)
	if got := resolve(t, r, "both.test"); got != "192.0.2.1 192.0.2.2" {
		t.Error(got)
	}
	r = New(Options{Servers: []netip.AddrPort{f.addr}, NoIPv4: true}, net, nil)
	if got := resolve(t, r, "both.test"); got != "2001:db8::1" {
		t.Error(got)
	}
}

func TestCacheEnds(t *testing.T) {
	f := newFake(t, func(q *dns.Reply, _ bool) []byte { return say(q, 0, a(10, "192.0.2.1")) })
	for _, c := range []struct {
		valid, live, dead time.Duration
	}{{0, 9 * second, 12 * second}, {60 * second, 58 * second, 63 * second}} {
		f.mu.Lock()
		f.asked = nil
		f.mu.Unlock()
		r := New(Options{Servers: []netip.AddrPort{f.addr}, NoIPv6: true, Valid: c.valid}, worker(t), nil)
		start := time.Now()
		for _, at := range []time.Duration{0, c.live, c.dead} {
			r.now = func() time.Time { return start.Add(at) }
			if got := resolve(t, r, "a.test"); got != "192.0.2.1" {
				t.Fatal(got)
			}
		}
		if n := f.count("a.test"); n != 2 {
			t.Errorf("valid %v: asked %d times", c.valid, n)
		}
	}
}

func TestManyWaitOneAsks(t *testing.T) {
	release := make(chan struct{})
	f := newFake(t, func(q *dns.Reply, _ bool) []byte {
		<-release
		return say(q, 0, a(60, "192.0.2.1"))
	})
	r := New(Options{Servers: []netip.AddrPort{f.addr}, NoIPv6: true}, worker(t), nil)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if got := resolve(t, r, "a.test"); got != "192.0.2.1" {
				t.Error(got)
			}
		})
	}
	waiting := func() int {
		r.mu.Lock()
		defer r.mu.Unlock()
		if f := r.flights[key{"a.test", kindAddr}]; f != nil {
			return len(f.waiters)
		}
		return 0
	}
	for end := time.Now().Add(5 * second); waiting() < 50 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	close(release)
	all.Wait()
	if n := f.count("a.test"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestTimeout(t *testing.T) {
	f := newFake(t, func(*dns.Reply, bool) []byte { return nil })
	r := New(Options{Servers: []netip.AddrPort{f.addr}}, worker(t), nil)
	r.wait = 50 * time.Millisecond
	_, err := r.Name("slow.test", 120*time.Millisecond)
	if err == nil || err.Error() != "slow.test could not be resolved (110: Operation timed out)" {
		t.Error(err)
	}
	if f.count("slow.test") < 3 {
		t.Error("was not asked again")
	}
	if len(r.flights) != 0 {
		t.Error("flight goes on with nobody waiting")
	}
}

func TestFailover(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := netip.MustParseAddrPort(pc.LocalAddr().String())
	pc.Close()
	silent := newFake(t, func(*dns.Reply, bool) []byte { return nil })
	good := newFake(t, func(q *dns.Reply, _ bool) []byte { return say(q, 0, a(60, "192.0.2.1")) })
	r := New(Options{Servers: []netip.AddrPort{gone, silent.addr, good.addr}, NoIPv6: true}, worker(t), nil)
	r.wait = 100 * time.Millisecond
	for _, name := range []string{"a.test", "b.test", "c.test"} { // each flight begins at another server
		if got := resolve(t, r, name); got != "192.0.2.1" {
			t.Error(name, got)
		}
	}
}

func TestHostileAnswersAreIgnored(t *testing.T) {
	var mu sync.Mutex
	var logged []string
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			q, _ := dns.Parse(buf[:n])
			evil := a(60, "203.0.113.66")
			wrongID, wrongName, wrongType := *q, *q, *q
			wrongID.ID++
			wrongName.Name = "evil.test"
			wrongType.Type = dns.TypeSRV
			loop := append([]byte{0xc0, byte(n)}, evil[2:]...)
			for _, m := range [][]byte{
				nil, {1, 2, 3}, say(&wrongID, 0, evil), say(&wrongName, 0, evil), say(&wrongType, 0, evil), say(q, 0, loop),
				say(q, 0, evil[:12]), say(q, 0x7800, evil), say(q, 1), say(q, 0, a(60, "2001:db8::66")), buf[:n], make([]byte, 4000),
				say(q, 0, a(60, "192.0.2.1")), say(q, 0, evil),
			} {
				pc.WriteTo(m, from)
			}
		}
	}()
	r := New(Options{Servers: []netip.AddrPort{netip.MustParseAddrPort(pc.LocalAddr().String())}, NoIPv6: true}, worker(t), func(s string) {
		mu.Lock()
		logged = append(logged, s)
		mu.Unlock()
	})
	if got := resolve(t, r, "a.test"); got != "192.0.2.1" {
		t.Error(got)
	}
	mu.Lock()
	defer mu.Unlock()
	all := strings.Join(logged, "\n")
	for _, want := range []string{"short DNS response", "wrong ident ", "unexpected DNS response for evil.test", "compression loop", "DNS error (1: Format error)", "invalid UDP DNS response"} {
		if !strings.Contains(all, want) {
			t.Errorf("not logged: %s\n%s", want, all)
		}
	}
}

func TestServiceAndReverse(t *testing.T) {
	f := newFake(t, func(q *dns.Reply, _ bool) []byte {
		switch {
		case q.Type == dns.TypeSRV && q.Name == "_http._tcp.s.test":
			return say(q, 0,
				rr(dns.TypeSRV, 60, append([]byte{0, 2, 0, 1, 0, 82}, wire("two.test")...)),
				rr(dns.TypeSRV, 60, append([]byte{0, 1, 0, 1, 0, 81}, wire("one.test")...)))
		case q.Name == "one.test" && q.Type == dns.TypeA:
			return say(q, 0, a(60, "192.0.2.1"))
		case q.Name == "two.test" && q.Type == dns.TypeA:
			return say(q, 0, a(60, "192.0.2.2"))
		case q.Name == "one.test", q.Name == "two.test":
			return say(q, 0)
		case q.Name == "1.2.0.192.in-addr.arpa":
			return say(q, 0, rr(dns.TypePTR, 60, wire("one.test")))
		}
		return say(q, 3)
	})
	r := New(Options{Servers: []netip.AddrPort{f.addr}}, worker(t), nil)
	got, _, err := r.Service("http", "s.test", 5*second)
	if err != nil || len(got) != 2 || got[0].Addr.String() != "192.0.2.1:81" || got[1].Addr.String() != "192.0.2.2:82" || got[0].Priority != 1 {
		t.Errorf("%v %v", got, err)
	}
	if _, _, err := r.Service("http", "no.test", 5*second); err == nil || err.Error() != "no.test could not be resolved (3: Host not found)" {
		t.Error(err)
	}
	if name, err := r.Addr(netip.MustParseAddr("192.0.2.1"), 5*second); name != "one.test" {
		t.Error(name, err)
	}
	if _, err := r.Addr(netip.MustParseAddr("192.0.2.5"), 5*second); err == nil || err.Error() != "192.0.2.5 could not be resolved (3: Host not found)" {
		t.Error(err)
	}
}
