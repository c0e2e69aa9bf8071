package vrrp

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

func at24(list ...string) (all []config.Address) {
	for _, a := range list {
		all = append(all, config.Address{Prefix: netip.MustParsePrefix(a + "/24")})
	}
	return all
}

func named(name string, vrid uint8, addrs ...string) *config.Instance {
	return conf(func(c *config.Instance) { c.Name, c.VRID, c.Addrs = name, vrid, at24(addrs...) })
}

func (r *rig) reload(list ...*config.Instance) {
	r.m.Reload(r.now, &config.Config{Instances: list})
}

func (r *rig) addrs() string {
	var all []string
	for p, n := range r.held {
		if n != 1 {
			r.t.Errorf("%v is added %d times", p, n)
		}
		all = append(all, p.Addr().String())
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// A master stays master, and only the difference is done.
func TestReloadKeepsMasters(t *testing.T) {
	r := newRig(t, &config.Config{Instances: []*config.Instance{named("VI_1", 51, "10.0.0.100", "10.0.0.101")}}).begin().master()
	vi := r.vi()
	r.reload(named("VI_1", 51, "10.0.0.101", "10.0.0.102"))
	r.is(Master)
	if r.vi() != vi {
		t.Error("the instance was made anew")
	}
	equal(t, r.took(), "del 10.0.0.100/24; add 10.0.0.102/24"+strings.Repeat("; garp 10.0.0.102", 5))
	equal(t, r.addrs(), "10.0.0.101 10.0.0.102")
	if s := r.said(); !strings.HasPrefix(s, "(VI_1) ip address 10.0.0.100/24 dev v0, no longer exist\n(VI_1) setting VIPs.\n") {
		t.Error(s)
	}
	r.reload(named("VI_1", 51, "10.0.0.101", "10.0.0.102"))
	equal(t, r.took(), "")
}

// An address that moves to another master is there all the time.
func TestReloadMovesAddress(t *testing.T) {
	r := newRig(t, &config.Config{Instances: []*config.Instance{named("VI_1", 51, "10.0.0.100", "10.0.0.101"), named("VI_2", 52, "10.0.0.102")}}).begin()
	r.pass(10 * time.Second)
	r.took()
	r.reload(named("VI_1", 51, "10.0.0.100"), named("VI_2", 52, "10.0.0.102", "10.0.0.101"))
	equal(t, r.took(), "garp 10.0.0.101")
	equal(t, r.addrs(), "10.0.0.100 10.0.0.101 10.0.0.102")
	// And back, with the other one renamed: it begins anew.
	r.reload(named("VI_1", 51, "10.0.0.100", "10.0.0.101"), named("VI_3", 52, "10.0.0.102"))
	if got := r.took(); !strings.HasPrefix(got, "send VI_2 0; notify VI_2 DELETED; ") || strings.Contains(got, "del 10.0.0.101") {
		t.Error(got)
	}
	equal(t, r.addrs(), "10.0.0.100 10.0.0.101")
	r.pass(4 * time.Second)
	equal(t, r.addrs(), "10.0.0.100 10.0.0.101 10.0.0.102")
}

func TestReloadAddsAndRemoves(t *testing.T) {
	r := newRig(t, &config.Config{Instances: []*config.Instance{named("VI_1", 51, "10.0.0.100")}}).begin().master()
	r.reload(named("VI_1", 51, "10.0.0.100"), named("VI_2", 52, "10.0.0.102"))
	if s := r.said(); !strings.HasSuffix(s, "(VI_2) Entering BACKUP STATE (init)") {
		t.Error(s)
	}
	r.pass(4 * time.Second)
	equal(t, r.addrs(), "10.0.0.100 10.0.0.102")
	r.reload(named("VI_2", 52, "10.0.0.102"))
	equal(t, r.addrs(), "10.0.0.102")
	if r.is(Master); len(r.m.Instances()) != 1 {
		t.Error("the old instance is still there")
	}
	r.took()
	r.pass(3 * time.Second)
	if s := r.took(); strings.Contains(s, "VI_1") {
		t.Errorf("the old instance still works: %s", s)
	}
}

// Another priority moves a backup's timer, another interval a master's.
func TestReloadSettings(t *testing.T) {
	r := single(t)
	before, _ := r.m.Next()
	r.reload(conf(priority(200)))
	if after, _ := r.m.Next(); before.Sub(after) != 100*time.Second/256 {
		t.Errorf("the timer moves by %v", before.Sub(after))
	}
	r.master()
	r.reload(conf(version3))
	r.is(Backup) // another version is another instance
	r = single(t, version3).master()
	r.reload(conf(version3, func(c *config.Instance) { c.Interval = 20 * time.Millisecond }))
	r.took()
	r.pass(time.Second)
	if n := strings.Count(r.took(), "send"); n < 49 {
		t.Errorf("%d adverts in a second", n)
	}
}

// What is known of trackers is not forgotten; a new one has to run first, and
// does not take a master down before.
func TestReloadTrackers(t *testing.T) {
	r := single(t, scripted(0, false))
	r.script("chk", 1)
	r.master()
	r.reload(conf(scripted(0, false), script("new", 0, false)))
	r.is(Master)
	r.script("new", 1)
	r.is(Master)
	r.script("new", 0)
	r.is(Fault)
	r.reload(conf(scripted(0, false)))
	r.is(Backup)
}
