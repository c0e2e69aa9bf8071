// Package ndp is the codec of neighbour advertisements (RFC 4861) on Ethernet, whole
// frames: what ARP is for IPv4. Of neighbour discovery it knows no more than that, since
// the kernel does the rest. It knows no sockets.
package ndp

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

const (
	EtherType = 0x86dd
	Size      = ethSize + ipSize + bodySize // of the frame that Append writes

	ethSize  = 14
	ipSize   = 40
	bodySize = 24 + 8 // with the option that has the hardware address

	icmp          = 58
	advertisement = 136
	targetOption  = 2
	hopLimit      = 255 // what was not routed has this
)

// MAC is an Ethernet address.
type MAC = [6]byte

var (
	allNodes    = netip.AddrFrom16([16]byte{0: 0xff, 1: 0x02, 15: 1})
	allNodesMAC = MAC{0x33, 0x33, 0, 0, 0, 1}
)

// Faults of Parse.
var (
	ErrShort    = errors.New("shorter than a neighbour advertisement")
	ErrKind     = errors.New("not a neighbour advertisement")
	ErrChecksum = errors.New("bad ICMPv6 checksum")
	ErrRouted   = errors.New("hop limit is not 255")
	ErrOption   = errors.New("bad option")
)

// Advert is a neighbour advertisement in its frame.
type Advert struct {
	DstMAC, SrcMAC MAC // of the frame
	Src, Dst       netip.Addr
	Router         bool // the sender forwards packets
	Solicited      bool // it is an answer
	Override       bool // what is known already shall be replaced
	Target         netip.Addr
	MAC            MAC // where the target is
	HasMAC         bool
}

// Unsolicited tells all nodes that ip is now at mac.
func Unsolicited(mac MAC, ip netip.Addr, router bool) Advert {
	return Advert{DstMAC: allNodesMAC, SrcMAC: mac, Src: ip, Dst: allNodes, Router: router, Override: true, Target: ip, MAC: mac, HasMAC: true}
}

// Append writes the frame. The addresses must be IPv6.
func (a *Advert) Append(dst []byte) []byte {
	at := len(dst)
	body := bodySize
	if !a.HasMAC {
		body -= 8
	}
	src, to, target := a.Src.As16(), a.Dst.As16(), a.Target.As16()
	dst = append(dst, a.DstMAC[:]...)
	dst = append(dst, a.SrcMAC[:]...)
	dst = append(dst, EtherType>>8, EtherType&0xff, 0x60, 0, 0, 0, 0, byte(body), icmp, hopLimit)
	dst = append(dst, src[:]...)
	dst = append(dst, to[:]...)
	dst = append(dst, advertisement, 0, 0, 0, a.flags(), 0, 0, 0)
	dst = append(dst, target[:]...)
	if a.HasMAC {
		dst = append(dst, targetOption, 1)
		dst = append(dst, a.MAC[:]...)
	}
	ip := dst[at+ethSize:]
	binary.BigEndian.PutUint16(ip[ipSize+2:], checksum(ip, ip[ipSize:]))
	return dst
}

const (
	routerFlag    = 0x80
	solicitedFlag = 0x40
	overrideFlag  = 0x20
)

func (a *Advert) flags() (f byte) {
	if a.Router {
		f |= routerFlag
	}
	if a.Solicited {
		f |= solicitedFlag
	}
	if a.Override {
		f |= overrideFlag
	}
	return f
}

// checksum is that of an ICMPv6 message behind its header, with a pseudo header (RFC
// 8200 section 8.1). Over a message that has its checksum it is 0.
func checksum(ip, body []byte) uint16 {
	sum := uint32(len(body)) + icmp
	for _, part := range [][]byte{ip[8:ipSize], body} {
		for ; len(part) > 1; part = part[2:] {
			sum += uint32(binary.BigEndian.Uint16(part))
		}
		if len(part) == 1 {
			sum += uint32(part[0]) << 8
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
