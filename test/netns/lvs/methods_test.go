package lvs

import (
	"os/exec"
	"strings"
	"testing"

	"moongate/keepalived/lvs"
)

// NAT, DR and TUN, TCP and UDP, IPv4 and IPv6: every connection is answered and
// carries data whole.
func TestMethods(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		for _, method := range []lvs.Method{lvs.NAT, lvs.DR, lvs.TUN} {
			if plane != "ebpf" && plane != "ipvs" && method != lvs.NAT {
				continue
			}
			t.Run(method.String(), func(t *testing.T) {
				w := build(t, plane, 2)
				if method != lvs.NAT {
					w.direct()
				}
				if method == lvs.TUN {
					if _, err := exec.LookPath("ethtool"); err != nil {
						t.Skip("tunnels are taken apart in user space, which needs ethtool to have checksums in packets")
					}
					w.in("c", "ethtool -K b tx off tso off gso off")
					for _, s := range w.servers {
						s.must("untunnel", "", nil)
					}
				}
				for _, v6 := range []bool{false, true} {
					one := service{algo: "rr", method: method, v6: v6, weights: []int{1, 1}}
					other := one
					other.proto = udp
					w.apply(one, other)
					if got := tally(w.names("tcp", dial{To: one.addr(), N: 10, Hold: "h"})); got != "s1:5 s2:5" {
						t.Errorf("TCP %s: %s", one.addr(), got)
						continue
					}
					healthy(t, w, "h")
					if got := tally(w.names("udp", dial{To: one.addr(), N: 10})); got != "s1:5 s2:5" {
						t.Errorf("UDP %s: %s", one.addr(), got)
					}
					w.client.must("drop", "", dial{Hold: "h"})
					w.apply()
				}
			})
		}
	}, "ipvs", "ebpf", "nftables", "proxy")
}

func TestRefusal(t *testing.T) {
	each(t, func(t *testing.T, plane string) {
		w := build(t, plane, 1)
		for _, v6 := range []bool{false, true} {
			s := service{algo: "rr", v6: v6}
			w.apply(s)
			if got := w.names("tcp", dial{To: s.addr(), N: 1}); !strings.Contains(got[0], "refused") {
				t.Error(got)
			}
			s.proto = udp
			w.apply(s)
			if got := w.names("udp", dial{To: s.addr(), N: 1}); !strings.Contains(got[0], "refused") {
				t.Error(got)
			}
		}
	}, "ipvs", "ebpf")
}
