package lvs

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/ipvs"
)

// each runs a test on every plane that can be had here.
func each(t *testing.T, f func(t *testing.T, plane string), which ...string) {
	for _, plane := range which {
		t.Run(plane, func(t *testing.T) {
			if plane == "ipvs" {
				p, err := ipvs.New()
				if err != nil {
					t.Skipf("%v; test/kernel/run has a kernel with it", err)
				}
				p.Close(true)
			}
			f(t, plane)
		})
	}
}

// rr and wrr give out turns exactly, over IPv4 and IPv6, TCP and UDP.
func TestTurns(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 3)
		for _, c := range []struct {
			s       service
			network string
			n       int
			want    string
		}{
			{service{algo: "rr", weights: []int{1, 1, 1}}, "tcp", 1000, "s1:333 s2:333 s3:334"},
			{service{algo: "wrr", weights: []int{5, 3, 2}}, "tcp", 1000, "s1:500 s2:300 s3:200"},
			{service{algo: "rr", weights: []int{1, 1, 1}, v6: true}, "tcp", 90, "s1:30 s2:30 s3:30"},
			{service{algo: "wrr", weights: []int{4, 0, 2}, v6: true}, "tcp", 90, "s1:60 s3:30"},
			{service{algo: "wrr", weights: []int{5, 3, 2}, proto: udp}, "udp", 100, "s1:50 s2:30 s3:20"},
			{service{algo: "rr", weights: []int{1, 1, 1}, proto: udp, v6: true}, "udp", 90, "s1:30 s2:30 s3:30"},
		} {
			w.apply() // turns begin anew
			w.apply(c.s)
			if got := tally(w.names(c.network, dial{To: c.s.addr(), N: c.n})); got != c.want {
				t.Errorf("%s %s: %s, want %s", c.s.algo, c.s.addr(), got, c.want)
			}
			var count lvs.ServiceCounters
			for range 200 { // IPVS adds up every two seconds
				if count = w.counters(c.s); count.Connections == uint64(c.n) {
					break
				}
				w.pause()
			}
			if count.Connections != uint64(c.n) {
				t.Errorf("%s %s: %d connections counted", c.s.algo, c.s.addr(), count.Connections)
			}
		}
	}, "ipvs", "ebpf", "nftables", "proxy")
}

// Every plane chooses as the schedulers do that the kernel's are the model of.
func TestAsModelled(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 3)
		var from4, from6 []string
		for i := range 40 {
			w.in("c", fmt.Sprintf("ip addr add 10.1.0.%d/24 dev b", 10+i), fmt.Sprintf("ip addr add fd00:1::%x/64 dev b nodad", 0x200+i))
			from4 = append(from4, fmt.Sprintf("10.1.0.%d:0", 10+i))
			from6 = append(from6, fmt.Sprintf("[fd00:1::%x]:0", 0x200+i))
		}
		for _, c := range []struct {
			algo  string
			flags []string
		}{{"sh", nil}, {"mh", nil}, {"dh", nil}, {"sh", []string{"sh-fallback"}}, {"mh", []string{"mh-fallback"}}} {
			for _, v6 := range []bool{false, true} {
				s := service{algo: c.algo, weights: []int{2, 0, 3}, v6: v6, change: func(s *lvs.Service) { s.Flags = c.flags }}
				from := from4
				if v6 {
					// On veth a refusal comes before connect() has let go of its
					// socket, and IPv6 has it wait a second for the next.
					s.weights, from = []int{2, 1, 3}, from6
				}
				w.apply()
				w.apply(s)
				var want []string
				for _, f := range from {
					want = append(want, newModel(t, s.make()).open(f, s.make().Addr))
				}
				for range 2 { // and again: they stick
					got := w.names("tcp", dial{To: s.addr(), N: len(from), From: from})
					for i := range got {
						if got[i] != want[i] && !(want[i] == "-" && got[i][0] == '!') {
							t.Fatalf("%s %v from %s: %s, want %s", c.algo, c.flags, from[i], got[i], want[i])
						}
					}
				}
			}
		}
	}, "ipvs", "ebpf", "proxy")
}

