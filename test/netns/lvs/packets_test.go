package lvs

import (
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"moongate/keepalived/lvs"
)

// Datagrams that don't fit into a packet go to one server, and come back whole.
func TestFragments(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 2)
		for _, v6 := range []bool{false, true} {
			s := service{algo: "rr", proto: udp, v6: v6, weights: []int{1, 1}}
			w.apply(s)
			if got := tally(w.names("udp", dial{To: s.addr(), N: 6, Size: 9000})); got != "s1:3 s2:3" {
				t.Errorf("%s: %s", s.addr(), got)
			}
		}
	}, "ipvs", "ebpf", "nftables")
}

// Where the way to a server is narrower, the client is told, as often as it takes.
func TestNarrowWay(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		for _, method := range []lvs.Method{lvs.NAT, lvs.DR} {
			for _, offload := range []string{"with offload", "without"} {
				t.Run(method.String()+" "+offload, func(t *testing.T) { narrow(t, plane, method, offload == "without") })
			}
		}
	}, "ipvs", "ebpf")
}

func narrow(t *testing.T, plane string, method lvs.Method, whole bool) {
	w := build(t, plane, 1)
	if method == lvs.DR {
		w.direct()
	}
	if whole {
		if _, err := exec.LookPath("ethtool"); err != nil {
			t.Skip("needs ethtool")
		}
		w.in("c", "ethtool -K b tx off tso off gso off")
	}
	// The server doesn't know, so that its segment size doesn't help.
	w.in("b", "ip link set dev s1 mtu 1300")
	for _, v6 := range []bool{false, true} {
		s := service{algo: "rr", method: method, v6: v6, weights: []int{1}}
		w.apply(s)
		if got := w.names("tcp", dial{To: s.addr(), N: 1, Hold: "h"}); got[0] != "s1" {
			t.Error(got)
		}
		healthy(t, w, "h")
	}
}

// What a server's machine says of a packet reaches the client as from the virtual
// address.
func TestErrorsOfServers(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 1)
		for _, v6 := range []bool{false, true} {
			s := service{algo: "rr", proto: udp, v6: v6, weights: []int{1}, change: func(s *lvs.Service) {
				s.Dests[0].Addr = netip.AddrPortFrom(s.Dests[0].Addr.Addr(), 99) // nobody listens
			}}
			w.apply(s)
			if got := w.names("udp", dial{To: s.addr(), N: 1}); !strings.Contains(got[0], "refused") {
				t.Error(got)
			}
		}
	}, "ipvs", "ebpf", "nftables")
}

// A sorry server is often one of the balancer's own, on an address that packets
// from outside can't have.
func TestServerOfTheBalancer(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 1)
		for addr, v6 := range map[string]bool{"127.0.0.1:9000": false, "[::1]:9000": true} {
			w.balancer.must("listen", addr, nil)
			s := service{algo: "rr", v6: v6, weights: []int{1}, change: func(s *lvs.Service) {
				s.Dests[0].Addr = netip.MustParseAddrPort(addr)
			}}
			w.apply(s)
			if got := tally(w.names("tcp", dial{To: s.addr(), N: 5, Hold: "h"})); got != "sorry:5" {
				t.Errorf("%s: %s", addr, got)
			}
			healthy(t, w, "h")
		}
	}, "ebpf", "proxy")
}

// With use_vmac the address is on a macvlan, whose packets come by its parent first;
// and what is for another machine's MAC is none of ours.
func TestWhosePacketsThoseAre(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 2)
		s := service{algo: "rr", weights: []int{1, 1}}
		w.apply(s)
		w.in("c", "ip neigh replace "+vip+" lladdr 02:00:00:00:00:99 dev b")
		if got := w.names("tcp", dial{To: s.addr(), N: 1, Wait: 300}); got[0][0] != '!' {
			t.Errorf("%s answered what was for another MAC", got[0])
		}
		if c := w.counters(s); c.PacketsIn != 0 {
			t.Errorf("%d packets were taken", c.PacketsIn)
		}
		w.in("b", "ip link add link c name vrrp.51 address 00:00:5e:00:01:33 type macvlan mode private", "ip link set vrrp.51 up",
			"ip addr del "+vip+"/32 dev c", "ip addr add "+vip+"/32 dev vrrp.51")
		w.in("c", "ip neigh replace "+vip+" lladdr 00:00:5e:00:01:33 dev b")
		for range 200 { // until the plane has seen the interface
			if got := w.names("tcp", dial{To: s.addr(), N: 1, Wait: 300}); got[0][0] == 's' {
				break
			}
			w.pause()
		}
		if got := tally(w.names("tcp", dial{To: s.addr(), N: 10})); got != "s1:5 s2:5" {
			t.Error(got)
		}
	}, "ipvs", "ebpf")
}
