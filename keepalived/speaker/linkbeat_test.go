package speaker

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/linkbeat"
	"moongate/edge/sys/netlinktest"
	"moongate/keepalived/config"
	"moongate/keepalived/vrrp"
)

// An interface whose card is asked is up when both say so, the kernel and the card.
func TestBeaten(t *testing.T) {
	k := netlinktest.New("eth0")
	c := instance(150)
	c.TrackInterfaces = []config.TrackInterface{{Name: "eth0", Weight: -10}}
	c.DontTrackPrimary = true
	s, said := fake(t, k, with(c))
	s.timer = s.loop.NewTimer(func() {})
	s.beats.down = map[string]bool{}
	stop := make(chan struct{})
	s.beats.stop = stop
	now := time.Now()
	s.machine.Link(now, "eth0", true)
	s.machine.Start(now, 0)
	said()
	up := func() bool {
		for _, f := range s.machine.Instances()[0].Followed() {
			if f.Kind == vrrp.Interface && f.Name == "eth0" {
				return f.Value == 1
			}
		}
		return false
	}
	s.beaten(stop, "eth0", true)
	if got := said(); up() || !strings.HasPrefix(got, "Linkbeat reports eth0 down\n") {
		t.Errorf("the card has no link: %v, %s", up(), got)
	}
	s.linkNews("Netlink", "eth0", s.running(first(s.watch.LinkByName("eth0"))))
	if up() {
		t.Error("the kernel's word is enough")
	}
	s.beaten(make(chan struct{}), "eth0", false) // of before a reload
	if up() {
		t.Error("an old answer counts")
	}
	s.beaten(stop, "eth0", false)
	if got := said(); !up() || !strings.HasPrefix(got, "Linkbeat reports eth0 up\n") {
		t.Errorf("the card has a link: %v, %s", up(), got)
	}
	k.SetRunning("eth0", false)
	s.beaten(stop, "eth0", true)
	s.beaten(stop, "eth0", false)
	if got := said(); got != "" {
		t.Errorf("the kernel says that it is down, and the card is heard: %s", got)
	}
}

func first[T any](v T, _ bool) *T { return &v }

func TestLinkbeat(t *testing.T) {
	cfg := with(instance(150, "10.9.0.100/24"))
	cfg.Linkbeat = []config.Linkbeat{{Interface: "eth0"}}
	n, b := alone(t, cfg)
	b.Run("ip link set eth0 down")
	n.await("(VI_1) Entering FAULT STATE")
	b.Run("ip link set eth0 up")
	n.await("(VI_1) Entering MASTER STATE")
}

// linkbeat_use_polling asks every interface that matters, but not those that we have made.
func TestBeatKinds(t *testing.T) {
	c := instance(150, "10.9.0.100/24")
	c.VMAC.Use = true
	cfg := with(c)
	cfg.Linkbeat = []config.Linkbeat{{Interface: "eth7", Kind: "ETHTOOL"}}
	s, _ := fake(t, netlinktest.New("eth0"), cfg)
	if got := fmt.Sprint(s.beatKinds()); got != fmt.Sprint(map[string]linkbeat.Kind{"eth7": "ETHTOOL"}) {
		t.Error(got)
	}
	cfg.Global.LinkbeatPolling = true
	if got := fmt.Sprint(s.beatKinds()); got != fmt.Sprint(map[string]linkbeat.Kind{"eth0": "", "eth7": "ETHTOOL"}) {
		t.Error(got)
	}
}
