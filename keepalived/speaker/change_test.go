package speaker

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
	"moongate/test/netns"
)

// alone is one speaker with a wire, that is master.
func alone(t *testing.T, cfg *config.Config) (*node, *netns.Space) {
	a, b := wire(t)
	n := start(t, a, cfg)
	n.await("(VI_1) Entering MASTER STATE")
	return n, b
}

func TestLinkGoes(t *testing.T) {
	n, b := alone(t, with(instance(150, "10.9.0.100/24")))
	b.Run("ip link set eth0 down")
	n.await("Netlink reports eth0 down")
	n.await("(VI_1) Entering FAULT STATE")
	n.await("(VI_1) removing VIPs.")
	n.holds("eth0", "10.9.0.100", false)
	b.Run("ip link set eth0 up")
	n.await("Netlink reports eth0 up")
	n.await("(VI_1) Entering MASTER STATE")
	n.holds("eth0", "10.9.0.100", true)
	n.space.Run("ip addr flush dev eth0")
	n.await("Deassigned address 10.9.0.1 from interface eth0")
	n.await("(VI_1) Entering FAULT STATE")
	n.space.Run("ip addr add 10.9.0.7/24 dev eth0")
	n.await("Assigned address 10.9.0.7 for interface eth0")
	n.await("(VI_1) Entering MASTER STATE")
	if s := n.ask().Instances[0].Source; s != netip.MustParseAddr("10.9.0.7") {
		t.Errorf("adverts come from %v", s)
	}
}

// An interface that is not there yet, and one that is replaced by another of the
// same name.
func TestInterfaceComes(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	n := start(t, a, with(instance(150, "10.9.0.100/24")))
	n.await("(VI_1) entering FAULT state")
	for range 2 {
		netns.Join(a, "eth0", "10.9.0.1/24", b, "eth0", "10.9.0.2/24")
		n.await("(VI_1) Entering MASTER STATE")
		n.holds("eth0", "10.9.0.100", true)
		if s := n.ask(); len(s.Sockets) != 1 || s.Sockets[0].In < 0 {
			t.Errorf("%+v", s.Sockets)
		}
		a.Run("ip link del eth0")
		n.await("(VI_1) Entering FAULT STATE")
	}
}

// Somebody takes away what a master has.
func TestTakenAway(t *testing.T) {
	c := instance(150, "10.9.0.100/24", "10.9.0.101/24")
	c.Addrs[1].NoTrack = true
	c.Routes = []config.Route{{Dst: netip.MustParsePrefix("10.20.0.0/16"), Via: netip.MustParseAddr("10.9.0.9"), Dev: "eth0"}}
	c.Rules = []config.Rule{{From: netip.MustParsePrefix("10.30.0.0/16"), Table: 100, Action: "lookup"}}
	n, _ := alone(t, with(c))
	if s := n.space.Run("ip route"); !strings.Contains(s, "10.20.0.0/16 via 10.9.0.9 dev eth0 proto keepalived") {
		t.Error(s)
	}
	if s := n.space.Run("ip rule"); !strings.Contains(s, "from 10.30.0.0/16 lookup 100 proto keepalived") {
		t.Error(s)
	}
	n.space.Run("ip addr del 10.9.0.101/24 dev eth0")
	n.space.Run("ip addr del 10.9.0.100/24 dev eth0")
	n.await("Netlink reflector reports IP 10.9.0.100 removed from eth0")
	n.await("(VI_1) Entering BACKUP STATE")
	n.await("(VI_1) sent 0 priority")
	n.await("(VI_1) Entering MASTER STATE")
	n.holds("eth0", "10.9.0.101", true)
	n.space.Run("ip route del 10.20.0.0/16")
	n.await("(VI_1) Virtual route 10.20.0.0/16 has been removed")
	n.await("(VI_1) Entering MASTER STATE")
	n.stop()
	if s := n.space.Run("ip route") + n.space.Run("ip rule"); strings.Contains(s, "keepalived") {
		t.Errorf("it leaves\n%s", s)
	}
}

