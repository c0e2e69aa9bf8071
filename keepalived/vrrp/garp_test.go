package vrrp

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

func twoAddrs(c *config.Instance) {
	c.Addrs = append(c.Addrs, config.Address{Prefix: netip.MustParsePrefix("10.1.0.100/24"), Dev: "v1"})
}

// garps lets time go by and tells when each gratuitous ARP went out, counted from
// becoming master, and for whom.
type garps struct {
	*rig
	began time.Time
	at    []time.Duration
	who   []string
}

func (g *garps) during(d time.Duration) *garps {
	g.at, g.who = nil, nil
	g.pass(d)
	return g
}

func gapped(t *testing.T, global config.Global, groups []*config.GARPGroup, change ...opt) *garps {
	g := &garps{rig: newRig(t, &config.Config{Global: global, GARPGroups: groups, Instances: []*config.Instance{conf(change...)}}).begin()}
	g.arp = func(_ *Instance, a *config.Address) {
		if g.began.IsZero() {
			g.began = g.now
		}
		g.at, g.who = append(g.at, g.now.Sub(g.began)), append(g.who, a.Prefix.Addr().String())
	}
	for g.vi().State() != Master {
		next, _ := g.m.Next()
		g.now = next
		g.m.Run(next)
	}
	return g
}

func TestGaps(t *testing.T) {
	const ms = time.Millisecond
	single := func(c *config.Instance) { c.GARP.Repeat, c.GARP.Delay = 3, 0 }
	for _, c := range []struct {
		name   string
		global time.Duration
		group  []*config.GARPGroup
		want   []time.Duration // for three of each of two addresses on two interfaces
	}{
		{"none", 0, nil, []time.Duration{0, 0, 5 * ms, 5 * ms, 25 * ms, 25 * ms}},
		{"each interface", 500 * ms, nil, []time.Duration{0, 0, 500 * ms, 500 * ms, time.Second, time.Second}},
		{"both in a group", 0, []*config.GARPGroup{{Interfaces: []string{"v0", "v1"}, Interval: 300 * ms}},
			[]time.Duration{0, 300 * ms, 600 * ms, 900 * ms, 1200 * ms, 1500 * ms}},
		{"a group of one", 0, []*config.GARPGroup{{Interfaces: []string{"v0"}, Interval: time.Second}},
			[]time.Duration{0, 0, 5 * ms, 25 * ms, time.Second, 2 * time.Second}},
	} {
		g := gapped(t, config.Global{GARPInterval: c.global}, c.group, twoAddrs, single)
		g.pass(5 * time.Second)
		if !slices.Equal(g.at, c.want) {
			t.Errorf("%s: %v at %v, want %v", c.name, g.who, g.at, c.want)
		}
	}
}

// What waits is forgotten when the instance is master no more.
func TestQueueIsForgotten(t *testing.T) {
	r := gapped(t, config.Global{GARPInterval: time.Second}, nil)
	r.hear(r.vi(), "10.0.0.9", 200)
	if r.during(3 * time.Second); len(r.at) > 0 {
		t.Errorf("%v at %v", r.who, r.at)
	}
}

func TestRefresh(t *testing.T) {
	r := gapped(t, config.Global{}, nil, func(c *config.Instance) {
		c.GARP = config.GARP{Repeat: 1, Refresh: 10 * time.Second, RefreshRepeat: 2}
	})
	const round = 5 * time.Millisecond
	if r.during(25 * time.Second); !slices.Equal(r.at, []time.Duration{10 * time.Second, 10*time.Second + round, 20 * time.Second, 20*time.Second + round}) {
		t.Errorf("at %v", r.at)
	}
}

func TestExtra(t *testing.T) {
	r := gapped(t, config.Global{}, nil, twoAddrs, func(c *config.Instance) {
		c.GARP = config.GARP{Repeat: 1, ExtraIf: 10 * time.Second, ExtraAll: true}
	})
	if r.during(25 * time.Second); strings.Join(r.who, " ") != "10.1.0.100 10.1.0.100" {
		t.Errorf("%v", r.who)
	}
}
