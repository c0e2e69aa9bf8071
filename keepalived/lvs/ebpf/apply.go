package ebpf

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"moongate/edge/sys/bpf"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/sched"
)

// Apply makes the program have these services.
func (p *Plane) Apply(services []*lvs.Service) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	wanted := map[lvs.Key]bool{}
	p.order = p.order[:0]
	var errs []error
	for _, s := range services {
		if why := cannot(s); why != nil {
			// Said once: Apply comes again and again.
			if p.told[s.Key] != why[0] {
				p.told[s.Key] = why[0]
				errs = append(errs, fmt.Errorf("%v: ebpf can't do %s", name(s.Key), why[0]))
			}
			continue
		}
		delete(p.told, s.Key)
		wanted[s.Key] = true
		if err := p.put(s); err != nil {
			errs = append(errs, fmt.Errorf("%v: %w", name(s.Key), err))
			continue
		}
		p.order = append(p.order, s.Key)
	}
	for k, s := range p.services {
		if !wanted[k] {
			if err := p.remove(k, s); err != nil {
				errs = append(errs, fmt.Errorf("%v: %w", name(k), err))
			}
		}
	}
	return errors.Join(errs...)
}

func name(k lvs.Key) netip.AddrPort { return netip.AddrPortFrom(k.Addr, k.Port) }

func rawKey(k lvs.Key) bpf.Key { return bpf.Key{Addr: k.Addr, Port: k.Port, Proto: k.Protocol} }

// put adds a service or changes it: destinations first, then the table that names
// them, then what leads to the table; those that left go last.
func (p *Plane) put(s *lvs.Service) error {
	had := p.services[s.Key]
	if had == nil {
		had = &service{id: p.ids.take()}
		if err := p.kernel.ClearService(had.id); err != nil {
			p.ids.give(had.id)
			return err
		}
		p.services[s.Key] = had
	}
	whole := had.now != nil // else a try before this one failed half-way
	had.now = nil
	old := map[identity]*dest{}
	for _, d := range had.list {
		old[d.identity()] = d
	}
	var now []*dest
	for _, want := range s.Dests {
		d := old[identity{want.Addr, want.Forward}]
		delete(old, identity{want.Addr, want.Forward})
		d, err := p.putDest(d, had.id, s.Key, want)
		if err != nil {
			return errors.Join(err, p.drain(slices.DeleteFunc(now, func(d *dest) bool { return slices.Contains(had.list, d) })))
		}
		now = append(now, d)
	}
	gone := had.list
	had.list = sched.Order(had.list, now)
	t := table(s.Scheduler, had.list)
	raw := rawService(had.id, s)
	if !whole || !slices.Equal(t, had.table) {
		if err := p.kernel.PutTable(had.id, t); err != nil {
			return err
		}
		had.table = t
	}
	if !whole || raw != had.raw {
		if err := p.kernel.PutService(rawKey(s.Key), raw); err != nil {
			return err
		}
		had.raw = raw
	}
	kept := *s
	kept.Dests = slices.Clone(s.Dests)
	had.now = &kept
	return p.drain(slices.DeleteFunc(slices.Clone(gone), func(d *dest) bool { return old[d.identity()] != d }))
}

// putDest writes a destination: one that the service has, one that it had and that
// still has connections, or a new one.
func (p *Plane) putDest(d *dest, service uint32, k lvs.Key, want lvs.Dest) (*dest, error) {
	if d != nil && d.now == want {
		return d, nil
	}
	fresh := d == nil
	if fresh {
		i := slices.IndexFunc(p.draining, func(d *dest) bool {
			return d.key == k && d.service == service && d.identity() == identity{want.Addr, want.Forward}
		})
		if i >= 0 {
			d = p.draining[i]
			p.draining = slices.Delete(p.draining, i, i+1)
		} else {
			d = &dest{index: p.indexes.take(), service: service, key: k}
			if err := p.kernel.ClearDest(d.index); err != nil {
				p.indexes.give(d.index)
				return nil, err
			}
		}
	}
	if err := p.kernel.PutDest(d.index, rawDest(want, false)); err != nil {
		if fresh {
			p.draining = append(p.draining, d) // which gives the index back
		}
		return nil, err
	}
	if want.Upper == 0 || want.Upper > d.now.Upper {
		if err := p.kernel.Lift(d.index); err != nil {
			return nil, err
		}
	}
	d.now = want
	return d, nil
}

// drain lets destinations that left keep their connections.
func (p *Plane) drain(gone []*dest) error {
	var errs []error
	for _, d := range gone {
		errs = append(errs, p.kernel.PutDest(d.index, rawDest(d.now, true)))
		p.draining = append(p.draining, d)
	}
	return errors.Join(errs...)
}

func (p *Plane) remove(k lvs.Key, s *service) error {
	if err := p.kernel.DeleteService(rawKey(k)); err != nil {
		return err
	}
	delete(p.services, k)
	return p.drain(s.list)
}
