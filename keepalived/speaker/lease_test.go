package speaker

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/test/netns"
)

// lifetime is what ip says of an address.
func lifetime(n *node, addr string) string {
	n.ask()
	_, rest, _ := strings.Cut(n.space.Run("ip addr show dev eth0"), " "+addr+" ")
	rest, _, _ = strings.Cut(rest, "\n    inet")
	return rest
}

func TestLease(t *testing.T) {
	space := netns.New(t)
	space.Run("ip link add eth0 type veth peer name far")
	space.Run("ip link set far up")
	space.Run("ip link set eth0 up")
	space.Run("ip addr add 10.0.0.1/24 dev eth0")
	in := instance(150, "10.0.0.100/24", "10.0.0.101/32")
	forty := 40 * time.Second
	in.Excluded = []config.Address{{Prefix: netip.MustParsePrefix("fd00::100/64")}, {Prefix: netip.MustParsePrefix("fd00::101/64"), Preferred: &forty}}
	cfg := &config.Config{Instances: []*config.Instance{in}}
	cfg.Global.AddressLease = 30 * time.Second
	n := start(t, space, cfg)
	n.await("(VI_1) Entering MASTER STATE")
	for _, a := range []string{"10.0.0.100/24", "10.0.0.101/32", "fd00::100/64"} {
		if s := lifetime(n, a); !strings.Contains(s, "valid_lft 30sec") && !strings.Contains(s, "valid_lft 29sec") {
			t.Errorf("%s: %s", a, s)
		}
	}
	if s := lifetime(n, "fd00::101/64"); !strings.Contains(s, "valid_lft forever") {
		t.Errorf("an address with a lifetime of its own: %s", s)
	}
	if s := lifetime(n, "10.0.0.1/24"); !strings.Contains(s, "valid_lft forever") {
		t.Errorf("an address that is not ours: %s", s)
	}
	// Another instance gets one of them, and then the other, while both are masters; in the
	// end there is no lease.
	lean, other := instance(150, "10.0.0.100/24"), instance(150, "10.0.0.101/32")
	other.Name, other.VRID = "VI_2", 52
	bare, both := instance(150), instance(150, "10.0.0.100/24", "10.0.0.101/32")
	both.Name, both.VRID = "VI_2", 52
	for i, c := range []struct {
		a, b *config.Instance
		last time.Duration
	}{{lean, other, 300 * time.Second}, {bare, both, 100 * time.Second}, {bare, both, 0}} {
		next := &config.Config{Instances: []*config.Instance{c.a, c.b}}
		next.Global.AddressLease = c.last
		n.events <- role.Event{Kind: role.Reload, Config: next}
		n.await("ready")
		if i == 0 {
			n.await("(VI_2) Entering MASTER STATE")
		}
		want := "valid_lft forever"
		if c.last > 0 {
			want = fmt.Sprintf("valid_lft %d", int(c.last.Seconds()-1)/10) // a second may be over
		}
		for _, a := range []string{"10.0.0.100/24", "10.0.0.101/32"} {
			if s := lifetime(n, a); !strings.Contains(s, want) && !strings.Contains(s, fmt.Sprintf("valid_lft %dsec", int(c.last.Seconds()))) {
				t.Errorf("%s with a lease of %v: %s", a, c.last, s)
			}
		}
	}
	// Whoever takes it away now takes it from the one that has got it.
	n.space.Run("ip addr del 10.0.0.100/24 dev eth0")
	n.await("(VI_2) Entering BACKUP STATE")
}
