package speaker

import (
	"net/netip"
	"testing"

	"moongate/keepalived/config"
)

// A static address of an instance's interface is no source of its adverts, unless it was
// there before.
func TestStaticSource(t *testing.T) {
	for _, before := range []bool{false, true} {
		a, _ := wire(t)
		a.Run("ip addr flush dev eth0")
		if before {
			a.Run("ip addr add 10.9.0.7/24 dev eth0")
		}
		cfg := with(instance(150, "10.9.0.100/24"))
		cfg.StaticAddrs = []config.Address{{Prefix: netip.MustParsePrefix("10.9.0.7/24"), Dev: "eth0"}}
		n := start(t, a, cfg)
		if before {
			n.await("(VI_1) Entering MASTER STATE")
		} else {
			n.await("(VI_1) entering FAULT state (no IPv4 address for interface)")
			n.holds("eth0", "10.9.0.7", true)
			a.Run("ip addr add 10.9.1.1/24 dev eth0")
			n.await("Assigned address 10.9.1.1 for interface eth0")
			n.await("(VI_1) Entering MASTER STATE")
		}
		n.stop()
	}
}
