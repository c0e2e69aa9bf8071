package roundrobin_test

import (
	"net/netip"
	"strings"
	"testing"

	"moongate/core/config/syntax"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/leastconn"
	"moongate/engine/upstream/balance/random"
	"moongate/engine/upstream/balance/roundrobin"
)

// group makes one of lines "a weight=2 backup", where a stands for an address.
func group(t testing.TB, b upstream.Balancer, servers ...string) *upstream.Group {
	t.Helper()
	set := upstream.NewSet()
	g, err := set.Add("u", syntax.Pos{})
	if err != nil {
		t.Fatal(err)
	}
	g.Balancer = b
	for _, s := range servers {
		args := strings.Fields(s)
		args[0] = "127.0.0." + string(rune('1'+args[0][0]-'a')) + ":80"
		if err := g.ReadServer(args, 80); err != nil {
			t.Fatal(err)
		}
	}
	if err := set.Open(b); err != nil {
		t.Fatal(err)
	}
	return g
}

func letter(c *upstream.Choice) string { return string(c.Name[8] - '1' + 'a') }

// request goes through a group: outcomes says how each try ends, "+" good and "-"
// failed; what is returned is who was tried.
func request(g *upstream.Group, outcomes string) string {
	var c upstream.Choice
	c.Start(g, nil, netip.Addr{})
	got := ""
	for _, o := range outcomes {
		switch g.Balancer.Pick(&c) {
		case upstream.NoLive:
			return got + "!"
		}
		got += letter(&c)
		if o == '+' {
			g.Balancer.Free(&c, upstream.Good)
		} else {
			g.Balancer.Free(&c, upstream.Failed)
		}
	}
	return got
}

func TestOrder(t *testing.T) {
	for _, x := range []struct {
		servers string
		want    string
	}{
		{"a", "aaa"},
		{"a,b", "abab"},
		{"a weight=5,b,c", "aabacaaaabacaa"},
		{"a weight=2,b", "abaaba"},
		{"a down,b,c", "bcbc"},
		{"a,b backup", "aaa"},
		{"a down,b backup", "bbb"},
		{"a max_conns=1,b", "abab"},
	} {
		g := group(t, roundrobin.Balancer{}, strings.Split(x.servers, ",")...)
		got := ""
		for range x.want {
			got += request(g, "+")
		}
		if got != x.want {
			t.Errorf("%s: %s, want %s", x.servers, got, x.want)
		}
	}
}

func TestFailures(t *testing.T) {
	for _, x := range []struct {
		servers  string
		requests string
		want     string
	}{
		{"a,b", "-+ + +", "ab b b"},                          // a is left alone
		{"a,b", "-- -- +", "ab ! !"},                         // nobody lives
		{"a max_fails=0,b", "-+ -+", "ab ba"},                // a is never left alone
		{"a max_fails=2,b", "-+ -+ + +", "ab ba a a"},        // at the second failure
		{"a", "- - +", "a a a"},                              // a single peer is always asked
		{"a,b backup", "-+ + +", "ab b b"},                   // the backup steps in
		{"a fail_timeout=0,b", "-+ + + +", "ab b b b"},       // within the same second
		{"a down,b down", "+", "!"},                          //
		{"a down,b down,c backup", "+ -", "c c"},             //
		{"a max_conns=0,b max_conns=0", "+ +", "a b"},        // 0 is no limit
		{"a weight=3 max_fails=3,b", "-+ + + +", "ab b a a"}, // a has become lighter
	} {
		g := group(t, roundrobin.Balancer{}, strings.Split(x.servers, ",")...)
		var got []string
		for _, r := range strings.Fields(x.requests) {
			got = append(got, request(g, r))
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%s, %s: %s, want %s", x.servers, x.requests, s, x.want)
		}
	}
}

func TestMaxConns(t *testing.T) {
	g := group(t, roundrobin.Balancer{}, "a max_conns=1", "b max_conns=1")
	var c [3]upstream.Choice
	for i := range c {
		c[i].Start(g, nil, netip.Addr{})
	}
	if g.Balancer.Pick(&c[0]) != upstream.Picked || g.Balancer.Pick(&c[1]) != upstream.Picked {
		t.Fatal("two connections are allowed")
	}
	if v := g.Balancer.Pick(&c[2]); v != upstream.NoLive || c[2].Name != "u" {
		t.Errorf("a third gives %d %q", v, c[2].Name)
	}
	g.Balancer.Free(&c[0], upstream.Good)
	if v := g.Balancer.Pick(&c[2]); v != upstream.Picked || letter(&c[2]) != "a" {
		t.Errorf("after one is free: %d %s", v, c[2].Name)
	}
}

func TestLeastConn(t *testing.T) {
	g := group(t, leastconn.Balancer{}, "a weight=2", "b", "c backup")
	var held []upstream.Choice
	got := ""
	for range 6 {
		var c upstream.Choice
		c.Start(g, nil, netip.Addr{})
		if g.Balancer.Pick(&c) != upstream.Picked {
			t.Fatal("nobody")
		}
		got += letter(&c)
		held = append(held, c)
	}
	if strings.Count(got, "a") != 4 || strings.Count(got, "b") != 2 {
		t.Errorf("%s: a is twice as strong as b", got)
	}
	for i := range held {
		if letter(&held[i]) == "b" {
			g.Balancer.Free(&held[i], upstream.Good)
		}
	}
	if got := request(g, "+"); got != "b" {
		t.Errorf("%s, but b is idle", got)
	}
}

func TestRandom(t *testing.T) {
	for _, two := range []bool{false, true} {
		g := group(t, &random.Balancer{Two: two}, "a", "b weight=2", "c down")
		seen := map[string]int{}
		for range 300 {
			seen[request(g, "+")]++
		}
		if seen["c"] > 0 || seen["a"] == 0 || seen["b"] == 0 {
			t.Errorf("two=%v: %v", two, seen)
		}
		if got := request(g, "--"); len(got) != 2 || got[0] == got[1] {
			t.Errorf("two=%v: tried %s", two, got)
		}
	}
}

// TestManyPeers goes beyond the 64 that one word of marks has room for.
func TestManyPeers(t *testing.T) {
	set := upstream.NewSet()
	g, _ := set.Add("u", syntax.Pos{})
	g.Balancer = roundrobin.Balancer{}
	for i := range 200 {
		a := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
		if err := g.ReadServer([]string{a.String() + ":80", "max_fails=0"}, 80); err != nil {
			t.Fatal(err)
		}
	}
	if err := set.Open(g.Balancer); err != nil {
		t.Fatal(err)
	}
	var c upstream.Choice
	c.Start(g, nil, netip.Addr{})
	seen := map[string]bool{}
	for g.Balancer.Pick(&c) == upstream.Picked {
		if seen[c.Name] {
			t.Fatalf("%s twice", c.Name)
		}
		seen[c.Name] = true
		g.Balancer.Free(&c, upstream.Failed)
	}
	if len(seen) != 200 {
		t.Errorf("%d of 200 tried", len(seen))
	}
}

func TestAllocations(t *testing.T) {
	g := group(t, roundrobin.Balancer{}, "a", "b weight=2", "c")
	var c upstream.Choice
	n := testing.AllocsPerRun(1000, func() {
		c.Start(g, nil, netip.Addr{})
		g.Balancer.Pick(&c)
		g.Balancer.Free(&c, upstream.Good)
	})
	if n != 0 {
		t.Errorf("%v allocations for a choice", n)
	}
}
