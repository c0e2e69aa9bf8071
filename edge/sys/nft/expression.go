package nft

import (
	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Registers hold 16 bytes each, or 4 when they are named by their quarters: address
// is reg1 or its first quarter, and what must follow an address comes after it.
const (
	reg1     = unix.NFT_REG_1
	reg3     = unix.NFT_REG_3
	reg4     = unix.NFT_REG_4
	quarter0 = unix.NFT_REG32_00
)

func (b *Batch) expression(name string, write func()) {
	b.Open(unix.NFTA_LIST_ELEM | nlmsg.Nested)
	b.String(unix.NFTA_EXPR_NAME, name)
	b.Open(unix.NFTA_EXPR_DATA | nlmsg.Nested)
	write()
	b.Close()
	b.Close()
}

func (b *Batch) payload(base, offset, n, reg uint32) {
	b.expression("payload", func() {
		b.Uint32BE(unix.NFTA_PAYLOAD_DREG, reg)
		b.Uint32BE(unix.NFTA_PAYLOAD_BASE, base)
		b.Uint32BE(unix.NFTA_PAYLOAD_OFFSET, offset)
		b.Uint32BE(unix.NFTA_PAYLOAD_LEN, n)
	})
}

func (b *Batch) meta(key, reg uint32) {
	b.expression("meta", func() {
		b.Uint32BE(unix.NFTA_META_DREG, reg)
		b.Uint32BE(unix.NFTA_META_KEY, key)
	})
}

func (b *Batch) equal(reg uint32, v ...byte) {
	b.expression("cmp", func() {
		b.Uint32BE(unix.NFTA_CMP_SREG, reg)
		b.Uint32BE(unix.NFTA_CMP_OP, unix.NFT_CMP_EQ)
		b.data(unix.NFTA_CMP_DATA, v)
	})
}

func (b *Batch) mask(reg uint32, mask []byte) {
	b.expression("bitwise", func() {
		b.Uint32BE(unix.NFTA_BITWISE_SREG, reg)
		b.Uint32BE(unix.NFTA_BITWISE_DREG, reg)
		b.Uint32BE(unix.NFTA_BITWISE_LEN, uint32(len(mask)))
		b.data(unix.NFTA_BITWISE_MASK, mask)
		b.data(unix.NFTA_BITWISE_XOR, make([]byte, len(mask)))
	})
}

// nowhere is the register of a lookup that only asks whether a key is in a set.
const nowhere = ^uint32(0)

// lookup finds a key, and in a map follows its verdict.
func (b *Batch) lookup(name string, id, key, value uint32) {
	b.expression("lookup", func() {
		b.String(unix.NFTA_LOOKUP_SET, name)
		if id != 0 {
			b.Uint32BE(unix.NFTA_LOOKUP_SET_ID, id)
		}
		b.Uint32BE(unix.NFTA_LOOKUP_SREG, key)
		if value != nowhere {
			b.Uint32BE(unix.NFTA_LOOKUP_DREG, value)
		}
	})
}

// remember has packets write a key into a set, or its time anew.
func (b *Batch) remember(name string, key uint32) {
	b.expression("dynset", func() {
		b.String(unix.NFTA_DYNSET_SET_NAME, name)
		b.Uint32BE(unix.NFTA_DYNSET_OP, unix.NFT_DYNSET_OP_UPDATE)
		b.Uint32BE(unix.NFTA_DYNSET_SREG_KEY, key)
	})
}

func (b *Batch) immediate(reg uint32, v []byte) {
	b.expression("immediate", func() {
		b.Uint32BE(unix.NFTA_IMMEDIATE_DREG, reg)
		b.data(unix.NFTA_IMMEDIATE_DATA, v)
	})
}

// turn loads the next number below n.
func (b *Batch) turn(n, reg uint32) {
	b.expression("numgen", func() {
		b.Uint32BE(unix.NFTA_NG_DREG, reg)
		b.Uint32BE(unix.NFTA_NG_MODULUS, n)
		b.Uint32BE(unix.NFTA_NG_TYPE, unix.NFT_NG_INCREMENTAL)
	})
}

// seed is the same on every director, so that they choose alike.
const seed = 0x6d6f6f6e

// hash loads a number below n that length bytes from a register on decide.
func (b *Batch) hash(from, length, n, reg uint32) {
	b.expression("hash", func() {
		b.Uint32BE(unix.NFTA_HASH_SREG, from)
		b.Uint32BE(unix.NFTA_HASH_DREG, reg)
		b.Uint32BE(unix.NFTA_HASH_LEN, length)
		b.Uint32BE(unix.NFTA_HASH_MODULUS, n)
		b.Uint32BE(unix.NFTA_HASH_SEED, seed)
		b.Uint32BE(unix.NFTA_HASH_TYPE, unix.NFT_HASH_JENKINS)
	})
}

func (b *Batch) dnat(family uint8, address, port uint32) {
	b.expression("nat", func() {
		b.Uint32BE(unix.NFTA_NAT_TYPE, unix.NFT_NAT_DNAT)
		b.Uint32BE(unix.NFTA_NAT_FAMILY, uint32(family))
		b.Uint32BE(unix.NFTA_NAT_REG_ADDR_MIN, address)
		if port != 0 {
			b.Uint32BE(unix.NFTA_NAT_REG_PROTO_MIN, port)
		}
	})
}
