package config

import (
	"net/netip"
	"time"
)

const (
	bfdMax     = 4294967 * time.Millisecond
	bfdName    = 31
	bfdMinIdle = time.Second
)

var bfdRows = []keyword{
	{name: "neighbor_ip", old: []string{"neighbour_ip"}, in: inBFD, need: 1, args: "IP", set: do(func(r *reader, w []string) {
		if a, ok := addr(w[1]); ok {
			r.bfd.Neighbor = a
		} else {
			r.onlyBFD(w, "Configuration error: BFD instance %s has malformed %s address %s, ignoring instance", r.bfd.Name, "neighbor", w[1])
			r.bfdBad = true
		}
	}), doc: "The other end."},
	{name: "source_ip", in: inBFD, need: 1, args: "IP", set: do(func(r *reader, w []string) {
		if a, ok := addr(w[1]); ok {
			r.bfd.Source = a
		} else {
			r.onlyBFD(w, "Configuration error: BFD instance %s has malformed source address %s, ignoring", r.bfd.Name, w[1])
		}
	}), doc: "This end."},
	{name: "min_rx", in: inBFD, need: 1, args: "MILLISECONDS", def: "10", set: bfdTime("min_rx", time.Millisecond, func(b *BFD) *time.Duration { return &b.MinRX }), doc: "Least time between packets that we can take."},
	{name: "min_tx", in: inBFD, need: 1, args: "MILLISECONDS", def: "10", set: bfdTime("min_tx", time.Millisecond, func(b *BFD) *time.Duration { return &b.MinTX }), doc: "Time between our packets."},
	{name: "idle_tx", in: inBFD, need: 1, args: "MILLISECONDS", def: "1000", set: bfdTime("idle_tx", bfdMinIdle, func(b *BFD) *time.Duration { return &b.IdleTX }), doc: "The same while the session is down."},
	{name: "multiplier", in: inBFD, need: 1, args: "1..255", def: "5", set: do(func(r *reader, w []string) {
		if n, ok := r.bfdUint(w, 1, 255); ok {
			r.bfd.Multiplier = n
		} else {
			r.onlyBFD(w, "Configuration error: BFD instance %s multiplier value %s not valid (must be in range [%d-%d]), ignoring", r.bfd.Name, w[1], 1, 255)
		}
	}), doc: "So many packets lost, and the session is down."},
	{name: "passive", in: inBFD, set: do(func(r *reader, w []string) { r.bfd.Passive = true }), doc: "Wait for the other end to begin."},
	{name: "ttl", old: []string{"hoplimit"}, in: inBFD, need: 1, args: "1..255", def: "255; IPv6 64", set: do(func(r *reader, w []string) {
		if n, ok := r.bfdUint(w, 1, 255); ok {
			r.bfd.TTL = n
		} else {
			r.onlyBFD(w, "Configuration error: BFD instance %s ttl/hoplimit value %s not valid (must be in range [1-%d]), ignoring", r.bfd.Name, w[1], 255)
		}
	}), doc: "Of our packets."},
	{name: "max_hops", in: inBFD, need: 1, args: "-1..255", def: "0", set: do(func(r *reader, w []string) {
		if r.who != ByBFD {
			return
		}
		if n, ok := r.int(w[1], -1, 255, hard); ok {
			r.bfd.MaxHops = n
		} else {
			r.onlyBFD(w, "Configuration error: BFD instance %s max_hops value %s not valid (must be in range [-1-%d]), ignoring", r.bfd.Name, w[1], 255)
		}
	}), doc: "How much less than that theirs may have; 255 or -1: not looked at."},
	{name: "multihop", in: inBFD, newer: true, set: do(func(r *reader, w []string) { r.bfd.Multihop = true }), doc: "The other end is not on a network of ours (RFC 5883)."},
	{name: "weight", in: inBFD, need: 1, args: "-253..253 [reverse]", def: "0", set: do(func(r *reader, w []string) {
		if r.who != ByVRRP {
			return
		}
		n, ok := r.int(w[1], -253, 253, hard)
		if !ok {
			r.err("Configuration error: BFD instance %s weight value %s not valid (must be in range [%d-%d]), ignoring", r.bfd.Name, w[1], -253, 253)
			return
		}
		r.bfd.Weight = n
		if len(w) > 2 {
			if r.bfd.Reverse = w[2] == "reverse"; !r.bfd.Reverse {
				r.err("Configuration error: BFD instance %s unknown weight option %s", r.bfd.Name, w[2])
			}
		}
	}), doc: "What it does to the priority of who follows it."},
	{name: "vrrp", in: inBFD, set: do(func(r *reader, w []string) { r.bfd.VRRP = true }), doc: "Only VRRP is told, if checker is not there, too."},
	{name: "checker", in: inBFD, set: do(func(r *reader, w []string) { r.bfd.Checker = true }), doc: "Only the checkers are told, if vrrp is not there, too."},
}

