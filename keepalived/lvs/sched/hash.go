package sched

import (
	"encoding/binary"
	"net/netip"
	"slices"
)

// Buckets is how many sh and dh have.
const Buckets = 1 << bucketBits

const bucketBits = 8

// buckets is sh and dh: a table of 256 that the list is dealt into; the hash of
// the client's address, or of the virtual one, says which bucket. With sh a
// server has as many in a row as its weight; dh knows no weights.
type buckets struct {
	table                  []*Server
	source, port, fallback bool
}

func (b *buckets) Update(list []*Server) {
	weights := make([]int, len(list))
	for i, s := range list {
		weights[i] = s.Weight
	}
	b.table = b.table[:0]
	for _, i := range Deal(weights, b.source) {
		b.table = append(b.table, list[i])
	}
}

// Deal says whose each of the buckets is. Without weight one gets a bucket too:
// its clients are refused, or fall back.
func Deal(weights []int, byWeight bool) []int {
	if len(weights) == 0 {
		return nil
	}
	table := make([]int, Buckets)
	for i, at, n := 0, 0, 0; i < Buckets; i++ {
		table[i] = at
		if n++; n >= weights[at] || !byWeight {
			at, n = (at+1)%len(weights), 0
		}
	}
	return table
}

func (b *buckets) Pick(c Client) *Server {
	if len(b.table) == 0 {
		return nil
	}
	addr, port := c.To, uint16(0)
	if b.source {
		addr = c.From.Addr()
		if b.port {
			port = c.From.Port()
		}
	}
	sum := uint32(port) + Fold(addr)
	first := hash32(sum) & (Buckets - 1)
	if s := b.table[first]; s.usable() {
		return s
	}
	if !b.fallback {
		return nil
	}
	for n := range uint32(Buckets) {
		offset := (n + first) % Buckets
		if s := b.table[(offset+hash32(sum))&(Buckets-1)]; s.usable() {
			return s
		}
	}
	return nil
}

// hash32 is the kernel's hash_32 for 256 buckets: by a multiple of the golden ratio.
func hash32(v uint32) uint32 { return v * 0x61C88647 >> (32 - bucketBits) }

// Fold makes 32 bits of an address: those of IPv4 itself, the four words of IPv6
// by exclusive or.
func Fold(a netip.Addr) uint32 {
	if a.Is4() || a.Is4In6() {
		b := a.As4()
		return binary.BigEndian.Uint32(b[:])
	}
	b := a.As16()
	var v uint32
	for w := range slices.Chunk(b[:], 4) {
		v ^= binary.BigEndian.Uint32(w)
	}
	return v
}
