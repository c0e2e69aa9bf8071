package netfilter

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// fam is an index into arrays, and has the kernel's number in families.
type fam int

const (
	v4 fam = iota
	v6
)

var families = [...]fam{v4, v6}

func familyOf(six bool) fam {
	if six {
		return v6
	}
	return v4
}

func (f fam) number() uint8 {
	if f == v6 {
		return unix.NFPROTO_IPV6
	}
	return unix.NFPROTO_IPV4
}

// The names are keepalived's.
const (
	setVIPs      = "vips"
	setLinkLocal = "vips_link_local"
	setND        = "neighbor-discovery"
	setMap       = "vmac_map"
	setMACs      = "vmac_set"

	chainIn      = "in"
	chainOut     = "out"
	chainInLink  = "in_link_local"
	chainOutLink = "out_link_local"
)

// Types of keys, by which the nft command knows how to print them (src/datatype.c there).
const (
	typeIPv4  = 7
	typeIPv6  = 8
	typeIndex = 20
	typeICMP6 = 29
	typeBits  = 6 // of one type in a concatenation
)

// Where things are in packets.
const (
	ipProtocol, ipSource, ipDest    = 9, 12, 16
	ip6Next, ip6Source, ip6Dest     = 6, 8, 24
	nextHeaderICMP6, nextHeaderIGMP = 58, 2

	routerSolicit, neighborSolicit, neighborAdvert, listenerReport = 133, 135, 136, 143
)

// skeleton makes the table of a family with all that is dropped by address; what
// hangs in it is only sets that are empty.
func (f *Firewall) skeleton(fam fam) {
	b, table := &f.b, f.c.Table
	b.table(fam, unix.NFT_MSG_NEWTABLE, table)
	if fam == v4 {
		b.set(fam, table, set{name: setVIPs, keyType: typeIPv4, keyLen: 4})
	} else {
		b.set(fam, table, set{name: setVIPs, keyType: typeIPv6, keyLen: 16})
		b.set(fam, table, set{name: setND, keyType: typeICMP6, keyLen: 1, flags: unix.NFT_SET_CONSTANT})
		b.element(fam, unix.NFT_MSG_NEWSETELEM, table, setND, []byte{neighborSolicit}, nil)
		b.element(fam, unix.NFT_MSG_NEWSETELEM, table, setND, []byte{neighborAdvert}, nil)
		b.set(fam, table, set{name: setLinkLocal, keyType: typeIPv6<<typeBits | typeIndex, keyLen: 20})
		b.chain(fam, table, chainInLink)
		b.chain(fam, table, chainOutLink)
	}
	b.baseChain(fam, table, chainOut, unix.NF_INET_LOCAL_OUT, f.c.Priority)
	b.baseChain(fam, table, chainIn, unix.NF_INET_LOCAL_IN, f.c.Priority)
	f.direction(fam, chainIn, chainInLink, ipDest, ip6Dest, unix.NFT_META_IIF)
	f.direction(fam, chainOut, chainOutLink, ipSource, ip6Source, unix.NFT_META_OIF)
}

// direction writes the rules of one base chain.
func (f *Firewall) direction(fam fam, chain, link string, at4, at6, key uint32) {
	b := &f.b
	rule := func(chain string, write func()) { b.rule(fam, f.c.Table, chain, true, write) }
	if fam == v4 {
		rule(chain, func() {
			b.payload(network, at4, 4, 1)
			b.lookup(setVIPs, 1, 0)
			f.verdict(drop)
		})
		return
	}
	rule(chain, func() {
		b.payload(network, ip6Next, 1, 1)
		b.equal(1, nextHeaderICMP6)
		b.payload(transport, 0, 1, 1)
		b.lookup(setND, 1, 0)
		b.verdict(accept, "")
	})
	rule(chain, func() {
		b.payload(network, at6, 16, 1)
		b.mask(1, linkLocalMask[:])
		b.equal(1, linkLocal[:]...)
		b.verdict(jump, link)
	})
	rule(chain, func() {
		b.payload(network, at6, 16, 1)
		b.lookup(setVIPs, 1, 0)
		f.verdict(drop)
	})
	rule(link, func() {
		b.payload(network, at6, 16, 1)
		b.meta(key, 2)
		b.lookup(setLinkLocal, 1, 0)
		f.verdict(drop)
	})
}

var (
	linkLocal     = [16]byte{0xfe, 0x80}
	linkLocalMask = [16]byte{0xff, 0xc0}
)

// macRules makes the rules for virtual MACs, in front of all others.
func (f *Firewall) macRules(fam fam) {
	b, table := &f.b, f.c.Table
	b.set(fam, table, set{name: setMap, keyType: typeIndex, keyLen: 4, dataType: typeIndex, flags: unix.NFT_SET_MAP})
	if fam == v6 {
		b.set(fam, table, set{name: setMACs, keyType: typeIndex, keyLen: 4})
		b.rule(fam, table, chainOut, false, func() {
			f.icmp6(routerSolicit)
			f.onMacvlan(2)
			b.lookup(setMACs, 2, 0)
			f.verdict(drop)
		})
	}
	b.rule(fam, table, chainOut, false, func() {
		if fam == v4 {
			b.payload(network, ipProtocol, 1, 1)
			b.equal(1, nextHeaderIGMP)
			b.payload(network, ipDest, 4, 1)
		} else {
			f.icmp6(listenerReport)
			b.payload(network, ip6Dest, 16, 1)
		}
		f.onMacvlan(2)
		b.lookup(setMap, 2, 2)
		b.dup(1, 2)
		f.verdict(drop)
	})
}

func (f *Firewall) icmp6(kind byte) {
	f.b.meta(unix.NFT_META_L4PROTO, 1)
	f.b.equal(1, nextHeaderICMP6)
	f.b.payload(transport, 0, 1, 1)
	f.b.equal(1, kind)
}

// onMacvlan goes on only for packets that leave by a macvlan, whose index it loads.
func (f *Firewall) onMacvlan(reg uint32) {
	const metaOutKind = 27 // NFT_META_OIFKIND
	f.b.meta(metaOutKind, reg)
	kind := [16]byte{}
	copy(kind[:], "macvlan")
	f.b.equal(reg, kind[:]...)
	f.b.meta(unix.NFT_META_OIF, reg)
}

func (f *Firewall) verdict(v int32) {
	if f.c.Counters {
		f.b.counter()
	}
	f.b.verdict(v, "")
}

func native32(n int) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }
