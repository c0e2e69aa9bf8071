package speaker

import (
	"net/netip"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/status"
	"moongate/test/netns"
)

// until asks until the status is as it must be.
func (n *node) until(what string, good func(*status.Instance) bool) {
	n.t.Helper()
	for late := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		in := &n.ask().Instances[0]
		if good(in) {
			return
		}
		if time.Now().After(late) {
			n.t.Fatalf("%s: %+v", what, in)
		}
	}
}

// Adverts come by the second path, over both families and with AH.
func TestSecondPath(t *testing.T) {
	for _, c := range []struct {
		name, vip, a, b string
		change          func(*config.Instance)
	}{
		{"IPv4", "10.9.0.100/24", "10.8.0.1", "10.8.0.2", func(*config.Instance) {}},
		{"AH", "10.9.0.100/24", "10.8.0.1", "10.8.0.2", func(c *config.Instance) {
			c.Version, c.Interval, c.Auth.Type = 2, time.Second, config.AH
		}},
		{"IPv6", "fd09::100/64", "fd08::1", "fd08::2", func(*config.Instance) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := wire(t)
			netns.Join(a, "eth1", "10.8.0.1/24", b, "eth1", "10.8.0.2/24")
			var nodes [2]*node
			for i, s := range []*netns.Space{a, b} {
				self, other := c.a, c.b
				if i == 1 {
					self, other = other, self
				}
				if c.name == "IPv6" {
					s.Run("ip -6 addr add " + self + "/64 dev eth1 nodad")
				}
				in := instance(uint8(200-50*i), c.vip)
				c.change(in)
				in.Heartbeat = &config.Heartbeat{Interface: "eth1", Interval: in.Interval, Peers: []netip.Addr{netip.MustParseAddr(other)}, Source: netip.MustParseAddr(self)}
				nodes[i] = start(t, s, with(in))
			}
			nodes[0].await("(VI_1) Entering MASTER STATE")
			nodes[1].until("it hears the second path", func(in *status.Instance) bool {
				return in.State == status.Backup && in.Stats.SecondReceived > 1 && in.SecondMaster == netip.MustParseAddr(c.a)
			})
		})
	}
}

// Without its second path an instance is master as ever; it is found when it comes.
func TestSecondPathComes(t *testing.T) {
	a, b := wire(t)
	in := instance(150, "10.9.0.100/24")
	in.Heartbeat = &config.Heartbeat{Interface: "eth1", Interval: in.Interval, Peers: []netip.Addr{netip.MustParseAddr("10.8.0.2")}}
	n := start(t, a, with(in))
	n.await("(VI_1) Entering MASTER STATE")
	if s := n.ask().Instances[0]; s.Stats.SecondSent != 0 {
		t.Errorf("%+v", s)
	}
	netns.Join(a, "eth1", "10.8.0.1/24", b, "eth1", "10.8.0.2/24")
	n.await("Assigned address 10.8.0.1 for interface eth1")
	n.until("it is sent to", func(in *status.Instance) bool { return in.Stats.SecondSent > 0 })
	a.Run("ip link del eth1")
	n.await("Deassigned address 10.8.0.1 from interface eth1")
	if s := n.ask().Instances[0]; s.State != status.Master || s.Stats.ReleasedMaster != 0 {
		t.Errorf("%+v", s)
	}
}

// A backup without anybody to answer stays one; with somebody it takes over.
func TestTieBreak(t *testing.T) {
	a, b := wire(t)
	in := instance(150, "10.9.0.100/24")
	in.TieBreak = &config.TieBreak{Ping: []netip.Addr{netip.MustParseAddr("10.9.0.3")}, Timeout: 100 * time.Millisecond, Count: 2}
	n := start(t, a, with(in))
	n.await("(VI_1) no advert, but this node does not reach 10.9.0.3: it is cut off itself - staying BACKUP")
	n.until("it is cut off", func(in *status.Instance) bool {
		return in.State == status.Backup && in.CutOff && in.Stats.CutOff == 1
	})
	b.Run("ip addr add 10.9.0.3/24 dev eth0")
	n.await("(VI_1) tie_break: this node reaches 10.9.0.3 again")
	n.await("(VI_1) Entering MASTER STATE")
}
