package nft

import (
	"net/netip"
	"time"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Memory is for how long a destination remembers a client after its last new
// connection, and how much of the address it looks at. Nothing: it doesn't.
type Memory struct {
	For  time.Duration
	Bits int
}

// AddDest makes a destination's chain; port 0 keeps that of the packet. With a
// memory the client is remembered.
func (b *Batch) AddDest(name string, to netip.AddrPort, m Memory) {
	f := of(to.Addr())
	if m.For > 0 {
		b.set(&set{name: clients(name), flags: unix.NFT_SET_TIMEOUT | unix.NFT_SET_EVAL, keyType: f.keyType, keyLen: f.size,
			timeout: uint64(m.For / time.Millisecond), size: 1 << 16})
	}
	b.AddChain(name)
	b.rule(name, func() {
		b.expression("counter", func() {})
		if m.For > 0 {
			b.client(f, m)
			b.remember(clients(name), reg1)
		}
		b.immediate(reg1, to.Addr().AsSlice())
		port := uint32(0)
		if to.Port() != 0 {
			port = reg3
			b.immediate(reg3, binaryPort(to.Port()))
		}
		b.dnat(f.number, reg1, port)
	})
}

// DelDest deletes a destination's chain, to which nothing leads any more.
func (b *Batch) DelDest(name string, m Memory) {
	b.DelChain(name)
	if m.For > 0 {
		b.message(unix.NFT_MSG_DELSET, 0)
		b.String(unix.NFTA_SET_TABLE, tableName)
		b.String(unix.NFTA_SET_NAME, clients(name))
	}
}

func clients(dest string) string { return dest + "_clients" }

// client loads what of the client's address a memory looks at.
func (b *Batch) client(f fam, m Memory) {
	b.source(f)
	if m.Bits <= 0 || m.Bits >= int(f.size)*8 {
		return
	}
	mask := make([]byte, f.size)
	for i := range m.Bits {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	b.mask(reg1, mask)
}

// source loads the client's address. The kind of packet is certain here, but the
// nft command knows only by this question what it is that is loaded.
func (b *Batch) source(f fam) {
	b.meta(unix.NFT_META_NFPROTO, reg1)
	b.equal(reg1, f.number)
	b.payload(unix.NFT_PAYLOAD_NETWORK_HEADER, f.source, f.size, reg1)
}

// Choice is how a service's chain chooses.
type Choice struct {
	Addr   netip.Addr // the service's
	Hash   bool       // by the client's address, else by turns
	ByPort bool       // and its port
	Table  []string   // chains of destinations; they may stand in it more than once
	Memory Memory     // which all destinations have
	All    []string   // those whose memories are asked first, also if they are in no table
}

// Choose writes the rules of a service's chain.
func (b *Batch) Choose(chain string, c Choice) {
	f := of(c.Addr)
	if c.Memory.For > 0 {
		for _, dest := range c.All {
			b.rule(chain, func() {
				b.client(f, c.Memory)
				b.lookup(clients(dest), 0, reg1, nowhere)
				b.expression("immediate", func() {
					b.Uint32BE(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT)
					b.Open(unix.NFTA_IMMEDIATE_DATA | nlmsg.Nested)
					b.jump(dest)
					b.Close()
				})
			})
		}
	}
	if len(c.Table) == 0 {
		return
	}
	items := make([]item, len(c.Table))
	for i, dest := range c.Table {
		items[i] = item{key: native(uint32(i)), chain: dest}
	}
	leads := b.anonymous(items)
	b.rule(chain, func() {
		n := uint32(len(c.Table))
		if c.Hash {
			length := f.size
			b.source(f)
			if c.ByPort {
				b.payload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2, quarter0+f.size/4)
				length += 4
			}
			b.hash(reg1, length, n, reg4)
		} else {
			b.turn(n, reg4)
		}
		b.lookup(anonymous, leads, reg4, unix.NFT_REG_VERDICT)
	})
}

const anonymous = "__map%d" // the kernel puts a number in

// anonymous makes a map to chains that lives and dies with the rule that looks into it.
func (b *Batch) anonymous(items []item) uint32 {
	s := &set{name: anonymous, flags: unix.NFT_SET_MAP | unix.NFT_SET_ANONYMOUS | unix.NFT_SET_CONSTANT, keyType: typeNumber, keyLen: 4,
		hostKey: true}
	b.set(s)
	b.elements(unix.NFT_MSG_NEWSETELEM, anonymous, s.id, items)
	return s.id
}
