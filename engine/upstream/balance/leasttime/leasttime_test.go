package leasttime

import (
	"net/netip"
	"testing"

	"moongate/core/config/syntax"
	"moongate/engine/upstream"
)

func group(t *testing.T, b upstream.Balancer) *upstream.Group {
	t.Helper()
	set := upstream.NewSet()
	g, err := set.Add("u", syntax.Pos{})
	if err != nil {
		t.Fatal(err)
	}
	g.Balancer = b
	for _, s := range []string{"127.0.0.1:80", "127.0.0.2:80"} {
		if err := g.ReadServer([]string{s}, 80); err != nil {
			t.Fatal(err)
		}
	}
	if err := set.Open(b); err != nil {
		t.Fatal(err)
	}
	return g
}

// ask makes a request that takes header and whole milliseconds.
func ask(t *testing.T, g *upstream.Group, header, whole int64) string {
	t.Helper()
	var c upstream.Choice
	c.Start(g, nil, netip.Addr{})
	if g.Balancer.Pick(&c) != upstream.Picked {
		t.Fatal("nobody")
	}
	c.HeaderTime, c.ResponseTime = header, whole
	if g.Watcher != nil {
		g.Watcher.HeaderCame(&c)
	}
	g.Balancer.Free(&c, upstream.Good)
	return c.Name
}

func TestSlowerPeerWaits(t *testing.T) {
	for name, b := range map[string]*Balancer{
		"header": {}, "last byte": {LastByte: true}, "in flight": {InFlight: true}, "both": {LastByte: true, InFlight: true},
	} {
		g := group(t, b)
		slow := ask(t, g, 300, 300)
		for range 5 {
			if got := ask(t, g, 1, 1); got == slow {
				t.Errorf("%s: the slow peer is asked again", name)
			}
		}
		for _, p := range g.Peers.List {
			if p.InFlight != 0 || p.Conns != 0 {
				t.Errorf("%s: %d in flight, %d connections are left", name, p.InFlight, p.Conns)
			}
		}
	}
}

// TestEqualPeersTakeTurns: differences of less than a step do not count.
func TestEqualPeersTakeTurns(t *testing.T) {
	g := group(t, &Balancer{})
	seen := map[string]int{}
	for i := range 10 {
		seen[ask(t, g, int64(1+i%9), 50)]++
	}
	if len(seen) != 2 || seen["127.0.0.1:80"] != 5 {
		t.Errorf("%v", seen)
	}
}

// TestFailuresAreNotFast: a peer that fails at once has not shown how long it takes.
func TestFailuresAreNotFast(t *testing.T) {
	g := group(t, &Balancer{})
	var c upstream.Choice
	c.Start(g, nil, netip.Addr{})
	g.Balancer.Pick(&c)
	p := c.Peer
	c.HeaderTime, c.ResponseTime = 5, 5
	g.Balancer.Free(&c, upstream.Failed)
	if p.HeaderTime != 0 || p.ResponseTime != 0 {
		t.Errorf("%d, %d", p.HeaderTime, p.ResponseTime)
	}
}

func TestAverage(t *testing.T) {
	var avg int64
	for _, x := range []struct{ v, want int64 }{{100, 100}, {200, 105}, {0, 100}, {5000, 345}} {
		if average(&avg, x.v); avg != x.want {
			t.Errorf("after %d: %d, want %d", x.v, avg, x.want)
		}
	}
}
