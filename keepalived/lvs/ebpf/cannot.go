package ebpf

import (
	"fmt"

	"moongate/keepalived/lvs"
)

const (
	tcp = 6
	udp = 17
)

// Cannot says what of a service the programs can't do.
func (p *Plane) Cannot(s *lvs.Service) []string { return cannot(s) }

func cannot(s *lvs.Service) (why []string) {
	no := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		for _, w := range why {
			if w == text {
				return
			}
		}
		why = append(why, text)
	}
	switch {
	case s.FwMark != 0:
		no("virtual servers by firewall mark")
	case s.Protocol != tcp && s.Protocol != udp:
		no("protocols other than TCP and UDP")
	}
	if _, ok := algos[s.Scheduler]; !ok {
		no("scheduler %s", s.Scheduler)
	}
	if s.Engine != "" {
		no("persistence_engine %s", s.Engine)
	}
	for _, d := range s.Dests {
		f := d.Forward
		if f.Method != lvs.TUN {
			if s.FwMark == 0 && d.Addr.Addr().Is4() != s.Addr.Is4() {
				no("%v between IPv4 and IPv6", f.Method)
			}
			if f.Method == lvs.NAT && s.OnePacket && s.Protocol == udp {
				no("one packet scheduling with NAT: answers would not be translated")
			}
			continue
		}
		if _, ok := tunnels[f.Tunnel]; !ok {
			no("tunnel %s", f.Tunnel)
		}
		if f.Sum == "csum" || f.Sum == "remcsum" {
			no("%s of tunnels", f.Sum)
		}
	}
	return why
}
