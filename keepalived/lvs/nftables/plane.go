package nftables

import (
	"fmt"
	"slices"

	"moongate/edge/sys/nft"
	"moongate/keepalived/lvs"
)

// table is what the plane needs of edge/sys/nft: an *nft.Conn, or a fake.
type table interface {
	Batch() *nft.Batch
	Commit(*nft.Batch) error
	Counts() (map[string]nft.Count, error)
	Close(keep bool) error
}

// Plane carries connections by NAT of nftables.
type Plane struct {
	table    table
	services map[lvs.Key]*service
	order    []lvs.Key
	told     map[lvs.Key]string // what was said of services that can't be
	last     uint32             // number that was given
	doomed   []doomed
}

// New makes the table. A kernel that can't is an *nft.Unsupported.
func New() (*Plane, error) {
	c, err := nft.Open()
	if err != nil {
		return nil, err
	}
	return with(c), nil
}

func with(t table) *Plane {
	return &Plane{table: t, services: map[lvs.Key]*service{}, told: map[lvs.Key]string{}}
}

// Name is the word of lvs_backend.
func (p *Plane) Name() string { return "nftables" }

// Cannot says what of a service the table can't do.
func (p *Plane) Cannot(s *lvs.Service) (why []string) {
	no := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !slices.Contains(why, text) {
			why = append(why, text)
		}
	}
	if s.FwMark != 0 {
		no("virtual servers by firewall mark")
	}
	if s.OnePacket {
		no("one packet scheduling")
	}
	if s.Engine != "" {
		no("persistence_engine %s", s.Engine)
	}
	switch s.Scheduler {
	case "rr", "wrr", "sh", "mh", "dh":
	default:
		no("scheduler %s", s.Scheduler)
	}
	for _, d := range s.Dests {
		if d.Forward.Method != lvs.NAT {
			no("%v", d.Forward.Method)
		} else if s.FwMark == 0 && d.Addr.Addr().Is4() != s.Addr.Is4() {
			no("NAT between IPv4 and IPv6")
		}
		if d.Upper != 0 {
			no("uthreshold, which is ignored")
		}
	}
	return why
}

// impossible is why a service can't be at all, or nothing.
func (p *Plane) impossible(s *lvs.Service) string {
	for _, w := range p.Cannot(s) {
		if w != "uthreshold, which is ignored" {
			return w
		}
	}
	return ""
}

// Counters reads how many connections there were. Their packets go past the table.
func (p *Plane) Counters() ([]lvs.ServiceCounters, error) {
	counts, err := p.table.Counts()
	if err != nil {
		return nil, err
	}
	var all []lvs.ServiceCounters
	for _, k := range p.order {
		s := p.services[k]
		one := lvs.ServiceCounters{Key: k}
		one.Connections = s.gone
		for _, d := range s.now.Dests {
			n := counts[s.dests[d.Addr].chain()].Packets
			one.Connections += n
			one.Dests = append(one.Dests, lvs.DestCounters{Addr: d.Addr, Counters: lvs.Counters{Connections: n}})
		}
		all = append(all, one)
	}
	return all, nil
}

// Close deletes the table, or leaves it to the kernel.
func (p *Plane) Close(keep bool) error { return p.table.Close(keep) }

var (
	_ lvs.Plane = (*Plane)(nil)
	_ table     = (*nft.Conn)(nil)
)
