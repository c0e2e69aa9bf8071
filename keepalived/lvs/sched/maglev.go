package sched

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// TableSize is the number of entries of mh: the prime that kernels are built
// with by default (CONFIG_IP_VS_MH_TAB_INDEX 12).
const TableSize = 4093

const tableIndex = 12

// The kernel's keys: all directors must agree, so they are no secret.
const (
	Key1 = 2654435761
	Key2 = 2654446892
)

// maglev is mh: a table that servers fill in turns, each by a permutation of its
// own, so that most entries stay whose they are when another server goes.
type maglev struct {
	table          []*Server
	port, fallback bool
}

func (m *maglev) Update(list []*Server) {
	addrs, weights := make([]netip.AddrPort, len(list)), make([]int, len(list))
	for i, s := range list {
		addrs[i], weights[i] = s.Addr, s.Weight
	}
	m.table = m.table[:0]
	for _, i := range Maglev(addrs, weights) {
		m.table = append(m.table, list[i])
	}
}

// Maglev says whose each entry of the table is; nil when nobody has any weight.
func Maglev(addrs []netip.AddrPort, weights []int) []int {
	step, heaviest := 0, 0
	for _, w := range weights {
		if w > 0 {
			step = gcd(step, w)
			heaviest = max(heaviest, w)
		}
	}
	if heaviest == 0 {
		return nil
	}
	// Large weights are shifted so that no turn takes more than a few entries.
	shift := max(bits.Len(uint(heaviest/step))-tableIndex/2, 0)
	type filler struct{ at, skip, turns int }
	fill := make([]filler, len(addrs))
	for i, a := range addrs {
		f := &fill[i]
		f.at = int(Hash(a.Addr(), a.Port(), Key1, 0) % TableSize)
		f.skip = int(Hash(a.Addr(), a.Port(), Key2, 0)%(TableSize-1)) + 1
		if w := weights[i]; w > 0 {
			f.turns = max(w/step>>shift, 1)
		}
	}
	table := make([]int, TableSize)
	taken := make([]bool, TableSize)
	for n := 0; n < TableSize; {
		for i := range fill {
			f := &fill[i]
			for t := 0; t < f.turns && n < TableSize; t++ {
				for taken[f.at] {
					f.at = (f.at + f.skip) % TableSize
				}
				taken[f.at], table[f.at] = true, i
				n++
			}
		}
	}
	return table
}

func (m *maglev) Pick(c Client) *Server {
	if len(m.table) == 0 {
		return nil
	}
	port := uint16(0)
	if m.port {
		port = c.From.Port()
	}
	addr := c.From.Addr()
	first := Hash(addr, port, Key1, 0) % TableSize
	if s := m.table[first]; s.usable() {
		return s
	}
	if !m.fallback {
		return nil
	}
	for n := range uint32(TableSize) {
		offset := (n + first) % TableSize
		if s := m.table[Hash(addr, port, Key1, offset)%TableSize]; s.usable() {
			return s
		}
	}
	return nil
}

// Hash is what mh takes of an address and a port: the kernel's hsiphash with the
// same word twice as its key.
func Hash(a netip.Addr, port uint16, key uint64, offset uint32) uint32 {
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], offset+uint32(port)+Fold(a))
	return uint32(sipHash13(b[:], key, key))
}
