package lvs

import (
	"net/netip"
	"os"
	"slices"
	"strconv"
	"testing"

	"moongate/keepalived/lvs"
)

// What a plane costs, beside plain routing over the same links: one connection's
// throughput, and connections per second of 16 clients. MOONGATE_LVS_SPEED asks for it
// and says how many rounds; in each round every way has its turn, so that what else
// the machine does meets all of them.
func TestSpeed(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("MOONGATE_LVS_SPEED"))
	if rounds < 1 {
		t.Skip("MOONGATE_LVS_SPEED is not a number of rounds")
	}
	w := build(t, "", 1)
	w.in("b", "sysctl -qw net.ipv4.ip_forward=1")
	w.servers[0].must("sink", "", nil)
	ways := []string{"routing", "ebpf", "nftables", "proxy"}
	bits, conns := map[string][]float64{}, map[string][]float64{}
	for range rounds {
		for _, way := range ways {
			stream, rate := vip+":8081", vip+":80"
			if way == "routing" {
				stream, rate = serverAddr(1)+":8081", serverAddr(1)+":8080"
			} else {
				w.balancer.must("plane", way, nil)
				w.apply(service{algo: "rr", weights: []int{1}}, service{algo: "rr", weights: []int{1}, change: func(s *lvs.Service) {
					s.Port = 8081
					s.Dests[0].Addr = netip.MustParseAddrPort(serverAddr(1) + ":8081")
				}})
			}
			var b, c float64
			w.client.must("stream", "", dial{To: stream, N: 1, Wait: 2000}, &b)
			w.client.must("rate", "", dial{To: rate, N: 16, Wait: 2000}, &c)
			bits[way], conns[way] = append(bits[way], b/1e9), append(conns[way], c)
			if way != "routing" {
				w.balancer.must("close", "", nil)
			}
		}
	}
	for _, way := range ways {
		b, c := bits[way], conns[way]
		t.Logf("%-10s Gbit/s: median %.2f of %.2f-%.2f; connections/s: median %.0f of %.0f-%.0f",
			way, median(b), slices.Min(b), slices.Max(b), median(c), slices.Min(c), slices.Max(c))
	}
}

func median(of []float64) float64 {
	s := slices.Sorted(slices.Values(of))
	return (s[len(s)/2] + s[(len(s)-1)/2]) / 2
}
