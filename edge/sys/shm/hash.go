package shm

import (
	"math/bits"
	"unsafe"
)

// Hash is the table's hash of a key: multiply and fold, 16 bytes a step, seeded
// per segment. nginx's zones use CRC-32 in a tree; in a hash table a function that
// anybody can compute would let clients pile all their keys onto one chain.
//
//	mix(a,b) = high64(a*b) xor low64(a*b)
//	h = seed0 xor n; for each whole 16 bytes but the last: h = mix(w0^seed1, w1^h)
//	then the last 16 bytes (n >= 16), or the first and last 8 or 4, or bytes 0, n/2, n-1
//	h = mix(a^seed1, b^h); result = low32(h xor h>>32)
func (s *Segment) Hash(key string) uint32 {
	hd := s.head()
	k := hd.seed[1]
	h := hd.seed[0] ^ uint64(len(key))
	p := unsafe.Pointer(unsafe.StringData(key))
	n := len(key)
	var a, b uint64
	switch {
	case n >= 16:
		for i := 0; i+16 < n; i += 16 {
			h = mix(load64(p, i)^k, load64(p, i+8)^h)
		}
		a, b = load64(p, n-16), load64(p, n-8)
	case n >= 8:
		a, b = load64(p, 0), load64(p, n-8)
	case n >= 4:
		a, b = uint64(*(*uint32)(p)), uint64(*(*uint32)(unsafe.Add(p, n-4)))
	case n > 0:
		a = uint64(key[0])<<16 | uint64(key[n/2])<<8 | uint64(key[n-1])
	}
	h = mix(a^k, b^h)
	return uint32(h ^ h>>32)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// load64 reads 8 bytes at any alignment, which amd64 and arm64 allow.
func load64(p unsafe.Pointer, i int) uint64 { return *(*uint64)(unsafe.Add(p, i)) }
