package nft

import (
	"encoding/binary"
	"net/netip"

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
	four = fam{unix.NFPROTO_IPV4, typeIPv4, 4, 12, 16, "services4", "hosts4"}
	six  = fam{unix.NFPROTO_IPV6, typeIPv6, 16, 8, 24, "services6", "hosts6"}
)

func of(a netip.Addr) fam {
	if a.Is4() {
		return four
	}
	return six
}

// skeleton makes the table with no services.
func (b *Batch) skeleton() {
	b.message(unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE)
	b.String(unix.NFTA_TABLE_NAME, tableName)
	for _, f := range []fam{four, six} {
		b.set(&set{name: f.one, keyType: f.keyType<<12 | typeProto<<6 | typePort, keyLen: f.size + 8, flags: unix.NFT_SET_MAP})
		b.set(&set{name: f.all, keyType: f.keyType<<6 | typeProto, keyLen: f.size + 4, flags: unix.NFT_SET_MAP})
	}
	for name, hook := range map[string]uint32{"prerouting": unix.NF_INET_PRE_ROUTING, "output": unix.NF_INET_LOCAL_OUT} {
		b.natChain(name, hook)
		for _, f := range []fam{four, six} {
			load := func() {
				b.meta(unix.NFT_META_NFPROTO, reg1)
				b.equal(reg1, f.number)
				b.payload(unix.NFT_PAYLOAD_NETWORK_HEADER, f.dest, f.size, quarter0)
				b.meta(unix.NFT_META_L4PROTO, quarter0+f.size/4)
			}
			b.rule(name, func() {
				load()
				b.payload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, quarter0+f.size/4+1)
				b.lookup(f.one, 0, reg1, unix.NFT_REG_VERDICT)
			})
			b.rule(name, func() {
				load()
				b.lookup(f.all, 0, reg1, unix.NFT_REG_VERDICT)
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
	b.elements(unix.NFT_MSG_NEWSETELEM, name, 0, []item{{key: key, chain: chain}})
}

// Unlead undoes Lead.
func (b *Batch) Unlead(k Key) {
	name, key := k.in()
	b.elements(unix.NFT_MSG_DELSETELEM, name, 0, []item{{key: key}})
}

// AddChain makes a chain that is empty, Empty takes its rules away, DelChain it
// itself, once nothing leads to it.
func (b *Batch) AddChain(name string) { b.chain(unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE, name) }

// Empty deletes all rules of a chain.
func (b *Batch) Empty(name string) {
	b.message(unix.NFT_MSG_DELRULE, 0)
	b.String(unix.NFTA_RULE_TABLE, tableName)
	b.String(unix.NFTA_RULE_CHAIN, name)
}

// DelChain deletes a chain with its rules.
func (b *Batch) DelChain(name string) {
	b.Empty(name)
	b.chain(unix.NFT_MSG_DELCHAIN, 0, name)
}

func binaryPort(p uint16) []byte { return binary.BigEndian.AppendUint16(nil, p) }
