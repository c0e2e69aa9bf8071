package upstream

import (
	"strings"
	"testing"
	"time"

	"moongate/core/config/syntax"
	"moongate/engine/resolver"
	"moongate/engine/zone"
)

// named opens a group with names in a zone.
func named(t *testing.T, z *zone.Zone, servers ...string) (*Set, *Group) {
	t.Helper()
	s := NewSet()
	g, err := s.Add("u", syntax.Pos{})
	if err != nil {
		t.Fatal(err)
	}
	g.Zone, g.Resolver = z, func() *resolver.Resolver { return nil }
	for _, line := range servers {
		if err := g.ReadServer(strings.Fields(line), 80); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Check(false); err != nil {
		t.Fatal(err)
	}
	return s, g
}

func upstreamZone(t *testing.T) *zone.Zones {
	t.Helper()
	zs := zone.New()
	z, err := zs.Declare("z", 65536, zone.KindUpstream)
	if err != nil {
		t.Fatal(err)
	}
	z.Fresh = true
	t.Cleanup(zs.Close)
	return zs
}

type first struct{}

func (first) Open(*Group) error    { return nil }
func (first) Begin(*Choice) bool   { return true }
func (first) Pick(*Choice) Verdict { return NoLive }
func (first) Free(*Choice, Outcome) {
}

func list(p *Peers) string {
	var names []string
	for _, x := range p.List {
		names = append(names, x.Name+"("+x.Server+")")
	}
	return strings.Join(names, " ")
}

// TestRecall: a reload has the peers of before, with what the configuration says of
// them now.
func TestRecall(t *testing.T) {
	was := upstreamZone(t)
	if err := was.Bind(nil); err != nil {
		t.Fatal(err)
	}
	s, g := named(t, was.Find("z"), "a.test:81 resolve", "b.test service=http resolve")
	if err := s.Open(first{}); err != nil {
		t.Fatal(err)
	}
	plain, service := g.Peers.hosts[0], g.Peers.hosts[1]
	addr := func(text string) resolver.Address {
		u, _ := resolver.ParseURL(text, resolver.URLOptions{})
		return u.Addrs[0]
	}
	plain.valid = time.Unix(4000000000, 0)
	g.save(plain, []found{{addr: addr("10.0.0.1:81"), server: "a.test:81", weight: 1}})
	g.save(service, []found{{addr: addr("10.0.0.2:90"), server: "one.test", weight: 4},
		{addr: addr("10.0.0.3:90"), server: "two.test", weight: 1, backup: true}})

	now := upstreamZone(t)
	s, g = named(t, now.Find("z"), "a.test:82 weight=3 resolve", "b.test service=http resolve", "c.test resolve")
	if err := now.Bind(was); err != nil {
		t.Fatal(err)
	}
	if err := s.Open(first{}); err != nil {
		t.Fatal(err)
	}
	if got := list(g.Peers); got != "10.0.0.1:82(a.test:82) 10.0.0.2:90(one.test)" {
		t.Error(got)
	}
	if got := list(g.Peers.Next); got != "10.0.0.3:90(two.test)" {
		t.Error(got)
	}
	if p := g.Peers.List; p[0].Weight != 3 || p[1].Weight != 4 || g.Peers.TotalWeight != 7 {
		t.Errorf("weights %d, %d of %d", p[0].Weight, p[1].Weight, g.Peers.TotalWeight)
	}
	if !g.Peers.hosts[0].valid.Equal(plain.valid) {
		t.Errorf("good until %s", g.Peers.hosts[0].valid)
	}
}

// TestSmallZone: the smallest zone has room for names, too.
func TestSmallZone(t *testing.T) {
	zs := zone.New()
	z, _ := zs.Declare("z", 32768, zone.KindUpstream)
	t.Cleanup(zs.Close)
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	s, g := named(t, z, "a.test resolve")
	if err := s.Open(first{}); err != nil {
		t.Fatal(err)
	}
	var got []found
	for _, a := range []string{"10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"} {
		u, _ := resolver.ParseURL(a, resolver.URLOptions{})
		got = append(got, found{addr: u.Addrs[0], server: "a.test", weight: 1})
	}
	failed := ""
	g.replace(g.Peers.hosts[0], got, func(text string) { failed = text })
	if failed != "" || len(g.Peers.List) != 3 {
		t.Errorf("%d peers, %q", len(g.Peers.List), failed)
	}
}
