package bpf

import (
	"fmt"

	"github.com/cilium/ebpf"
)

// Load reads how many connections a destination has.
func (b *Balancer) Load(i uint32) (Load, error) {
	var l balanceLoad
	err := b.objects.Loads.Lookup(i, &l)
	return Load{Active: l.Active, Inactive: l.Inactive}, err
}

// DestCounts sums what a destination has counted, over all processors.
func (b *Balancer) DestCounts(i uint32) (Counts, error) { return sum(b.objects.DestCounts, i) }

// ServiceCounts does so for a service.
func (b *Balancer) ServiceCounts(id uint32) (Counts, error) { return sum(b.objects.ServiceCounts, id) }

func sum(m *ebpf.Map, i uint32) (c Counts, err error) {
	var each []balanceCounts
	err = m.Lookup(i, &each)
	for _, e := range each {
		c.Conns += e.Conns
		c.In += e.In
		c.Out += e.Out
		c.BytesIn += e.BytesIn
		c.BytesOut += e.BytesOut
	}
	return c, err
}

// Sweep ends connections whose time is over, and says how many there are. The
// table of connections forgets the oldest ones by itself when it is full, and
// doesn't tell: when a sum of loads is more than live, Recount sets it right.
func (b *Balancer) Sweep() (live, ended int, err error) { return b.sweep(false) }

// Recount sweeps and sets the loads of these destinations to what is there.
func (b *Balancer) Recount(dests []uint32) error {
	for _, i := range dests {
		if err := b.objects.Tally.Put(i, &balanceLoad{}); err != nil {
			return err
		}
	}
	if _, _, err := b.sweep(true); err != nil {
		return err
	}
	for _, i := range dests {
		var l balanceLoad
		if err := b.objects.Tally.Lookup(i, &l); err != nil {
			return err
		}
		if err := b.objects.Loads.Put(i, &l); err != nil {
			return err
		}
	}
	return nil
}

type sweepArgs struct {
	Now                  uint64
	Recount, Live, Ended uint32
	Pad                  uint32
}

func (b *Balancer) sweep(recount bool) (live, ended int, err error) {
	in := sweepArgs{}
	if recount {
		in.Recount = 1
	}
	var out sweepArgs
	code, err := b.objects.SweepConns.Run(&ebpf.RunOptions{Context: in, ContextOut: &out})
	if err == nil && code != 0 {
		err = fmt.Errorf("it returned %d", code)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("sweep connections: %w", err)
	}
	return int(out.Live), int(out.Ended), nil
}
