package nftables

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"moongate/edge/sys/nft"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/sched"
)

// service is one that the table has.
type service struct {
	number uint32
	now    *lvs.Service
	dests  map[netip.AddrPort]dest
	list   []netip.AddrPort // in the order that a scheduler sees
	memory nft.Memory       // of clients
	gone   uint64           // connections of destinations that were removed
}

func (s *service) chain() string { return fmt.Sprintf("service%d", s.number) }

// dest is the number of a destination.
type dest uint32

func (d dest) chain() string { return fmt.Sprintf("dest%d", d) }

func (p *Plane) number() uint32 {
	p.last++
	return p.last
}

// Apply makes the table have these services. Each changes in a batch of its own,
// so that one that the kernel doesn't like holds up no other.
func (p *Plane) Apply(services []*lvs.Service) error {
	p.bury(time.Now())
	wanted := map[lvs.Key]bool{}
	p.order = p.order[:0]
	var errs []error
	fault := func(k lvs.Key, err error) {
		errs = append(errs, fmt.Errorf("%v: %w", netip.AddrPortFrom(k.Addr, k.Port), err))
	}
	for _, s := range services {
		if why := p.impossible(s); why != "" {
			// Said once: Apply comes again and again.
			if p.told[s.Key] != why {
				p.told[s.Key] = why
				fault(s.Key, errors.New("nftables can't do "+why))
			}
			continue
		}
		delete(p.told, s.Key)
		wanted[s.Key] = true
		if err := p.put(s); err != nil {
			fault(s.Key, err)
		}
		if p.services[s.Key] != nil {
			p.order = append(p.order, s.Key)
		}
	}
	for k, s := range p.services {
		if wanted[k] {
			continue
		}
		b := p.table.Batch()
		b.Unlead(rawKey(k))
		b.DelChain(s.chain())
		for _, d := range s.dests {
			b.DelDest(d.chain(), s.memory)
		}
		if err := p.table.Commit(b); err != nil {
			fault(k, err)
			continue
		}
		delete(p.services, k)
	}
	return errors.Join(errs...)
}

func rawKey(k lvs.Key) nft.Key { return nft.Key{Addr: k.Addr, Port: k.Port, Proto: k.Protocol} }

func (p *Plane) put(want *lvs.Service) error {
	had := p.services[want.Key]
	if had != nil && reflect.DeepEqual(*had.now, *want) {
		return nil
	}
	b := p.table.Batch()
	s := &service{dests: map[netip.AddrPort]dest{}}
	if want.Persistence > 0 {
		s.memory = nft.Memory{For: max(want.Persistence, time.Second), Bits: want.Granularity}
	}
	if had == nil {
		s.number = p.number()
		b.AddChain(s.chain())
	} else {
		s.number, s.gone, s.list = had.number, had.gone, had.list
		b.Empty(s.chain())
	}
	var addrs []netip.AddrPort
	for _, d := range want.Dests {
		if had != nil && had.dests[d.Addr] != 0 && had.memory == s.memory {
			s.dests[d.Addr] = had.dests[d.Addr]
		} else if s.dests[d.Addr] == 0 {
			n := dest(p.number())
			s.dests[d.Addr] = n
			b.AddDest(n.chain(), d.Addr, s.memory)
		}
		addrs = append(addrs, d.Addr)
	}
	s.list = sched.Order(s.list, addrs)
	s.choose(b, want)
	if had == nil {
		b.Lead(rawKey(want.Key), s.chain())
	}
	if err := p.table.Commit(b); err != nil {
		return err
	}
	var err error
	if had != nil {
		err = p.leave(s, had)
	}
	kept := *want
	kept.Flags, kept.Dests = slices.Clone(want.Flags), slices.Clone(want.Dests)
	s.now = &kept
	p.services[want.Key] = s
	return err
}

// leave dooms the destinations that left, or have another memory now, and keeps
// what they counted.
func (p *Plane) leave(s, had *service) error {
	var gone []dest
	for a, d := range had.dests {
		if s.dests[a] != d {
			gone = append(gone, d)
			p.doomed = append(p.doomed, doomed{d, had.memory, time.Now()})
		}
	}
	if gone == nil {
		return nil
	}
	counts, err := p.table.Counts()
	for _, d := range gone {
		s.gone += counts[d.chain()].Packets
	}
	return err
}

// doomed is a destination to which nothing leads any more. A packet that was on its
// way to it while the batch was taken would find its chain empty, were it deleted
// with that batch, and would stay here.
type doomed struct {
	dest   dest
	memory nft.Memory
	since  time.Time
}

// grace is longer than any packet is on its way through the table.
const grace = 100 * time.Millisecond

// bury deletes those that have waited. One that can't be deleted is in nobody's way.
func (p *Plane) bury(now time.Time) {
	b := p.table.Batch()
	some := false
	p.doomed = slices.DeleteFunc(p.doomed, func(d doomed) bool {
		if now.Sub(d.since) < grace {
			return false
		}
		some = true
		b.DelDest(d.dest.chain(), d.memory)
		return true
	})
	if some {
		p.table.Commit(b)
	}
}

// longest is how many turns a table of wrr may have.
const longest = 4096

func (s *service) choose(b *nft.Batch, want *lvs.Service) {
	weight := map[netip.AddrPort]int{}
	for _, d := range want.Dests {
		weight[d.Addr] = d.Weight
	}
	weights := make([]int, len(s.list))
	for i, a := range s.list {
		weights[i] = weight[a]
	}
	c := nft.Choice{Addr: want.Addr, Memory: s.memory}
	for _, a := range s.list {
		c.All = append(c.All, s.dests[a].chain())
	}
	var table []int
	switch want.Scheduler {
	case "rr":
		for i, w := range weights {
			if w > 0 {
				table = append(table, i)
			}
		}
	case "wrr":
		table = sched.Cycle(weights, longest)
	case "mh":
		c.Hash = true
		table = sched.Maglev(s.list, weights)
	case "sh":
		// A bucket of a server without weight is the next one's: nobody is refused.
		c.Hash = true
		table = s.withWeight(sched.Deal(weights, true), weights)
	case "dh":
		// One virtual address, one bucket, one server.
		if m := s.destHash(want, weights); m >= 0 {
			table = []int{m}
		}
	}
	c.ByPort = slices.Contains(want.Flags, want.Scheduler+"-port") || slices.Contains(want.Flags, "flag-2")
	for _, i := range table {
		c.Table = append(c.Table, c.All[i])
	}
	b.Choose(s.chain(), c)
}

func (s *service) withWeight(table, weights []int) []int {
	var live []int
	for _, i := range table {
		if weights[i] > 0 {
			live = append(live, i)
		}
	}
	if len(live) == 0 {
		return nil
	}
	for at, i := range table {
		if weights[i] <= 0 {
			table[at] = live[at%len(live)]
		}
	}
	return table
}

// destHash is what dh chooses for the service's address, -1 for nobody.
func (s *service) destHash(want *lvs.Service, weights []int) int {
	dh, err := sched.New("dh", nil)
	if err != nil {
		return -1
	}
	list := make([]*sched.Server, len(weights))
	for i, w := range weights {
		list[i] = &sched.Server{Addr: s.list[i], Weight: w}
	}
	dh.Update(list)
	return slices.Index(list, dh.Pick(sched.Client{To: want.Addr}))
}
