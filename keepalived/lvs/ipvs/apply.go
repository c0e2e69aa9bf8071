package ipvs

import (
	"errors"
	"net/netip"

	"moongate/edge/sys/ipvs"
	"moongate/keepalived/lvs"
)

// Apply sends the difference between what the kernel has and these services.
func (p *Plane) Apply(services []*lvs.Service) error {
	all, err := p.client.Services()
	if err != nil {
		return err
	}
	have := map[ipvs.Key]*ipvs.Service{}
	for i := range all {
		have[all[i].Key] = &all[i]
	}
	wanted := map[ipvs.Key]bool{}
	p.order = p.order[:0]
	var errs []error
	for _, s := range services {
		r := rawService(s)
		wanted[r.Key] = true
		if err := p.put(s, &r, have[r.Key]); err != nil {
			errs = append(errs, err)
			continue
		}
		kept := *s
		p.order = append(p.order, &kept)
	}
	for k := range p.ours {
		if wanted[k] {
			continue
		}
		if have[k] != nil {
			if err := p.client.DelService(k); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		delete(p.ours, k)
	}
	return errors.Join(errs...)
}

func (p *Plane) put(s *lvs.Service, r, have *ipvs.Service) error {
	old := map[netip.AddrPort]*ipvs.Dest{}
	if have == nil {
		if err := p.client.NewService(r); err != nil {
			return err
		}
	} else {
		now := *have
		now.Stats = ipvs.Stats{}
		if now != *r {
			if err := p.client.SetService(r); err != nil {
				return err
			}
		}
		dests, err := p.client.Dests(r.Key)
		if err != nil {
			return err
		}
		for i := range dests {
			old[dests[i].Addr] = &dests[i]
		}
	}
	p.ours[r.Key] = true
	// Those that come first, those that leave last: at no time is there none.
	var errs []error
	for i := range s.Dests {
		d := rawDest(&s.Dests[i])
		had := old[d.Addr]
		delete(old, d.Addr)
		switch {
		case had == nil:
			errs = append(errs, p.client.NewDest(r.Key, &d))
		case settings(had) != d:
			errs = append(errs, p.client.SetDest(r.Key, &d))
		}
	}
	for _, d := range old {
		errs = append(errs, p.client.DelDest(r.Key, d))
	}
	return errors.Join(errs...)
}

// settings is a destination without what the kernel has counted.
func settings(d *ipvs.Dest) ipvs.Dest {
	s := *d
	s.Active, s.Inactive, s.Persistent, s.Stats = 0, 0, 0, ipvs.Stats{}
	if s.Method != ipvs.TUN || s.Tunnel == ipvs.IPIP {
		s.Tunnel, s.TunnelPort, s.TunnelFlags = 0, 0, 0
	}
	return s
}

// Counters reads what has gone through our services.
func (p *Plane) Counters() ([]lvs.ServiceCounters, error) {
	all, err := p.client.Services()
	if err != nil {
		return nil, err
	}
	have := map[ipvs.Key]*ipvs.Service{}
	for i := range all {
		have[all[i].Key] = &all[i]
	}
	var counters []lvs.ServiceCounters
	for _, s := range p.order {
		k := rawKey(s.Key)
		if have[k] == nil {
			continue // somebody deleted it; the next Apply brings it back
		}
		dests, err := p.client.Dests(k)
		if err != nil {
			return nil, err
		}
		byAddr := map[netip.AddrPort]*ipvs.Dest{}
		for i := range dests {
			byAddr[dests[i].Addr] = &dests[i]
		}
		one := lvs.ServiceCounters{Key: s.Key, Counters: counts(have[k].Stats)}
		for _, want := range s.Dests {
			d := lvs.DestCounters{Addr: want.Addr}
			if had := byAddr[want.Addr]; had != nil {
				d.Counters = counts(had.Stats)
				d.Active, d.Inactive = uint64(had.Active), uint64(had.Inactive)
			}
			one.Active += d.Active
			one.Inactive += d.Inactive
			one.Dests = append(one.Dests, d)
		}
		counters = append(counters, one)
	}
	return counters, nil
}

func counts(s ipvs.Stats) lvs.Counters {
	return lvs.Counters{Connections: s.Conns, PacketsIn: s.In, PacketsOut: s.Out, BytesIn: s.BytesIn, BytesOut: s.BytesOut}
}
