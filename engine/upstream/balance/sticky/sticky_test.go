package sticky_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/core/config/syntax"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/hash"
	"moongate/engine/upstream/balance/iphash"
	"moongate/engine/upstream/balance/leastconn"
	"moongate/engine/upstream/balance/leasttime"
	"moongate/engine/upstream/balance/random"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/engine/upstream/balance/sticky"
	"moongate/engine/zone"
)

// client is a request: what it brings, and what the answer to it will say.
type client struct{ brings, told string }

func balancer(around upstream.Balancer) *sticky.Balancer {
	return &sticky.Balancer{Balancer: around, Warn: func(any, string) {},
		Lookup: func(r any) string { return r.(*client).brings }, Create: func(r any) string { return r.(*client).told }}
}

func group(t *testing.T, b upstream.Balancer, servers ...string) *upstream.Group {
	t.Helper()
	set := upstream.NewSet()
	g, err := set.Add("u", syntax.Pos{})
	if err != nil {
		t.Fatal(err)
	}
	g.Balancer = b
	for _, s := range servers {
		if err := g.ReadServer(strings.Fields(s), 80); err != nil {
			t.Fatal(err)
		}
	}
	if err := set.Open(b); err != nil {
		t.Fatal(err)
	}
	return g
}

// ask is a request whose first tries fail; it returns who was asked.
func ask(g *upstream.Group, cl client, failures int) (names []string) {
	var c upstream.Choice
	c.Start(g, &cl, netip.MustParseAddr("10.0.0.1"))
	for {
		if g.Balancer.Pick(&c) != upstream.Picked {
			return append(names, "nobody")
		}
		names = append(names, c.Name)
		if g.Watcher != nil {
			g.Watcher.HeaderCame(&c)
		}
		if failures--; failures < 0 {
			g.Balancer.Free(&c, upstream.Good)
			return names
		}
		g.Balancer.Free(&c, upstream.Failed)
	}
}

var three = []string{"127.0.0.1:80 route=a", "127.0.0.2:80 route=b", "127.0.0.3:80 route=c"}

// TestAllMethods: whoever chooses, who brings a SID gets its peer.
func TestAllMethods(t *testing.T) {
	key := func(any) string { return "key" }
	for name, b := range map[string]upstream.Balancer{
		"round robin": roundrobin.Balancer{}, "least_conn": leastconn.Balancer{}, "ip_hash": iphash.Balancer{},
		"hash": &hash.Balancer{Key: key}, "consistent": &hash.Consistent{Key: key}, "random": &random.Balancer{},
		"random two": &random.Balancer{Two: true}, "least_time": &leasttime.Balancer{},
	} {
		g := group(t, balancer(b), three...)
		for _, sid := range []string{"a", "b", "c", "b", "b", "a"} {
			want := "127.0.0." + string(sid[0]-'a'+'1') + ":80"
			if got := ask(g, client{brings: sid}, 0); got[0] != want {
				t.Errorf("%s: %s leads to %s", name, sid, got)
			}
		}
		if got := ask(g, client{brings: "b"}, 1); got[0] != "127.0.0.2:80" || got[1] == got[0] {
			t.Errorf("%s: the peer fails, tried %s", name, got)
		}
	}
}

// TestDown: a peer that drains serves those who ask for it and nobody else, one that
// is down serves nobody.
func TestDown(t *testing.T) {
	g := group(t, balancer(roundrobin.Balancer{}), "127.0.0.1:80 route=a drain", "127.0.0.2:80", "127.0.0.3:80 route=c down")
	for brings, want := range map[string]string{"a": "127.0.0.1:80", "": "127.0.0.2:80", "c": "127.0.0.2:80", "none": "127.0.0.2:80"} {
		for range 3 {
			if got := ask(g, client{brings: brings}, 0); got[0] != want {
				t.Errorf("%q leads to %s, want %s", brings, got, want)
			}
		}
	}
	alone := group(t, balancer(roundrobin.Balancer{}), "127.0.0.1:80 route=a drain")
	if got := ask(alone, client{brings: "a"}, 0); got[0] != "127.0.0.1:80" {
		t.Error(got)
	}
	if got := ask(alone, client{}, 0); got[0] != "nobody" {
		t.Error(got)
	}
}

// TestCookie: the cookie is that of the peer that answers, in one place.
func TestCookie(t *testing.T) {
	b := balancer(roundrobin.Balancer{})
	var cookies []string
	b.Insert = func(_ any, sid string, place int) int {
		if place == 0 {
			cookies = append(cookies, "")
			place = len(cookies)
		}
		cookies[place-1] = sid
		return place
	}
	g := group(t, b, three...)
	ask(g, client{}, 1)
	ask(g, client{brings: "c"}, 0)
	if got := strings.Join(cookies, " "); got != "b c" {
		t.Errorf("%q", got)
	}
}

func sessions(t *testing.T, timeout time.Duration) *sticky.Sessions {
	t.Helper()
	zs := zone.New()
	z, err := zs.Declare("sessions", 65536, zone.KindSticky)
	if err != nil {
		t.Fatal(err)
	}
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(zs.Close)
	return &sticky.Sessions{Zone: z, Timeout: timeout}
}

// TestLearn: what an answer gives a client leads it back; what a client makes up
// does not.
func TestLearn(t *testing.T) {
	for _, atHeader := range []bool{false, true} {
		b := balancer(roundrobin.Balancer{})
		b.Learned, b.AtHeader = sessions(t, time.Minute), atHeader
		g := group(t, b, three...)
		first := ask(g, client{told: "session"}, 0)[0]
		for range 4 {
			if got := ask(g, client{brings: "session"}, 0)[0]; got != first {
				t.Errorf("at header %t: %s, then %s", atHeader, first, got)
			}
		}
		seen := map[string]bool{}
		for range 3 {
			seen[ask(g, client{brings: "made up"}, 0)[0]] = true
		}
		if len(seen) < 2 {
			t.Errorf("at header %t: a made up session sticks", atHeader)
		}
	}
}

// TestLearnedMoves: when its peer fails, the session goes with who answers.
func TestLearnedMoves(t *testing.T) {
	b := balancer(roundrobin.Balancer{})
	b.Learned = sessions(t, time.Minute)
	g := group(t, b, three...)
	ask(g, client{told: "session"}, 0)
	tried := ask(g, client{brings: "session"}, 1)
	if got := ask(g, client{brings: "session"}, 0)[0]; got != tried[1] {
		t.Errorf("%s, after %s", got, tried)
	}
}

// TestFull: when there is no room the session that was not used for longest goes.
func TestFull(t *testing.T) {
	b := balancer(roundrobin.Balancer{})
	b.Learned = sessions(t, time.Minute)
	warned := ""
	b.Warn = func(_ any, text string) { warned = text }
	g := group(t, b, three...)
	for i := 0; warned == ""; i++ {
		if i > 100000 {
			t.Fatal("the zone never fills")
		}
		ask(g, client{told: strings.Repeat("x", i)}, 0)
	}
	if !strings.Contains(warned, `in sticky session zone "sessions", expiring least recently used session`) {
		t.Error(warned)
	}
}
