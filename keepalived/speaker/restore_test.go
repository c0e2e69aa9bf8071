package speaker

import (
	"net/netip"
	"strings"
	"testing"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/test/netns"
)

// What is static and taken away comes back, also when its interface does; an instance of
// a track_group needs that interface.
func TestRestore(t *testing.T) {
	a, b := wire(t)
	netns.Join(a, "eth1", "10.8.0.1/24", b, "eth1", "10.8.0.2/24")
	priority := uint32(77)
	cfg := with(instance(150, "10.9.0.100/24"))
	cfg.TrackGroups = map[string][]string{"G": {"VI_1"}}
	cfg.StaticAddrs = []config.Address{{Prefix: netip.MustParsePrefix("10.7.0.1/24"), Dev: "eth1", TrackGroup: "G"}, {Prefix: netip.MustParsePrefix("10.6.0.1/24"), Dev: "eth1", NoTrack: true}}
	cfg.StaticRoutes = []config.Route{{Dst: netip.MustParsePrefix("10.20.0.0/16"), Via: netip.MustParseAddr("10.8.0.9"), Dev: "eth1", TrackGroup: "G"}}
	cfg.StaticRules = []config.Rule{{From: netip.MustParsePrefix("10.30.0.0/16"), IIF: "eth1", Table: 7, Priority: &priority, Action: "lookup", TrackGroup: "G"}}
	n := start(t, a, cfg)
	n.await("(VI_1) Entering MASTER STATE")
	a.Run("ip addr del 10.6.0.1/24 dev eth1")
	a.Run("ip addr del 10.7.0.1/24 dev eth1")
	n.await("Restoring deleted static address 10.7.0.1/24 dev eth1 scope global track_group G set")
	a.Run("ip route del 10.20.0.0/16")
	n.await("Restoring deleted static route prepend 10.20.0.0/16 via inet 10.8.0.9 dev eth1 proto 18 track_group G")
	a.Run("ip rule del priority 77")
	n.await("Restoring deleted static rule from 10.30.0.0/16 priority 77 tos 0x0 iif eth1 protocol 18 lookup 7 track_group G")
	n.holds("eth1", "10.6.0.1", false)
	a.Run("ip link set eth1 down")
	n.await("Netlink reports eth1 down")
	n.await("(VI_1) Entering FAULT STATE")
	a.Run("ip link set eth1 up")
	n.await("Restoring deleted static route")
	n.await("(VI_1) Entering MASTER STATE")
	n.stop()
	for _, c := range []string{"ip -o addr show dev eth1", "ip route", "ip rule"} {
		if s := a.Run(c); strings.Contains(s, "10.7.0.1") || strings.Contains(s, "10.20.0.0") || strings.Contains(s, "10.30.0.0") {
			t.Errorf("left behind:\n%s", s)
		}
	}
}

// A rule that a master misses makes it give way, also one that a reload has brought.
func TestRuleTaken(t *testing.T) {
	n, _ := alone(t, with(instance(150, "10.9.0.100/24")))
	c := instance(150, "10.9.0.100/24")
	priority := uint32(78)
	c.Rules = []config.Rule{{From: netip.MustParsePrefix("10.30.0.0/16"), Table: 100, Priority: &priority, Action: "lookup"}}
	n.events <- role.Event{Kind: role.Reload, Config: with(c)}
	n.await("ready")
	n.space.Run("ip rule del priority 78")
	n.await("(VI_1) Virtual rule from 10.30.0.0/16 priority 78 tos 0x0 protocol 18 lookup 100 has been removed")
	n.await("(VI_1) Entering BACKUP STATE")
	n.await("(VI_1) Entering MASTER STATE")
	if s := n.space.Run("ip rule"); !strings.Contains(s, "78:\tfrom 10.30.0.0/16 lookup 100") {
		t.Error(s)
	}
}