// A reload keeps the master, and does the difference.
func TestReload(t *testing.T) {
	n, _ := alone(t, with(instance(150, "10.9.0.100/24")))
	n.ask()
	n.events <- role.Event{Kind: role.Reload, Config: with(instance(150, "10.9.0.101/24"))}
	n.await("(VI_1) ip address 10.9.0.100/24 dev eth0, no longer exist")
	n.await("(VI_1) setting VIPs.")
	n.await("ready")
	n.holds("eth0", "10.9.0.100", false)
	n.holds("eth0", "10.9.0.101", true)
	if s := n.ask().Instances[0]; s.State != status.Master || s.Stats.BecameMaster != 1 || s.Stats.PrioZeroTx != 0 {
		t.Errorf("%+v", s)
	}
	v := instance(150, "10.9.0.101/24")
	v.VMAC.Use = true
	n.events <- role.Event{Kind: role.Reload, Config: with(v)}
	n.await("(VI_1): Success creating VMAC interface vrrp.51")
	n.await("(VI_1) Entering MASTER STATE")
	n.holds("vrrp.51", "10.9.0.101", true)
	n.holds("eth0", "10.9.0.101", false)
	n.events <- role.Event{Kind: role.Reload, Config: with(instance(150, "10.9.0.101/24"))}
	n.await("(-) Success removing VMAC interface vrrp.51")
	n.await("(VI_1) Entering MASTER STATE")
	n.holds("eth0", "10.9.0.101", true)
}

// What is left by a process that was killed is taken away, by its successor or by
// the parent.
func TestLeftovers(t *testing.T) {
	a, _ := wire(t)
	a.Run("ip addr add 10.9.0.100/24 dev eth0")
	c := instance(150, "10.9.0.100/24")
	n := start(t, a, with(c))
	n.await("(VI_1) removing VIPs.")
	n.await("ready")
	if s := n.ask().Instances[0]; s.Source != netip.MustParseAddr("10.9.0.1") {
		t.Errorf("adverts come from %v", s.Source)
	}
	n.await("(VI_1) Entering MASTER STATE")
	n.holds("eth0", "10.9.0.100", true)
	a.Do(func() { Clear(with(c), n.log) })
	n.await("(VI_1) removing VIPs.")
	if s := a.Run("ip -o addr show dev eth0"); strings.Contains(s, "10.9.0.100") || !strings.Contains(s, "10.9.0.1/") {
		t.Error(s)
	}
}

// The address of an owner stays when it stops: it is the system's.
func TestOwnerKeepsItsAddress(t *testing.T) {
	c := instance(255, "10.9.0.1/24")
	c.Master = true
	n, _ := alone(t, with(c))
	n.stop()
	if s := n.space.Run("ip -o addr show dev eth0"); !strings.Contains(s, "10.9.0.1/") {
		t.Error(s)
	}
}

func TestIPv6(t *testing.T) {
	n, _ := alone(t, with(instance(150, "fe80::64/64", "fd00:9::64/64")))
	n.await("Sending unsolicited Neighbour Advert on eth0 for fd00:9::64")
	n.holds("eth0", "fd00:9::64", true)
	if s := n.ask().Instances[0].Source; !s.IsLinkLocalUnicast() || s == netip.MustParseAddr("fe80::64") {
		t.Errorf("adverts come from %v", s)
	}
}

