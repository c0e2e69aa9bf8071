package netfilter

import (
	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// A rule is a program for a small machine with registers of 16 bytes: each expression
// loads, compares or decides, and one that does not fit ends the rule.

// Parts of a packet.
const (
	network   = unix.NFT_PAYLOAD_NETWORK_HEADER
	transport = unix.NFT_PAYLOAD_TRANSPORT_HEADER
)

// Verdicts.
const (
	drop   = 0 // NF_DROP
	accept = 1 // NF_ACCEPT
	jump   = unix.NFT_GOTO
)

func (b *batch) expression(name string, write func()) {
	b.Open(unix.NFTA_LIST_ELEM | nlmsg.Nested)
	b.String(unix.NFTA_EXPR_NAME, name)
	b.Open(unix.NFTA_EXPR_DATA | nlmsg.Nested)
	write()
	b.Close()
	b.Close()
}

// payload loads n bytes of the packet.
func (b *batch) payload(base, offset, n, reg uint32) {
	b.expression("payload", func() {
		b.Uint32BE(unix.NFTA_PAYLOAD_DREG, reg)
		b.Uint32BE(unix.NFTA_PAYLOAD_BASE, base)
		b.Uint32BE(unix.NFTA_PAYLOAD_OFFSET, offset)
		b.Uint32BE(unix.NFTA_PAYLOAD_LEN, n)
	})
}

// meta loads what the kernel knows of the packet.
func (b *batch) meta(key, reg uint32) {
	b.expression("meta", func() {
		b.Uint32BE(unix.NFTA_META_DREG, reg)
		b.Uint32BE(unix.NFTA_META_KEY, key)
	})
}

func (b *batch) equal(reg uint32, v ...byte) {
	b.expression("cmp", func() {
		b.Uint32BE(unix.NFTA_CMP_SREG, reg)
		b.Uint32BE(unix.NFTA_CMP_OP, unix.NFT_CMP_EQ)
		b.data(unix.NFTA_CMP_DATA, v)
	})
}

func (b *batch) mask(reg uint32, mask []byte) {
	b.expression("bitwise", func() {
		b.Uint32BE(unix.NFTA_BITWISE_SREG, reg)
		b.Uint32BE(unix.NFTA_BITWISE_DREG, reg)
		b.Uint32BE(unix.NFTA_BITWISE_LEN, uint32(len(mask)))
		b.data(unix.NFTA_BITWISE_MASK, mask)
		b.data(unix.NFTA_BITWISE_XOR, make([]byte, len(mask)))
	})
}

// lookup finds a key in a set; in a map, it loads the value.
func (b *batch) lookup(set string, key, value uint32) {
	b.expression("lookup", func() {
		b.String(unix.NFTA_LOOKUP_SET, set)
		b.Uint32BE(unix.NFTA_LOOKUP_SREG, key)
		if value != 0 {
			b.Uint32BE(unix.NFTA_LOOKUP_DREG, value)
		}
	})
}

// dup sends a copy to an address by an interface.
func (b *batch) dup(address, device uint32) {
	b.expression("dup", func() {
		b.Uint32BE(unix.NFTA_DUP_SREG_ADDR, address)
		b.Uint32BE(unix.NFTA_DUP_SREG_DEV, device)
	})
}

func (b *batch) counter() { b.expression("counter", func() {}) }

func (b *batch) verdict(code int32, chain string) {
	b.expression("immediate", func() {
		b.Uint32BE(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT)
		b.Open(unix.NFTA_IMMEDIATE_DATA | nlmsg.Nested)
		b.Open(unix.NFTA_DATA_VERDICT | nlmsg.Nested)
		b.Uint32BE(unix.NFTA_VERDICT_CODE, uint32(code))
		if chain != "" {
			b.String(unix.NFTA_VERDICT_CHAIN, chain)
		}
		b.Close()
		b.Close()
	})
}
