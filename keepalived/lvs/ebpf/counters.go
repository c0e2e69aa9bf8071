package ebpf

import (
	"slices"

	"moongate/edge/sys/bpf"
	"moongate/keepalived/lvs"
)

// Counters reads what has gone through.
func (p *Plane) Counters() ([]lvs.ServiceCounters, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []lvs.ServiceCounters
	for _, k := range p.order {
		s := p.services[k]
		c, err := p.kernel.ServiceCounts(s.id)
		if err != nil {
			return nil, err
		}
		one := lvs.ServiceCounters{Key: s.now.Key, Counters: counters(c)}
		for _, want := range s.now.Dests {
			i := slices.IndexFunc(s.list, func(d *dest) bool { return d.identity() == identity{want.Addr, want.Forward} })
			c, err := p.kernel.DestCounts(s.list[i].index)
			if err != nil {
				return nil, err
			}
			l, err := p.kernel.Load(s.list[i].index)
			if err != nil {
				return nil, err
			}
			d := lvs.DestCounters{Addr: want.Addr, Counters: counters(c)}
			d.Active, d.Inactive = uint64(l.Active), uint64(l.Inactive)
			one.Active += d.Active
			one.Inactive += d.Inactive
			one.Dests = append(one.Dests, d)
		}
		all = append(all, one)
	}
	return all, nil
}

func counters(c bpf.Counts) lvs.Counters {
	return lvs.Counters{Connections: c.Conns, PacketsIn: c.In, PacketsOut: c.Out, BytesIn: c.BytesIn, BytesOut: c.BytesOut}
}
