package netfilter

import (
	"encoding/binary"

	"moongate/edge/wire/nftables"

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

// table is the firewall's for a family.
func (f *Firewall) table(fam fam) nftables.Table {
	return nftables.Table{Family: fam.number(), Name: f.c.Table}
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
	b, t := &f.b, f.table(fam)
	b.MakeTable(t)
	if fam == v4 {
		b.Set(t, &nftables.Set{Name: setVIPs, KeyType: nftables.TypeIPv4, KeyLen: 4})
	} else {
		b.Set(t, &nftables.Set{Name: setVIPs, KeyType: nftables.TypeIPv6, KeyLen: 16})
		b.Set(t, &nftables.Set{Name: setND, KeyType: nftables.TypeICMP6, KeyLen: 1, Flags: nftables.Constant})
		b.Add(t, setND, 0, nftables.Element{Key: []byte{neighborSolicit}}, nftables.Element{Key: []byte{neighborAdvert}})
		b.Set(t, &nftables.Set{Name: setLinkLocal, KeyType: nftables.TypeIPv6<<nftables.TypeBits | nftables.TypeIndex, KeyLen: 20})
		b.Chain(t, chainInLink)
		b.Chain(t, chainOutLink)
	}
	b.BaseChain(t, chainOut, nftables.Base{Hook: unix.NF_INET_LOCAL_OUT, Priority: f.c.Priority, Type: "filter"})
	b.BaseChain(t, chainIn, nftables.Base{Hook: unix.NF_INET_LOCAL_IN, Priority: f.c.Priority, Type: "filter"})
	f.direction(fam, chainIn, chainInLink, ipDest, ip6Dest, unix.NFT_META_IIF)
	f.direction(fam, chainOut, chainOutLink, ipSource, ip6Source, unix.NFT_META_OIF)
}

// direction writes the rules of one base chain.
func (f *Firewall) direction(fam fam, chain, link string, at4, at6, key uint32) {
	b := &f.b
	rule := func(chain string, write func()) { b.Rule(f.table(fam), chain, true, write) }
	if fam == v4 {
		rule(chain, func() {
			b.Payload(nftables.Network, at4, 4, 1)
			b.Lookup(setVIPs, 0, 1, nftables.Nowhere)
			f.verdict(nftables.Drop)
		})
		return
	}
	rule(chain, func() {
		b.Payload(nftables.Network, ip6Next, 1, 1)
		b.Equal(1, nextHeaderICMP6)
		b.Payload(nftables.Transport, 0, 1, 1)
		b.Lookup(setND, 0, 1, nftables.Nowhere)
		b.Decide(nftables.Accept, "")
	})
	rule(chain, func() {
		b.Payload(nftables.Network, at6, 16, 1)
		b.Mask(1, linkLocalMask[:])
		b.Equal(1, linkLocal[:]...)
		b.Decide(nftables.Goto, link)
	})
	rule(chain, func() {
		b.Payload(nftables.Network, at6, 16, 1)
		b.Lookup(setVIPs, 0, 1, nftables.Nowhere)
		f.verdict(nftables.Drop)
	})
	rule(link, func() {
		b.Payload(nftables.Network, at6, 16, 1)
		b.Meta(key, 2)
		b.Lookup(setLinkLocal, 0, 1, nftables.Nowhere)
		f.verdict(nftables.Drop)
	})
}

var (
	linkLocal     = [16]byte{0xfe, 0x80}
	linkLocalMask = [16]byte{0xff, 0xc0}
)

// macRules makes the rules for virtual MACs, in front of all others.
func (f *Firewall) macRules(fam fam) {
	b, t := &f.b, f.table(fam)
	b.Set(t, &nftables.Set{Name: setMap, KeyType: nftables.TypeIndex, KeyLen: 4, HostKey: true, HostVal: true, DataType: nftables.TypeIndex, DataLen: 4, Flags: nftables.Map})
	if fam == v6 {
		b.Set(t, &nftables.Set{Name: setMACs, KeyType: nftables.TypeIndex, KeyLen: 4, HostKey: true, HostVal: true})
		b.Rule(t, chainOut, false, func() {
			f.icmp6(routerSolicit)
			f.onMacvlan(2)
			b.Lookup(setMACs, 0, 2, nftables.Nowhere)
			f.verdict(nftables.Drop)
		})
	}
	b.Rule(t, chainOut, false, func() {
		if fam == v4 {
			b.Payload(nftables.Network, ipProtocol, 1, 1)
			b.Equal(1, nextHeaderIGMP)
			b.Payload(nftables.Network, ipDest, 4, 1)
		} else {
			f.icmp6(listenerReport)
			b.Payload(nftables.Network, ip6Dest, 16, 1)
		}
		f.onMacvlan(2)
		b.Lookup(setMap, 0, 2, 2)
		b.Dup(1, 2)
		f.verdict(nftables.Drop)
	})
}

func (f *Firewall) icmp6(kind byte) {
	f.b.Meta(unix.NFT_META_L4PROTO, 1)
	f.b.Equal(1, nextHeaderICMP6)
	f.b.Payload(nftables.Transport, 0, 1, 1)
	f.b.Equal(1, kind)
}

// onMacvlan goes on only for packets that leave by a macvlan, whose index it loads.
func (f *Firewall) onMacvlan(reg uint32) {
	const metaOutKind = 27 // NFT_META_OIFKIND
	f.b.Meta(metaOutKind, reg)
	kind := [16]byte{}
	copy(kind[:], "macvlan")
	f.b.Equal(reg, kind[:]...)
	f.b.Meta(unix.NFT_META_OIF, reg)
}

func (f *Firewall) verdict(v nftables.Verdict) {
	if f.c.Counters {
		f.b.Counter()
	}
	f.b.Decide(v, "")
}

func native32(n int) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }
