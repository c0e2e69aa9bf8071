package lvs

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/lvs"
)

// pause is between two looks at something that is about to happen.
func (w *world) pause() { time.Sleep(20 * time.Millisecond) }

func healthy(t *testing.T, w *world, group string) {
	t.Helper()
	var faults []string
	w.client.must("echo", "", dial{Hold: group, N: 1 << 16}, &faults)
	if len(faults) > 0 {
		t.Error(strings.Join(faults, "\n"))
	}
}

// A server without weight keeps what it has and gets nothing new.
func TestDraining(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 2)
		s := service{algo: "rr", weights: []int{1, 1}}
		w.apply(s)
		if got := tally(w.names("tcp", dial{To: s.addr(), N: 8, Hold: "h"})); got != "s1:4 s2:4" {
			t.Fatal(got)
		}
		s.weights = []int{0, 1}
		w.apply(s)
		if got := tally(w.names("tcp", dial{To: s.addr(), N: 8})); got != "s2:8" {
			t.Error(got)
		}
		healthy(t, w, "h")
		if plane == "ipvs" {
			return // the kernel drops what still goes to a server that was removed
		}
		// Removed, its connections still go on; what comes is the others'.
		s.weights = []int{1}
		s.change = func(s *lvs.Service) { s.Dests[0].Addr = netip.MustParseAddrPort(serverAddr(2) + ":8080") }
		w.apply(s)
		if got := tally(w.names("tcp", dial{To: s.addr(), N: 4})); got != "s2:4" {
			t.Error(got)
		}
		healthy(t, w, "h")
		// Nobody is left: refused at once.
		w.apply(service{algo: "rr", weights: []int{0, 0}})
		got := w.names("tcp", dial{To: s.addr(), N: 1})
		if !strings.Contains(got[0], "refused") && !(plane == "proxy" && strings.Contains(got[0], "reset")) {
			t.Error(got)
		}
		healthy(t, w, "h")
	}, "ipvs", "ebpf", "nftables", "proxy")
}

// Servers come and go under load, and no connection to the others breaks.
func TestRemovalUnderLoad(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 3)
		s := service{algo: "rr", weights: []int{1, 1, 1}}
		w.apply(s)
		w.names("tcp", dial{To: s.addr(), N: 9, Hold: "h"})
		w.client.must("load", "", dial{To: s.addr(), N: 4})
		for i := range 20 {
			s.weights = []int{1, 1, 1}[:2+i%2]
			w.apply(s)
			w.pause()
			w.pause()
		}
		var got result
		w.client.must("loaded", "", dial{}, &got)
		if len(got.Faults) > 0 {
			t.Errorf("%d faults: %s", len(got.Faults), got.Faults[0])
		}
		if got.Names["s1"] < 50 || got.Names["s2"] < 50 || got.Names["s3"] < 10 {
			t.Error(got.Names)
		}
		healthy(t, w, "h")
	}, "ipvs", "ebpf", "nftables", "proxy")
}

// A client's network stays with its server, for all ports of the service.
func TestPersistence(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 3)
		for i := range 4 {
			w.in("c", fmt.Sprintf("ip addr add 10.1.0.%d/24 dev b", 64+32*i))
		}
		s := service{algo: "rr", weights: []int{1, 1, 1}, change: func(s *lvs.Service) {
			s.Persistence, s.Granularity = 300*time.Second, 27
			if plane == "proxy" {
				return
			}
			s.Port = 0
			for i := range s.Dests {
				s.Dests[i].Addr = netip.AddrPortFrom(s.Dests[i].Addr.Addr(), 0)
			}
		}}
		w.apply(s)
		from := []string{"10.1.0.64:0", "10.1.0.96:0", "10.1.0.128:0", "10.1.0.160:0"}
		first := w.names("tcp", dial{To: vip + ":80", N: 4, From: from})
		if tally(first) != "s1:1 s2:1 s3:2" && tally(first) != "s1:2 s2:1 s3:1" && tally(first) != "s1:1 s2:2 s3:1" {
			t.Error(first)
		}
		ports := []string{vip + ":80", vip + ":8080"}
		if plane == "proxy" {
			ports = ports[:1]
		}
		for _, to := range ports {
			again := w.names("tcp", dial{To: to, N: 40, From: from})
			for i := range again {
				if again[i] != first[i%4] {
					t.Errorf("%s to %s: %s, and %s at first", from[i%4], to, again[i], first[i%4])
				}
			}
		}
	}, "ipvs", "ebpf", "nftables", "proxy")
}

// More than the upper threshold goes elsewhere, until fewer than the lower are left.
func TestThresholds(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 2)
		s := service{algo: "fo", weights: []int{9, 1}, change: func(s *lvs.Service) { s.Dests[0].Upper, s.Dests[0].Lower = 4, 2 }}
		w.apply(s)
		w.balancer.must("timeouts", "", lvs.Timeouts{TCPFin: 500 * time.Millisecond})
		if got := fmt.Sprint(w.names("tcp", dial{To: s.addr(), N: 6, Hold: "h"})); got != "[s1 s1 s1 s1 s2 s2]" {
			t.Error(got)
		}
	}, "ipvs", "ebpf", "proxy")
}

// Connections that nobody uses are forgotten.
func TestTimeouts(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 2)
		tcp, udp := service{algo: "rr", weights: []int{1, 1}}, service{algo: "rr", weights: []int{1, 1}, proto: udp}
		w.apply(tcp, udp)
		w.balancer.must("timeouts", "", lvs.Timeouts{TCP: 700 * time.Millisecond, UDP: 700 * time.Millisecond})
		w.names("tcp", dial{To: tcp.addr(), N: 4, Hold: "h"})
		w.names("udp", dial{To: udp.addr(), N: 6})
		w.counted(tcp, 4, 0)
		w.counted(tcp, 0, 0)
		w.counted(udp, 0, 0)
	}, "ipvs", "ebpf", "proxy")
}

// When the table of connections is full the oldest are forgotten; new ones go on, and
// what is counted comes to be what is there.
func TestFullTable(t *testing.T) {
	w := build(t, "ebpf small", 2)
	s := service{algo: "rr", weights: []int{1, 1}}
	w.apply(s)
	if got := tally(w.names("tcp", dial{To: s.addr(), N: 3000})); got != "s1:1500 s2:1500" {
		t.Error(got)
	}
	if got := tally(w.names("tcp", dial{To: s.addr(), N: 8, Hold: "h"})); got != "s1:4 s2:4" {
		t.Error(got)
	}
	var c lvs.ServiceCounters
	for range 500 {
		if c = w.counters(s); c.Active+c.Inactive <= 1024 {
			break
		}
		w.pause()
	}
	if c.Active != 8 || c.Inactive == 0 || c.Active+c.Inactive > 1024 || c.Connections != 3008 {
		t.Errorf("%+v", c.Counters)
	}
	healthy(t, w, "h")
}
