package netlink

import (
	"encoding/binary"
	"net/netip"

	"moongate/edge/wire/nlmsg"
)

// Encap is what a hop puts packets into, in the kernel's words: one of LWTUNNEL_ENCAP_...,
// and attributes of it. The zero value is nothing.
type Encap struct {
	Kind  uint16
	Attrs string
}

// Tunnel is the outer head of EncapIP.
type Tunnel struct {
	IPv6     bool
	ID       uint64
	Dst, Src netip.Addr
	TTL, TOS uint8 // hop limit and traffic class of IPv6
}

// What linux/lwtunnel.h, mpls_iptunnel.h and ila.h call these.
const (
	encapMPLS, encapIP, encapILA, encapIP6 = 1, 2, 3, 4

	tunnelID, tunnelDst, tunnelSrc = 1, 2, 3
	tunnelTTL, tunnelTOS           = 4, 5
	mplsDst                        = 1
	ilaLocator                     = 1
)

// EncapIP puts packets into a tunnel, whose interface is that of the route.
func EncapIP(t Tunnel) Encap {
	kind := uint16(encapIP)
	if t.IPv6 {
		kind = encapIP6
	}
	var e nlmsg.Encoder
	if t.ID != 0 {
		e.Attr(tunnelID, binary.BigEndian.AppendUint64(nil, t.ID))
	}
	if t.Dst.IsValid() {
		e.Attr(tunnelDst, t.Dst.AsSlice())
	}
	if t.Src.IsValid() {
		e.Attr(tunnelSrc, t.Src.AsSlice())
	}
	if t.TTL != 0 {
		e.Uint8(tunnelTTL, t.TTL)
	}
	if t.TOS != 0 {
		e.Uint8(tunnelTOS, t.TOS)
	}
	return Encap{kind, string(e.Bytes())}
}

// EncapMPLS puts a stack of labels in front of packets (RFC 3032), the first outermost.
func EncapMPLS(labels []uint32) Encap {
	const bottom = 1 << 8
	var stack []byte
	for i, label := range labels {
		entry := label << 12
		if i == len(labels)-1 {
			entry |= bottom
		}
		stack = binary.BigEndian.AppendUint32(stack, entry)
	}
	var e nlmsg.Encoder
	e.Attr(mplsDst, stack)
	return Encap{encapMPLS, string(e.Bytes())}
}

// EncapILA gives the destination another locator, the upper half of an IPv6 address.
func EncapILA(locator [4]uint16) Encap {
	var b []byte
	for _, group := range locator {
		b = binary.BigEndian.AppendUint16(b, group)
	}
	var e nlmsg.Encoder
	e.Attr(ilaLocator, b)
	return Encap{encapILA, string(e.Bytes())}
}
