package sched

import (
	"encoding/binary"
	"math/bits"
)

// sipHash13 is SipHash with one round for each word and three at the end, which
// the kernel calls hsiphash on machines of 64 bits.
func sipHash13(p []byte, k0, k1 uint64) uint64 {
	v := [4]uint64{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573}
	end := uint64(len(p)) << 56
	for ; len(p) >= 8; p = p[8:] {
		m := binary.LittleEndian.Uint64(p)
		v[3] ^= m
		sipRound(&v)
		v[0] ^= m
	}
	for i, b := range p {
		end |= uint64(b) << (8 * i)
	}
	v[3] ^= end
	sipRound(&v)
	v[0] ^= end
	v[2] ^= 0xff
	for range 3 {
		sipRound(&v)
	}
	return v[0] ^ v[1] ^ v[2] ^ v[3]
}

func sipRound(v *[4]uint64) {
	v[0] += v[1]
	v[1] = bits.RotateLeft64(v[1], 13) ^ v[0]
	v[0] = bits.RotateLeft64(v[0], 32)
	v[2] += v[3]
	v[3] = bits.RotateLeft64(v[3], 16) ^ v[2]
	v[0] += v[3]
	v[3] = bits.RotateLeft64(v[3], 21) ^ v[0]
	v[2] += v[1]
	v[1] = bits.RotateLeft64(v[1], 17) ^ v[2]
	v[2] = bits.RotateLeft64(v[2], 32)
}