// Scripts, files and processes.
func TestFollows(t *testing.T) {
	dir := t.TempDir()
	flag, number := filepath.Join(dir, "flag"), filepath.Join(dir, "number")
	c := instance(150, "10.9.0.100/24")
	c.TrackScripts = []config.Tracked{{Name: "chk"}}
	c.TrackFiles = []config.Tracked{{Name: "num", Weight: 1}}
	c.TrackProcesses = []config.Tracked{{Name: "self", Weight: 7}}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	start := 3
	cfg := with(c)
	cfg.Scripts = []*config.Script{{Name: "chk", Interval: 50 * time.Millisecond, Timeout: time.Second,
		Command: config.Command{Args: []string{"/bin/sh", "-c", "test ! -e " + flag}}}}
	cfg.Files = []*config.File{{Name: "num", Path: number, Init: &start}}
	cfg.Processes = []*config.Process{{Name: "self", Path: self, FullCommand: false}}
	n, _ := alone(t, cfg)
	if p := n.ask().Instances[0].Effective; p != 160 {
		t.Errorf("priority %d", p)
	}
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(number, "-20\n")
	n.await("(VI_1) Changing effective priority from 160 to 137")
	write(flag, "")
	n.await("Script `chk` now returning 1")
	n.await("VRRP_Script(chk) failed (exited with status 1)")
	n.await("(VI_1) Entering FAULT STATE")
	n.holds("eth0", "10.9.0.100", false)
	os.Remove(flag)
	n.await("VRRP_Script(chk) succeeded")
	n.await("(VI_1) Entering MASTER STATE")
	// A program that does not end in time.
	slow := *cfg.Scripts[0]
	slow.Command.Args = []string{"/bin/sh", "-c", "sleep 20"}
	slow.Timeout = 50 * time.Millisecond
	next := *cfg
	next.Scripts = []*config.Script{&slow}
	n.events <- role.Event{Kind: role.Reload, Config: &next}
	n.await("VRRP_Script(chk) timed_out")
	n.await("(VI_1) Entering FAULT STATE")
	s := n.ask()
	if len(s.Scripts) != 1 || s.Scripts[0].Up || len(s.Files) != 1 || s.Files[0].Value != -20 || len(s.Processes) != 1 || !s.Processes[0].Quorate {
		t.Errorf("%+v %+v %+v", s.Scripts, s.Files, s.Processes)
	}
}

func TestStatic(t *testing.T) {
	cfg := with(instance(150, "10.9.0.100/24"))
	cfg.StaticAddrs = []config.Address{{Prefix: netip.MustParsePrefix("10.40.0.1/24"), Dev: "eth0"}}
	cfg.StaticRoutes = []config.Route{{Dst: netip.MustParsePrefix("10.50.0.0/16"), Via: netip.MustParseAddr("10.40.0.9"), Dev: "eth0"}}
	n, _ := alone(t, cfg)
	n.holds("eth0", "10.40.0.1", true)
	if s := n.space.Run("ip route"); !strings.Contains(s, "10.50.0.0/16 via 10.40.0.9") {
		t.Error(s)
	}
	next := *cfg
	next.StaticAddrs = []config.Address{{Prefix: netip.MustParsePrefix("10.40.0.1/24"), Dev: "eth0", Pos: config.Pos{Line: 7}}}
	next.StaticRoutes = nil
	n.events <- role.Event{Kind: role.Reload, Config: &next}
	n.await("ready")
	n.holds("eth0", "10.40.0.1", true)
	if s := n.space.Run("ip route"); strings.Contains(s, "10.50.0.0/16") {
		t.Error(s)
	}
	n.stop()
	if s := n.space.Run("ip -o addr show dev eth0"); strings.Contains(s, "10.40.0.1") {
		t.Error(s)
	}
}

// A source address that is not there yet.
func TestSourceComes(t *testing.T) {
	a, _ := wire(t)
	c := instance(150, "10.9.0.100/24")
	c.Source, c.Unicast = netip.MustParseAddr("10.9.0.77"), true
	c.Peers = []config.Peer{{Addr: netip.MustParseAddr("10.9.0.2")}}
	n := start(t, a, with(c))
	n.await("(VI_1): entering FAULT state (src address not configured)")
	n.await("ready")
	if s := n.ask().Instances[0]; s.State != status.Fault {
		t.Errorf("%v", s.State)
	}
	a.Run("ip addr add 10.9.0.77/24 dev eth0")
	n.await("(VI_1) Entering BACKUP STATE")
	n.await("(VI_1) Entering MASTER STATE")
	n.holds("eth0", "10.9.0.100", true)
}
