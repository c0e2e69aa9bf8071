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

// What an instance and its group follow both counts as with keepalived 2.2.7. The weights of
// a group count whether or not its members may have their own.
func TestGroupShares(t *testing.T) {
	at := func(weight int, reverse bool) []config.Tracked {
		return []config.Tracked{{Name: "x", Weight: weight, Reverse: reverse}}
	}
	for _, c := range []struct {
		name       string
		kind       Kind
		own, their []config.Tracked
		value      int
		want       uint8 // 0: FAULT
	}{
		{"the group alone", Script, nil, at(9, false), 1, 109},
		{"both weights", Script, at(7, false), at(9, false), 1, 109},
		{"the group's reverse", Script, at(7, true), at(9, false), 1, 109},
		{"the group's fault", Script, at(-7, false), at(0, false), 0, 0},
		{"the instance's fault", Script, at(0, false), at(-9, false), 0, 0},
		{"and nothing beside", Script, at(0, false), at(9, false), 1, 100},
		{"a file", File, at(7, false), at(9, false), 2, 118},
		{"a process", Process, at(-7, false), at(-9, false), 0, 91},
		{"its own reverse", Process, at(-7, true), at(-9, false), 0, 109},
		{"a session", BFD, at(7, false), at(9, false), 1, 116},
		{"its fault beside a weight", BFD, at(0, false), at(-9, false), 0, 0},
		{"a session's fault by the group", BFD, at(-7, false), at(0, false), 0, 0},
	} {
		for _, weighted := range []bool{false, true} {
			of := func(list []config.Tracked, kind Kind) []config.Tracked {
				if kind == c.kind {
					return list
				}
				return nil
			}
			r := twins(t, weighted, func(v *config.Instance) {
				v.TrackScripts, v.TrackFiles, v.TrackProcesses, v.TrackBFDs = of(c.own, Script), of(c.own, File), of(c.own, Process), of(c.own, BFD)
			})
			cfg := r.m.cfg
			g := cfg.Groups[0]
			g.TrackScripts, g.TrackFiles, g.TrackProcesses, g.TrackBFDs = of(c.their, Script), of(c.their, File), of(c.their, Process), of(c.their, BFD)
			r = newRig(t, cfg).begin()
			r.m.Track(r.now, Object{c.kind, "x"}, c.value)
			in := r.vi()
			if fault := in.State() == Fault; fault != (c.want == 0) || !fault && in.Priority() != c.want {
				t.Errorf("%s, weighted %v: %v, priority %d, want %d", c.name, weighted, in.State(), in.Priority(), c.want)
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
