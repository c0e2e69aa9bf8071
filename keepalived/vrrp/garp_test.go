package vrrp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

func twoAddrs(c *config.Instance) {
	c.Addrs = append(c.Addrs, config.Address{Prefix: netip.MustParsePrefix("10.1.0.100/24"), Dev: "v1"})
}

// When each gratuitous ARP goes out, counted from becoming master.
func (r *rig) garps(during time.Duration) (at []time.Duration, who []string) {
	began := r.now
	for end := r.now.Add(during); r.now.Before(end); r.pass(100 * time.Millisecond) {
		for _, a := range strings.Split(r.took(), "; ") {
			if strings.HasPrefix(a, "garp ") {
				at, who = append(at, r.now.Sub(began)), append(who, a[len("garp "):])
			}
		}
	}
	return at, who
}

func gapped(t *testing.T, g config.Global, groups []*config.GARPGroup, change ...opt) *rig {
	r := newRig(t, &config.Config{Global: g, GARPGroups: groups, Instances: []*config.Instance{conf(change...)}}).begin()
	for r.vi().State() != Master {
		next, _ := r.m.Next()
		r.now = next
		r.m.Run(next)
	}
	return r
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
		{"none", 0, nil, []time.Duration{0, 0, 0, 0, 0, 0}},
		{"each interface", 500 * ms, nil, []time.Duration{0, 0, 500 * ms, 500 * ms, time.Second, time.Second}},
		{"both in a group", 0, []*config.GARPGroup{{Interfaces: []string{"v0", "v1"}, Interval: 300 * ms}},
			[]time.Duration{0, 300 * ms, 600 * ms, 900 * ms, 1200 * ms, 1500 * ms}},
		{"a group of one", 0, []*config.GARPGroup{{Interfaces: []string{"v0"}, Interval: time.Second}},
			[]time.Duration{0, 0, 0, 0, time.Second, 2 * time.Second}},
	} {
		at, who := gapped(t, config.Global{GARPInterval: c.global}, c.group, twoAddrs, single).garps(5 * time.Second)
		if len(at) != len(c.want) {
			t.Errorf("%s: %v at %v", c.name, who, at)
			continue
		}
		for i := range at {
			if at[i] != c.want[i] {
				t.Errorf("%s: at %v, want %v", c.name, at, c.want)
				break
			}
		}
	}
}

// What waits is forgotten when the instance is master no more.
func TestQueueIsForgotten(t *testing.T) {
	r := gapped(t, config.Global{GARPInterval: time.Second}, nil)
	r.took()
	r.hear(r.vi(), "10.0.0.9", 200)
	if at, who := r.garps(3 * time.Second); len(at) > 0 {
		t.Errorf("%v at %v", who, at)
	}
}

func TestRefresh(t *testing.T) {
	r := gapped(t, config.Global{}, nil, func(c *config.Instance) {
		c.GARP = config.GARP{Repeat: 1, Refresh: 10 * time.Second, RefreshRepeat: 2}
	})
	r.took()
	at, _ := r.garps(25 * time.Second)
	if len(at) != 4 || at[0] != 10*time.Second || at[3] != 20*time.Second {
		t.Errorf("at %v", at)
	}
}

func TestExtra(t *testing.T) {
	r := gapped(t, config.Global{}, nil, twoAddrs, func(c *config.Instance) {
		c.GARP = config.GARP{Repeat: 1, ExtraIf: 10 * time.Second, ExtraAll: true}
	})
	r.took()
	if _, who := r.garps(25 * time.Second); strings.Join(who, " ") != "10.1.0.100 10.1.0.100" {
		t.Errorf("%v", who)
	}
}
