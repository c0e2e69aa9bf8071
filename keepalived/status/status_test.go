package status

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// What lies in testdata was written by keepalived 2.2.7 about the two instances
// that example makes.

func golden(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// lines compares texts line by line.
func lines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "(nothing)", "(nothing)"
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Fatalf("line %d: got %q, want %q", i+1, a, b)
		}
	}
}

func command2(word string) config.Command {
	return config.Command{Args: []string{"/usr/bin/true", word}}
}

func example() *Status {
	garp := config.GARP{Delay: 5 * time.Second, Repeat: 5, RefreshRepeat: 1, LowerDelay: 5 * time.Second, LowerRepeat: 5}
	plain := &config.Instance{Name: "VI_1", Interface: "v0", VRID: 51, Priority: 100, Version: 2, Interval: time.Second, GARP: garp,
		DownTimerAdverts: 3, Accept: true, McastDst: netip.MustParseAddr("224.0.0.18"),
		Addrs: []config.Address{{Prefix: netip.MustParsePrefix("10.9.9.9/32")}}}
	full := *plain
	full.Priority = 150
	full.Group = &config.Group{Name: "G1"}
	full.Auth = config.Auth{Type: config.Pass, Data: [8]byte{'a', 'b', 'c'}}
	full.Addrs = []config.Address{{Prefix: netip.MustParsePrefix("10.9.9.9/24"), Label: "v0:1"}, {Prefix: netip.MustParsePrefix("10.9.9.10/32")}}
	full.Excluded = []config.Address{{Prefix: netip.MustParsePrefix("10.9.9.11/32"), Broadcast: netip.MustParseAddr("10.9.9.255")}}
	full.Routes = []config.Route{{Dst: netip.MustParsePrefix("10.60.0.0/16"), Via: netip.MustParseAddr("10.9.9.77"), Dev: "v0"}}
	priority := uint32(16384)
	full.Rules = []config.Rule{{From: netip.MustParsePrefix("10.9.9.9/32"), Priority: &priority, Table: 100}}
	full.TrackInterfaces = []config.Tracked{{Name: "v1"}}
	full.TrackFiles = []config.Tracked{{Name: "tf"}}
	full.TrackProcesses = []config.Tracked{{Name: "tp", Weight: 10}}
	full.Notify = config.Notify{Mail: true, Master: command2("m"), Backup: command2("b"), Fault: command2("f"), Stop: command2("s"), Any: command2("n")}
	src := netip.MustParseAddr("10.9.9.1")
	return &Status{Instances: []Instance{
		{Config: plain, State: Master, Want: Master, LastTransition: time.UnixMicro(1796032845796146).UTC(),
			Timeout: time.UnixMicro(1796032847796577).UTC(), Effective: 100, Total: 100, Interface: "v0", Source: src,
			Owned: true, Set: []bool{true}, In: 13, Out: 14, Stats: Stats{Sent: 6, BecameMaster: 1}},
		{Config: &full, State: Fault, Want: Fault, LastTransition: time.UnixMicro(1796033959265403).UTC(),
			DownTimer: 3394531 * time.Microsecond, Effective: 155, Total: 155, Faults: 1, Interface: "v0", Source: src, In: 19, Out: 20},
	}}
}

func TestJSON(t *testing.T) {
	want := golden(t, "keepalived.json")
	if got := example().JSON(1); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s := example()
	s.Processes = []Process{{Config: &config.Process{Name: "tp", Path: "sshd"}, Count: 2, Quorate: true}}
	if got := s.JSON(2); !strings.HasPrefix(got, `{"vrrp":[{"data":{"iname":"VI_1",`) ||
		!strings.Contains(got, `"track_process":["tp"],"auth_type":1`) || !strings.Contains(got, `],"track_process":[{"name":"tp",`) {
		t.Errorf("version 2: %s", got)
	}
	if got := new(Status).JSON(1); got != "[]" {
		t.Errorf("nothing is %s", got)
	}
}

func TestStats(t *testing.T) {
	s := example()
	s.Instances = s.Instances[:1]
	lines(t, s.StatsText(), golden(t, "keepalived.stats"))
}

func TestTopology(t *testing.T) {
	lines(t, example().Data(&config.Config{}, "vrrp"), golden(t, "topology"))
}

// Reasons are ours, and so is what keepalived shows of libraries that we don't
// have; all else of the global definitions is the same.
func TestGlobal(t *testing.T) {
	g := &config.Global{RouterID: "X", DownTimerAdverts: 3, Mcast4: netip.MustParseAddr("224.0.0.18"), Mcast6: netip.MustParseAddr("ff02::12"),
		GARP: config.GARP{Delay: 5 * time.Second, Repeat: 5, RefreshRepeat: 1, LowerDelay: 5 * time.Second, LowerRepeat: 5}}
	var want []string
	for line := range strings.Lines(golden(t, "global")) {
		if !strings.Contains(line, "libnftnl") && !strings.Contains(line, "_bufs") && !strings.Contains(line, "rx_bufs") && !strings.Contains(line, "DBus service") {
			want = append(want, line)
		}
	}
	lines(t, Global(g, true, Reload{}), strings.Join(want, ""))
}
