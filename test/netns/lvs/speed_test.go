package lvs

import (
	"net/netip"
	"os"
	"testing"

	"moongate/keepalived/lvs"
)

// What a plane costs, beside plain routing over the same links: one connection's
// throughput, and connections per second of 16 clients. MOONGATE_LVS_SPEED=1 asks
// for it.
func TestSpeed(t *testing.T) {
	if os.Getenv("MOONGATE_LVS_SPEED") == "" {
		t.Skip("MOONGATE_LVS_SPEED is not set")
	}
	w := build(t, "", 1)
	w.in("b", "sysctl -qw net.ipv4.ip_forward=1")
	w.servers[0].must("sink", "", nil)
	measure := func(what, stream, rate string) {
		for range 2 {
			var bits, conns float64
			w.client.must("stream", "", dial{To: stream, N: 1, Wait: 2000}, &bits)
			w.client.must("rate", "", dial{To: rate, N: 16, Wait: 2000}, &conns)
			t.Logf("%-10s %5.2f Gbit/s %6.0f connections/s", what, bits/1e9, conns)
		}
	}
	measure("routing", serverAddr(1)+":8081", serverAddr(1)+":8080")
	each(t, func(t *testing.T, plane string) {
		w.balancer.must("plane", plane, nil)
		sink := service{algo: "rr", weights: []int{1}, change: func(s *lvs.Service) {
			s.Port = 8081
			s.Dests[0].Addr = netip.MustParseAddrPort(serverAddr(1) + ":8081")
		}}
		w.apply(service{algo: "rr", weights: []int{1}}, sink)
		measure(plane, vip+":8081", vip+":80")
		w.balancer.must("close", "", nil)
	}, "ebpf", "nftables", "proxy")
	measure("routing", serverAddr(1)+":8081", serverAddr(1)+":8080")
}