// Where the hash isn't the kernel's, a client still stays with its server.
func TestSticky(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 3)
		var from []string
		for i := range 40 {
			w.in("c", fmt.Sprintf("ip addr add 10.1.0.%d/24 dev b", 10+i))
			from = append(from, fmt.Sprintf("10.1.0.%d:0", 10+i))
		}
		for _, c := range []struct {
			algo   string
			spread int
		}{{"sh", 3}, {"mh", 3}, {"dh", 1}} {
			s := service{algo: c.algo, weights: []int{1, 1, 1}}
			w.apply(s)
			first := w.names("tcp", dial{To: s.addr(), N: 40, From: from})
			if again := w.names("tcp", dial{To: s.addr(), N: 40, From: from}); !slices.Equal(again, first) {
				t.Errorf("%s: %v and then %v", c.algo, first, again)
			}
			if got := slices.Compact(slices.Sorted(slices.Values(first))); len(got) != c.spread || got[0][0] != 's' {
				t.Errorf("%s: reached %v", c.algo, got)
			}
			if c.algo != "mh" {
				continue
			}
			// One leaves: the others keep their clients.
			s.weights = []int{1, 1, 0}
			w.apply(s)
			for i, name := range w.names("tcp", dial{To: s.addr(), N: 40, From: from}) {
				if first[i] != "s3" && name != first[i] {
					t.Errorf("%s was moved from %s to %s", from[i], first[i], name)
				}
			}
		}
	}, "nftables")
}

// The schedulers that look at connections, with connections that stay and some
// that end in between.
func TestByConnections(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		algos := []string{"lc", "wlc", "sed", "nq", "fo", "ovf", "lblc"}
		if plane == "ipvs" { // remembers the connections of servers that go and come again
			for _, algo := range algos {
				t.Run(algo, func(t *testing.T) { byConnections(t, build(t, plane, 3), plane, algo) })
			}
			return
		}
		w := build(t, plane, 3)
		for _, algo := range algos {
			byConnections(t, w, plane, algo)
		}
	}, "ipvs", "ebpf", "proxy")
}

func byConnections(t *testing.T, w *world, plane, algo string) {
	s := service{algo: algo, weights: []int{2, 5, 3}}
	w.apply()
	w.apply(s)
	m := newModel(t, s.make())
	to := netip.MustParseAddr(vip)
	six := func(group string) {
		var want []string
		for range 6 {
			want = append(want, m.open("10.1.0.2:1", to))
		}
		if got := w.names("tcp", dial{To: s.addr(), N: 6, Hold: group}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", group, got, want)
		}
		// Uneven from here on: two end, which a proxy forgets at once.
		for i := range 2 {
			w.client.must("drop", "", dial{Hold: fmt.Sprintf("%s/%d", group, i)})
			m.shut(want[i], plane == "proxy")
		}
	}
	ended := uint64(2)
	if plane == "proxy" {
		ended = 0
	}
	six(algo)
	w.counted(s, 4, ended)
	six(algo + " again")
	w.counted(s, 8, 2*ended)
	w.client.must("drop", "", dial{Hold: algo})
	w.client.must("drop", "", dial{Hold: algo + " again"})
	w.counted(s, 0, 6*ended)
}

// counted waits until a plane has seen so many connections be active and not.
func (w *world) counted(s service, active, inactive uint64) {
	w.t.Helper()
	var c lvs.ServiceCounters
	for range 200 {
		if c = w.counters(s); c.Active == active && c.Inactive == inactive {
			return
		}
		w.pause()
	}
	w.t.Errorf("%s: %d active, %d inactive, want %d and %d", s.algo, c.Active, c.Inactive, active, inactive)
}
