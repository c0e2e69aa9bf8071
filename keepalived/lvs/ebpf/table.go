package ebpf

import (
	"net/netip"
	"slices"

	"moongate/edge/sys/bpf"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/sched"
)

// algos are the schedulers and how the program chooses for them.
var algos = map[string]uint32{
	"rr": bpf.Turns, "wrr": bpf.Turns, "sh": bpf.SH, "dh": bpf.DH, "mh": bpf.MH, "lc": bpf.LC, "wlc": bpf.WLC,
	"sed": bpf.SED, "nq": bpf.NQ, "fo": bpf.FO, "ovf": bpf.OVF, "twos": bpf.Twos, "lblc": bpf.LBLC,
}

var tunnels = map[string]uint8{"": bpf.IPIP, "ipip": bpf.IPIP, "gue": bpf.GUE, "gre": bpf.GRE}

// longest is how many turns a table of wrr may have.
const longest = 1 << 16

// table is what the program chooses from: indexes of destinations.
func table(scheduler string, list []*dest) []uint32 {
	weights, addrs := make([]int, len(list)), make([]netip.AddrPort, len(list))
	for i, d := range list {
		weights[i], addrs[i] = d.now.Weight, d.now.Addr
	}
	var choice []int
	switch scheduler {
	case "rr":
		for i, w := range weights {
			if w > 0 {
				choice = append(choice, i)
			}
		}
	case "wrr":
		choice = sched.Cycle(weights, longest)
	case "sh", "dh":
		choice = sched.Deal(weights, scheduler == "sh")
	case "mh":
		choice = sched.Maglev(addrs, weights)
	default:
		for i := range list {
			choice = append(choice, i)
		}
	}
	t := make([]uint32, len(choice))
	for i, c := range choice {
		t[i] = list[c].index
	}
	return t
}

// service is what the program is told of a service besides its table.
func rawService(id uint32, s *lvs.Service) bpf.Service {
	r := bpf.Service{ID: id, Algo: algos[s.Scheduler], Persist: s.Persistence, Bits: s.Granularity}
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(s.Flags, w) })
	}
	if has(s.Scheduler+"-port", "flag-2") {
		r.Flags |= bpf.ByPort
	}
	if has(s.Scheduler+"-fallback", "flag-1") {
		r.Flags |= bpf.Fallback
	}
	if s.OnePacket {
		r.Flags |= bpf.OnePacket
	}
	return r
}

func rawDest(d lvs.Dest, gone bool) bpf.Dest {
	return bpf.Dest{Addr: d.Addr, Method: uint8(d.Forward.Method), Tunnel: tunnels[d.Forward.Tunnel], TunnelPort: d.Forward.Port,
		Weight: uint32(max(d.Weight, 0)), Upper: d.Upper, Lower: d.Lower, Gone: gone}
}
