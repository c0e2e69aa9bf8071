package trie

import (
	"hash/maphash"
	"math/bits"
	"slices"
)

// Map is a persistent hash trie: a map whose changed copy shares all but one branch per level with the old one. Each branch
// looks at five bits of the hash and holds only the places that are taken:
//
//	bits   ...0000100100010
//	slots  [ key a ][ branch ][ key b ]
//
// Its shape depends on what it holds alone, not on how it came there. The zero value is empty.
type Map[T any] struct {
	root *branch[T]
}

type branch[T any] struct {
	bits  uint32
	slots []slot[T]
}

type slot[T any] struct {
	sub  *branch[T] // or:
	hash uint64
	key  string
	val  *T
	next *slot[T] // the same hash in all 64 bits
}

const stride = 5

var seed = maphash.MakeSeed()

func hash(key string) uint64 { return maphash.String(seed, key) }

// Empty tells whether nothing is in it.
func (t Map[T]) Empty() bool { return t.root == nil }

// Get is the value of a key, nil when there is none.
func (t Map[T]) Get(key string) *T {
	if t.root == nil {
		return nil
	}
	return t.find(hash(key), key)
}

func (t Map[T]) find(h uint64, key string) *T {
	rest := h
	for b := t.root; b != nil; rest >>= stride {
		bit := uint32(1) << (rest & (1<<stride - 1))
		if b.bits&bit == 0 {
			return nil
		}
		s := &b.slots[bits.OnesCount32(b.bits&(bit-1))]
		if b = s.sub; b != nil {
			continue
		}
		for ; s != nil; s = s.next {
			if s.hash == h && s.key == key {
				return s.val
			}
		}
	}
	return nil
}

// Set gives a map in which key has the value; nil removes it.
func (t Map[T]) Set(key string, v *T) Map[T] {
	return t.Update(key, func(*T) *T { return v })
}

// Update gives a map in which key has what f makes of the value it has now. nil stands for none, before and after.
func (t Map[T]) Update(key string, f func(*T) *T) Map[T] {
	return t.updateHash(hash(key), key, f)
}

func (t Map[T]) updateHash(h uint64, key string, f func(*T) *T) Map[T] {
	return Map[T]{t.root.update(h, 0, key, f)}
}

func (b *branch[T]) update(h uint64, shift int, key string, f func(*T) *T) *branch[T] {
	bit := uint32(1) << (h >> shift & (1<<stride - 1))
	if b == nil || b.bits&bit == 0 {
		v := f(nil)
		if v == nil {
			return b
		}
		return b.insert(bit, slot[T]{hash: h, key: key, val: v})
	}
	i := bits.OnesCount32(b.bits & (bit - 1))
	s := b.slots[i]
	switch {
	case s.sub != nil:
		sub := s.sub.update(h, shift+stride, key, f)
		switch {
		case sub == s.sub:
			return b
		case len(sub.slots) == 1 && sub.slots[0].sub == nil:
			return b.replace(i, sub.slots[0])
		}
		return b.replace(i, slot[T]{sub: sub})
	case s.hash == h:
		if chain := s.update(key, f); chain != nil {
			return b.replace(i, *chain)
		}
		return b.remove(i, bit)
	}
	v := f(nil)
	if v == nil {
		return b
	}
	return b.replace(i, slot[T]{sub: both(shift+stride, s, slot[T]{hash: h, key: key, val: v})})
}

// both makes the branch that two slots with different hashes need below shift.
func both[T any](shift int, x, y slot[T]) *branch[T] {
	bit := func(s slot[T]) uint32 { return 1 << (s.hash >> shift & (1<<stride - 1)) }
	if bit(x) == bit(y) {
		return &branch[T]{bit(x), []slot[T]{{sub: both(shift+stride, x, y)}}}
	}
	return (&branch[T]{bit(x), []slot[T]{x}}).insert(bit(y), y)
}

// update of a chain of slots with one hash; nil when nothing is left.
func (s *slot[T]) update(key string, f func(*T) *T) *slot[T] {
	var out []slot[T]
	found := false
	for ; s != nil; s = s.next {
		one := slot[T]{hash: s.hash, key: s.key, val: s.val}
		if s.key == key {
			found = true
			if one.val = f(s.val); one.val == nil {
				continue
			}
		}
		out = append(out, one)
	}
	if !found {
		if v := f(nil); v != nil {
			out = append(out, slot[T]{hash: out[0].hash, key: key, val: v})
		}
	}
	if len(out) == 0 {
		return nil
	}
	for i := range len(out) - 1 {
		out[i].next = &out[i+1]
	}
	return &out[0]
}

func (b *branch[T]) insert(bit uint32, s slot[T]) *branch[T] {
	if b == nil {
		return &branch[T]{bit, []slot[T]{s}}
	}
	i := bits.OnesCount32(b.bits & (bit - 1))
	slots := make([]slot[T], 0, len(b.slots)+1)
	slots = append(append(append(slots, b.slots[:i]...), s), b.slots[i:]...)
	return &branch[T]{b.bits | bit, slots}
}

func (b *branch[T]) replace(i int, s slot[T]) *branch[T] {
	slots := slices.Clone(b.slots)
	slots[i] = s
	return &branch[T]{b.bits, slots}
}

func (b *branch[T]) remove(i int, bit uint32) *branch[T] {
	if len(b.slots) == 1 {
		return nil
	}
	return &branch[T]{b.bits &^ bit, slices.Delete(slices.Clone(b.slots), i, i+1)}
}

// Each calls f for every value, in no particular order.
func (t Map[T]) Each(f func(key string, v *T)) { t.root.each(f) }

func (b *branch[T]) each(f func(string, *T)) {
	if b == nil {
		return
	}
	for i := range b.slots {
		s := &b.slots[i]
		s.sub.each(f)
		for ; s != nil && s.val != nil; s = s.next {
			f(s.key, s.val)
		}
	}
}
