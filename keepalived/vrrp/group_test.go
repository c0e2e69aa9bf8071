package vrrp

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// twins is a group of VI_1 on v0 and VI_2 on v1.
func twins(t *testing.T, weighted bool, change ...opt) *rig {
	g := &config.Group{Name: "G1", Weighted: weighted}
	one := conf(change...)
	two := conf(change...)
	two.Name, two.Interface, two.VRID = "VI_2", "v1", 52
	two.Addrs = []config.Address{{Prefix: netip.MustParsePrefix("10.1.0.100/24")}}
	one.Group, two.Group = g, g
	g.Instances = []*config.Instance{one, two}
	return newRig(t, &config.Config{Instances: g.Instances, Groups: []*config.Group{g}}).begin()
}

func (r *rig) both(s State) {
	r.t.Helper()
	for _, in := range r.m.Instances() {
		if in.State() != s {
			r.t.Errorf("%s is %v, want %v\n%s", in.Conf.Name, in.State(), s, r.said())
		}
	}
	if got := r.m.Groups()[0].State(); got != s {
		r.t.Errorf("the group is %v, want %v", got, s)
	}
}

func TestGroupMovesTogether(t *testing.T) {
	r := twins(t, false)
	equal(t, r.took(), "notify VI_1 BACKUP; notify VI_2 BACKUP; notify G1 BACKUP")
	r.said()
	r.pass(4 * time.Second).both(Master)
	want := []string{"(VI_1) Receive advertisement timeout", "(VI_2) Receive advertisement timeout", "(VI_2) Entering MASTER STATE", "(VI_2) setting VIPs.",
		"VRRP_Group(G1) Syncing instances to MASTER state", "(VI_1) Entering MASTER STATE", "(VI_1) setting VIPs."}
	lines := strings.Split(r.said(), "\n")
	for _, l := range lines {
		if len(want) > 0 && l == want[0] {
			want = want[1:]
		}
	}
	if len(want) > 0 {
		t.Errorf("%q is missing, or comes too early, in\n%s", want[0], strings.Join(lines, "\n"))
	}
	if !strings.Contains(r.took(), "notify VI_1 MASTER; notify G1 MASTER; garp") {
		t.Error("the group is not notified last")
	}
	r.m.Link(r.now, "v0", false)
	r.both(Fault)
	equal(t, r.said(), "Netlink reports v0 down\n(VI_1) Entering FAULT STATE\n(VI_1) sent 0 priority\n(VI_1) removing VIPs.\n"+
		"VRRP_Group(G1) Syncing instances to FAULT state\n(VI_2) Entering FAULT STATE\n(VI_2) sent 0 priority\n(VI_2) removing VIPs.")
	r.m.Link(r.now, "v0", true)
	r.both(Backup)
	equal(t, r.said(), "Netlink reports v0 up\n(VI_1) Entering BACKUP STATE\nVRRP_Group(G1) Syncing instances to BACKUP state\n(VI_2) Entering BACKUP STATE")
	r.pass(4 * time.Second).both(Master)
	r.hear(r.m.Instances()[1], "10.1.0.9", 200)
	r.both(Backup)
}

// One that still hears a master holds the other back.
func TestGroupWaits(t *testing.T) {
	r := twins(t, false)
	two := r.m.Instances()[1]
	for range 20 {
		r.hear(two, "10.1.0.9", 200)
		r.pass(time.Second)
	}
	r.both(Backup)
	r.pass(8 * time.Second).both(Master)
}

func TestGroupFaultHoldsAll(t *testing.T) {
	r := twins(t, false)
	r.m.Link(r.now, "v0", false)
	r.m.Link(r.now, "v1", false)
	r.both(Fault)
	r.m.Link(r.now, "v1", true)
	r.both(Fault)
	r.m.Link(r.now, "v0", true)
	r.both(Backup)
}

// Weights count nothing in a group, unless it says so.
func TestGroupWeights(t *testing.T) {
	for _, weighted := range []bool{false, true} {
		r := twins(t, weighted, scripted(-20, false))
		r.script("chk", 0)
		want := uint8(100)
		if weighted {
			want = 80
		}
		for _, in := range r.m.Instances() {
			if in.Priority() != want {
				t.Errorf("weighted %v: %s has priority %d", weighted, in.Conf.Name, in.Priority())
			}
		}
	}
}

func TestGroupTracks(t *testing.T) {
	r := twins(t, false)
	cfg := *r.m.cfg
	g := *cfg.Groups[0]
	g.TrackScripts = []config.Tracked{{Name: "chk"}}
	cfg.Groups = []*config.Group{&g}
	for i := range cfg.Instances {
		c := *cfg.Instances[i]
		c.Group = &g
		cfg.Instances = append(append([]*config.Instance(nil), cfg.Instances[:i]...), append([]*config.Instance{&c}, cfg.Instances[i+1:]...)...)
	}
	r = newRig(t, &cfg).begin()
	r.both(Init)
	r.script("chk", 0)
	r.both(Fault)
	r.script("chk", 1)
	r.both(Backup)
}