// onlyBFD is said by the process that runs the sessions.
func (r *reader) onlyBFD(w []string, format string, args ...any) {
	if r.who == ByBFD {
		r.err(format, args...)
	}
}

func (r *reader) bfdUint(w []string, lo, hi uint32) (int, bool) {
	if r.who != ByBFD {
		return int(lo), true
	}
	n, ok := r.uint(w[1], lo, hi, hard)
	return int(n), ok
}

func bfdTime(name string, lo time.Duration, field func(*BFD) *time.Duration) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		if r.who != ByBFD {
			return
		}
		d, ok := r.decimal(w[1], lo, bfdMax, time.Millisecond, 3, hard)
		if !ok {
			r.err("Configuration error: BFD instance %s %s value %s is not valid (must be in range [%d-%d]), ignoring", r.bfd.Name, name, w[1], lo/time.Millisecond, bfdMax/time.Millisecond)
			return
		}
		*field(r.bfd) = d
		if most := time.Second; d > most && name != "idle_tx" || d > 10*time.Second {
			if name == "idle_tx" {
				most = 10 * time.Second
			}
			r.log("Configuration warning: BFD instance %s %s value %s is larger than max sensible (%d)", r.bfd.Name, name, w[1], most/time.Microsecond)
		}
	})
}

func beginBFD(r *reader, w []string) bool {
	if len(w[1]) > bfdName {
		if r.who == ByBFD {
			r.err("Configuration error: BFD instance %s name too long (maximum length is %d characters) - ignoring", w[1], bfdName)
		} else if r.who == ByVRRP {
			r.err("BFD name %s too long", w[1])
		}
		return true
	}
	if r.who == ByBFD {
		r.bfd, r.bfdBad = &BFD{Name: w[1], MinRX: 10 * time.Millisecond, MinTX: 10 * time.Millisecond, IdleTX: time.Second, Multiplier: 5, Pos: r.pos}, false
		if named[BFD](r.found, "session", w[1]) != nil {
			r.err("Configuration error: BFD instance %s already configured - ignoring", w[1])
			return true
		}
		return false
	}
	if r.known[w[1]] != nil {
		r.err("BFD %s already specified", w[1])
		return true
	}
	r.bfd = &BFD{Name: w[1], Pos: r.pos}
	return false
}

// endBFD keeps a session. The processes that only follow one keep what they know
// of it; the one that runs it fills in the rest.
func endBFD(r *reader) {
	b := r.bfd
	if !b.VRRP && !b.Checker {
		b.VRRP, b.Checker = true, true
	}
	if r.who != ByBFD {
		r.known[b.Name] = b
		if r.who == ByVRRP {
			r.found.first("weighted", b.Name, b)
		}
		return
	}
	switch {
	case r.bfdBad:
		return
	case !b.Neighbor.IsValid():
		r.err("Configuration error: BFD instance %s has no %s address set, disabling instance", b.Name, "neighbor")
		return
	case b.Source.IsValid() && b.Source.Is4() != b.Neighbor.Is4():
		r.err("Configuration error: BFD instance %s source address %s and %s address %s are not of the same family, disabling instance", b.Name, b.Source, "neighbor", b.Source)
		return
	}
	if r.bfdTwice(b) {
		return
	}
	if b.TTL == 0 {
		b.TTL = 255
		if b.Neighbor.Is6() {
			b.TTL = 64
		}
	}
	if b.MaxHops > b.TTL {
		r.err("BFD instance %s: max_hops exceeds ttl/hoplimit - setting to ttl/hoplimit", b.Name)
		b.MaxHops = b.TTL
	}
	if have := named[BFD](r.found, "weighted", b.Name); have != nil {
		b.Weight, b.Reverse = have.Weight, have.Reverse
	}
	r.found.first("session", b.Name, b)
	r.peers[b.Neighbor] = append(r.peers[b.Neighbor], b)
	r.config.BFDs = append(r.config.BFDs, b)
}

func (r *reader) bfdTwice(b *BFD) bool {
	for _, have := range r.peers[b.Neighbor] {
		if have.Source.IsValid() && b.Source.IsValid() && have.Source != b.Source {
			continue
		}
		if have.Source == (netip.Addr{}) || b.Source == (netip.Addr{}) {
			r.err("Configuration error: BFD instance %s has duplicate %s address %s, ignoring instance", b.Name, "neighbor", b.Neighbor)
		} else {
			r.err("Configuration error: BFD instance %s has duplicate source/%s address %s/%s, ignoring instance", b.Name, "neighbor", b.Source, b.Neighbor)
		}
		return true
	}
	return false
}
