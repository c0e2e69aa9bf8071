package nft

import (
	"encoding/binary"
	"net/netip"

	"moongate/edge/wire/nftables"

	"golang.org/x/sys/unix"
)

// fam is what differs between IPv4 and IPv6.
type fam struct {
	number       uint8
	keyType      uint32
	size         uint32
	source, dest uint32 // where a packet has its addresses
	one, all     string // maps of services: of one port, of all
}

var (
	four = fam{unix.NFPROTO_IPV4, nftables.TypeIPv4, 4, 12, 16, "services4", "hosts4"}
	six  = fam{unix.NFPROTO_IPV6, nftables.TypeIPv6, 16, 8, 24, "services6", "hosts6"}
)

func of(a netip.Addr) fam {
	if a.Is4() {
		return four
	}
	return six
}

// dstnat is the priority of chains that change destinations: NF_IP_PRI_NAT_DST.
const dstnat = -100

// verdicts makes a map to chains.
func (b *Batch) verdicts(name string, keyType, keyLen uint32) {
	b.Set(table, &nftables.Set{Name: name, Flags: nftables.Map, KeyType: keyType, KeyLen: keyLen, DataType: nftables.Verdicts})
}

// skeleton makes the table with no services.
func (b *Batch) skeleton() {
	b.MakeTable(table)
	for _, f := range []fam{four, six} {
		b.verdicts(f.one, f.keyType<<(2*nftables.TypeBits)|nftables.TypeProto<<nftables.TypeBits|nftables.TypePort, f.size+8)
		b.verdicts(f.all, f.keyType<<nftables.TypeBits|nftables.TypeProto, f.size+4)
	}
	for name, hook := range map[string]uint32{"prerouting": unix.NF_INET_PRE_ROUTING, "output": unix.NF_INET_LOCAL_OUT} {
		b.BaseChain(table, name, nftables.Base{Hook: hook, Priority: dstnat, Type: "nat"})
		for _, f := range []fam{four, six} {
			load := func() {
				b.Meta(unix.NFT_META_NFPROTO, nftables.Reg1)
				b.Equal(nftables.Reg1, f.number)
				b.Payload(nftables.Network, f.dest, f.size, nftables.Quarter0)
				b.Meta(unix.NFT_META_L4PROTO, nftables.Quarter0+f.size/4)
			}
			b.Rule(table, name, true, func() {
				load()
				b.Payload(nftables.Transport, 2, 2, nftables.Quarter0+f.size/4+1)
				b.Lookup(f.one, 0, nftables.Reg1, nftables.VerdictReg)
			})
			b.Rule(table, name, true, func() {
				load()
				b.Lookup(f.all, 0, nftables.Reg1, nftables.VerdictReg)
			})
		}
	}
}

// Key is which packets a service takes; port 0: those of all ports.
type Key struct {
	Addr  netip.Addr
	Port  uint16
	Proto uint8
}

func (k Key) in() (name string, key []byte) {
	f := of(k.Addr)
	key = append(k.Addr.AsSlice(), k.Proto, 0, 0, 0)
	if k.Port == 0 {
		return f.all, key
	}
	return f.one, append(append(key, binaryPort(k.Port)...), 0, 0)
}

// Lead has packets of a key go to a service's chain; Unlead no longer.
func (b *Batch) Lead(k Key, chain string) {
	name, key := k.in()
	b.Add(table, name, 0, nftables.Element{Key: key, Chain: chain})
}

// Unlead undoes Lead.
func (b *Batch) Unlead(k Key) {
	name, key := k.in()
	b.Remove(table, name, nftables.Element{Key: key})
}

// AddChain makes a chain that is empty, Empty takes its rules away, DelChain it
// itself, once nothing leads to it.
func (b *Batch) AddChain(name string) { b.Chain(table, name) }

// Empty deletes all rules of a chain.
func (b *Batch) Empty(name string) { b.EmptyChain(table, name) }

// DelChain deletes a chain with its rules.
func (b *Batch) DelChain(name string) { b.DropChain(table, name) }

func binaryPort(p uint16) []byte { return binary.BigEndian.AppendUint16(nil, p) }
