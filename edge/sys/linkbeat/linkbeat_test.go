package linkbeat

import (
	"testing"

	"moongate/test/netns"
)

func TestLink(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Join(a, "eth0", "", b, "eth0", "")
	a.Enter()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, up := range []bool{true, false, true} {
		state := "down"
		if up {
			state = "up"
		}
		b.Run("ip link set eth0 " + state)
		for _, k := range []Kind{Ethtool, Ioctl} {
			if got, err := p.Link("eth0", k); got != up || err != nil {
				t.Errorf("%s: %v %v, want %v", k, got, err, up)
			}
		}
	}
	// A veth has no transceiver, so its driver is asked.
	for want, k := range map[Kind]Kind{"": Ethtool, MII: Ethtool, Ethtool: Ethtool, Ioctl: Ioctl} {
		if got := p.Choose("eth0", want); got != k {
			t.Errorf("wanted %q, chose %s", want, got)
		}
	}
	if _, err := p.Link("nonesuch0", Ethtool); err == nil {
		t.Error("an interface that is not there has a link")
	}
}
