package nft

import (
	"encoding/binary"
	"net/netip"
	"time"

	"moongate/edge/wire/nftables"

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
		b.Set(table, &nftables.Set{Name: clients(name), Flags: nftables.Timeout | nftables.Eval, KeyType: f.keyType, KeyLen: f.size,
			Timeout: uint64(m.For / time.Millisecond), Size: 1 << 16})
	}
	b.AddChain(name)
	b.Rule(table, name, true, func() {
		b.Counter()
		if m.For > 0 {
			b.client(f, m)
			b.Remember(clients(name), nftables.Reg1)
		}
		b.Immediate(nftables.Reg1, to.Addr().AsSlice())
		port := nftables.Nowhere
		if to.Port() != 0 {
			port = nftables.Reg3
			b.Immediate(nftables.Reg3, binaryPort(to.Port()))
		}
		b.DNAT(f.number, nftables.Reg1, port)
	})
}

// DelDest deletes a destination's chain, to which nothing leads any more.
func (b *Batch) DelDest(name string, m Memory) {
	b.DelChain(name)
	if m.For > 0 {
		b.DropSet(table, clients(name))
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
	b.Mask(nftables.Reg1, mask)
}

// source loads the client's address. The kind of packet is certain here, but the
// nft command knows only by this question what it is that is loaded.
func (b *Batch) source(f fam) {
	b.Meta(unix.NFT_META_NFPROTO, nftables.Reg1)
	b.Equal(nftables.Reg1, f.number)
	b.Payload(nftables.Network, f.source, f.size, nftables.Reg1)
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
			b.Rule(table, chain, true, func() {
				b.client(f, c.Memory)
				b.Lookup(clients(dest), 0, nftables.Reg1, nftables.Nowhere)
				b.Decide(nftables.Goto, dest)
			})
		}
	}
	if len(c.Table) == 0 {
		return
	}
	items := make([]nftables.Element, len(c.Table))
	for i, dest := range c.Table {
		items[i] = nftables.Element{Key: binary.NativeEndian.AppendUint32(nil, uint32(i)), Chain: dest}
	}
	leads := b.anonymous(items)
	b.Rule(table, chain, true, func() {
		n := uint32(len(c.Table))
		if c.Hash {
			length := f.size
			b.source(f)
			if c.ByPort {
				b.Payload(nftables.Transport, 0, 2, nftables.Quarter0+f.size/4)
				length += 4
			}
			b.Hash(nftables.Reg1, length, n, seed, nftables.Reg4)
		} else {
			b.Turn(n, nftables.Reg4)
		}
		b.Lookup(anonymous, leads, nftables.Reg4, nftables.VerdictReg)
	})
}

const anonymous = "__map%d" // the kernel puts a number in

// anonymous makes a map to chains that lives and dies with the rule that looks into it.
func (b *Batch) anonymous(items []nftables.Element) uint32 {
	s := &nftables.Set{Name: anonymous, Flags: nftables.Map | nftables.Anonymous | nftables.Constant, KeyType: nftables.TypeMark, KeyLen: 4,
		DataType: nftables.Verdicts, HostKey: true}
	b.Set(table, s)
	b.Add(table, anonymous, s.ID, items...)
	return s.ID
}

// seed is the same on every director, so that they choose alike.
const seed = 0x6d6f6f6e
