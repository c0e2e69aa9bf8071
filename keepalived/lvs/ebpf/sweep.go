package ebpf

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"moongate/edge/sys/bpf"
)

// The sweeper may take this share of a processor at most: after a sweep it rests
// for so many times as long, and a second at least.
const rest = 50

// recountAfter is how many sweeps in a row find fewer connections than the loads
// say before these are set right. Packets on their way make for one.
const recountAfter = 3

func (p *Plane) sweep() {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	said := ""
	for {
		select {
		case <-p.stop:
			return
		case <-timer.C:
		}
		began := time.Now()
		text := ""
		if err := p.tick(); err != nil {
			text = err.Error()
		}
		if text != said && text != "" && p.opts.Log != nil {
			p.opts.Log("ebpf: " + text)
		}
		said = text
		timer.Reset(max(time.Since(began)*rest, time.Second))
	}
}

// tick does all that is due.
func (p *Plane) tick() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	live, _, err := p.kernel.Sweep()
	if err != nil {
		return err
	}
	return errors.Join(p.even(live), p.free(), p.opts.Place.Do(p.follow))
}

// even compares the loads with the connections that there are: the table forgets
// some when it is full.
func (p *Plane) even(live int) error {
	var all []uint32
	sum := 0
	for _, d := range p.dests() {
		l, err := p.kernel.Load(d.index)
		if err != nil {
			return err
		}
		sum += int(l.Active) + int(l.Inactive)
		all = append(all, d.index)
	}
	if sum <= live {
		p.uneven = 0
		return nil
	}
	if p.uneven++; p.uneven < recountAfter {
		return nil
	}
	p.uneven = 0
	return p.kernel.Recount(all)
}

func (p *Plane) dests() []*dest {
	all := slices.Clone(p.draining)
	for _, s := range p.services {
		all = append(all, s.list...)
	}
	return all
}

// free gives back what draining destinations had, once their connections are over.
func (p *Plane) free() error {
	var err error
	p.draining = slices.DeleteFunc(p.draining, func(d *dest) bool {
		l, e := p.kernel.Load(d.index)
		if e != nil {
			err = e
			return false
		}
		if l.Active+l.Inactive > 0 {
			return false
		}
		p.indexes.give(d.index)
		return true
	})
	// A number of a service that is gone is free with its last destination.
	used := map[uint32]bool{}
	for _, d := range p.draining {
		used[d.service] = true
	}
	for _, s := range p.services {
		used[s.id] = true
	}
	for id := range p.ids.next {
		if !used[id] && !slices.Contains(p.ids.free, id) {
			p.ids.give(id)
		}
	}
	return err
}

// follow attaches the program to interfaces that have come, and forgets those that
// went.
func (p *Plane) follow() error {
	all, err := net.Interfaces()
	if err != nil {
		return fmt.Errorf("interfaces: %w", err)
	}
	var errs []error
	there := map[int]bool{}
	for _, i := range all {
		there[i.Index] = true
		if i.Flags&net.FlagLoopback != 0 || len(i.HardwareAddr) != 6 {
			continue
		}
		if len(p.opts.Interfaces) > 0 && !slices.Contains(p.opts.Interfaces, i.Name) {
			continue
		}
		if err := p.kernel.Attach(i.Index); err != nil && !errors.Is(err, bpf.ErrGone) {
			errs = append(errs, fmt.Errorf("%s: %w", i.Name, err))
		}
	}
	for _, index := range p.kernel.Attached() {
		if !there[index] {
			errs = append(errs, p.kernel.Detach(index))
		}
	}
	return errors.Join(errs...)
}
