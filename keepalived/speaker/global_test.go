package speaker

import (
	"bufio"
	"os"
	"path/filepath"
	"testing"

	"moongate/edge/sys/netlinktest"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// disable_local_igmp holds as long as the process, and
// fifo_write_vrrp_states_on_reload has a reload write all states.
func TestGlobals(t *testing.T) {
	a, _ := wire(t)
	path := filepath.Join(t.TempDir(), "fifo")
	conf := func() *config.Config {
		c := with(instance(150, "10.9.0.100/24"))
		c.Groups = []*config.Group{{Name: "G", Names: []string{"VI_1"}, Instances: c.Instances}}
		c.Global.DisableLocalIGMP, c.Global.FIFOStatesOnReload = true, true
		c.Global.VRRPFIFO = config.Pipe{Path: path, UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
		return c
	}
	n := start(t, a, conf())
	n.await("(VI_1) Entering MASTER STATE")
	if got := a.Run("cat /proc/sys/net/ipv4/igmp_link_local_mcast_reports"); got != "0\n" {
		t.Errorf("reports: %s", got)
	}
	n.ask()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	next := func(want ...string) {
		t.Helper()
		for _, w := range want {
			if !lines.Scan() || lines.Text() != w {
				t.Fatalf("got %q, want %q", lines.Text(), w)
			}
		}
	}
	next(`INSTANCE "VI_1" BACKUP 150`, `GROUP "G" BACKUP 0`, `INSTANCE "VI_1" MASTER 150`, `GROUP "G" MASTER 0`)
	n.events <- role.Event{Kind: role.Reload, Config: conf()}
	next(`GROUP "G" MASTER 0`, `INSTANCE "VI_1" MASTER 150`)
	n.stop()
	if got := a.Run("cat /proc/sys/net/ipv4/igmp_link_local_mcast_reports"); got != "1\n" {
		t.Errorf("reports afterwards: %s", got)
	}
}

func TestBuffers(t *testing.T) {
	one, two := instance(150, "10.9.0.100/24"), instance(100, "10.9.0.101/24", "10.9.0.102/24")
	two.Name, two.VRID, two.Version = "VI_2", 52, 2
	for name, c := range map[string]struct {
		global config.Global
		own    int
		want   int
	}{
		"none":   {config.Global{RxBufsMultiplier: 3}, 0, 0},
		"bytes":  {config.Global{RxBufsMultiplier: 3, RxBufs: 5000}, 0, 5000},
		"MTU":    {config.Global{RxBufsMultiplier: 3, RxBufsMTU: true}, 0, 2 * 3 * 1500},
		"ADVERT": {config.Global{RxBufsMultiplier: 4, RxBufsAdvert: true}, 0, 4 * (20 + 8 + 4 + 20 + 8 + 8 + 8)},
		"own":    {config.Global{RxBufsMultiplier: 4, RxBufsAdvert: true}, 7000, 7000},
	} {
		k := netlinktest.New("eth0")
		cfg := with(one, two)
		cfg.Global = c.global
		one.RxBuf = c.own
		s, _ := fake(t, k, cfg)
		l, _ := k.LinkByName("eth0")
		if got := s.bufferOf(&sock{index: l.Index, instances: s.machine.Instances()}); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
