package hash_test

import (
	"bufio"
	"net/netip"
	"os"
	"strings"
	"testing"

	"moongate/core/config/syntax"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/hash"
	"moongate/engine/upstream/balance/iphash"
)

// The peers that testdata/nginx-choices.txt was recorded with.
var servers = []struct {
	addr   string
	weight int
}{{"127.0.0.1:28081", 1}, {"127.0.0.1:28082", 2}, {"127.0.0.1:28083", 1}, {"127.0.0.1:28084", 3}, {"127.0.0.1:28085", 1}}

func group(t testing.TB, b upstream.Balancer) *upstream.Group {
	t.Helper()
	set := upstream.NewSet()
	g, err := set.Add("u", syntax.Pos{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers {
		if err := g.ReadServer([]string{s.addr, "weight=" + string(rune('0'+s.weight))}, 80); err != nil {
			t.Fatal(err)
		}
	}
	g.Balancer = b
	if err := set.Open(b); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestChoicesOfNginx compares with what nginx 1.22 chose for the same keys and
// addresses.
func TestChoicesOfNginx(t *testing.T) {
	key := func(request any) string { return request.(string) }
	groups := map[string]*upstream.Group{
		"consistent": group(t, &hash.Consistent{Key: key}),
		"plain":      group(t, &hash.Balancer{Key: key}),
		"ip":         group(t, iphash.Balancer{}),
	}
	f, err := os.Open("testdata/nginx-choices.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := 0
	for lines := bufio.NewScanner(f); lines.Scan(); seen++ {
		part := strings.Fields(lines.Text())
		g := groups[part[0]]
		client, _ := netip.ParseAddr(part[1])
		var c upstream.Choice
		if !c.Start(g, part[1], client) {
			t.Fatal(part)
		}
		if v := g.Balancer.Pick(&c); v != upstream.Picked || c.Name != part[2] {
			t.Errorf("%s %s: %s (%d), nginx chose %s", part[0], part[1], c.Name, v, part[2])
		}
		g.Balancer.Free(&c, upstream.Good)
	}
	if seen != 300 {
		t.Errorf("%d choices", seen)
	}
}

// TestNextKeepsTrying: a key whose peer fails goes to others, each once, and then
// there are none left.
func TestNextKeepsTrying(t *testing.T) {
	key := func(any) string { return "some key" }
	for name, b := range map[string]upstream.Balancer{"plain": &hash.Balancer{Key: key}, "consistent": &hash.Consistent{Key: key}} {
		g := group(t, b)
		var c upstream.Choice
		c.Start(g, "", netip.Addr{})
		tried := map[string]bool{}
		for c.Tries > 0 {
			if v := b.Pick(&c); v != upstream.Picked {
				t.Fatalf("%s: %d after %d peers", name, v, len(tried))
			}
			if tried[c.Name] {
				t.Fatalf("%s: %s is tried twice", name, c.Name)
			}
			tried[c.Name] = true
			b.Free(&c, upstream.Failed)
		}
		if len(tried) != len(servers) {
			t.Errorf("%s: %d peers tried", name, len(tried))
		}
	}
}

func BenchmarkConsistent(b *testing.B) {
	bal := &hash.Consistent{Key: func(any) string { return "/some/uri" }}
	g := group(b, bal)
	var c upstream.Choice
	b.ReportAllocs()
	for range b.N {
		c.Start(g, nil, netip.Addr{})
		bal.Pick(&c)
		bal.Free(&c, upstream.Good)
	}
}
