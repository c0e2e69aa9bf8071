package vrrp

import (
	"encoding/binary"
	"net/netip"
)

const (
	ipSize = 20
	// tos is that of network control (RFC 9568 section 5.1.1 leaves it open; keepalived and routers use it).
	tos = 0xc0
)

// IPv4 is what an IPv4 header says of a packet.
type IPv4 struct {
	Src, Dst netip.Addr
	ID       uint16
	TTL      uint8
	Protocol uint8
}

// Append writes the header of a packet with a payload of n bytes.
func (h *IPv4) Append(dst []byte, n int) []byte {
	at := len(dst)
	dst = append(dst, 0x45, tos)
	dst = binary.BigEndian.AppendUint16(dst, uint16(ipSize+n))
	dst = binary.BigEndian.AppendUint16(dst, h.ID)
	dst = append(dst, 0, 0, h.TTL, h.Protocol, 0, 0)
	dst = append(dst, h.Src.AsSlice()...)
	dst = append(dst, h.Dst.AsSlice()...)
	binary.BigEndian.PutUint16(dst[at+10:], ^fold(add(0, dst[at:])))
	return dst
}

// ParseIPv4 reads the header of a packet from a raw socket and returns the payload. It is false for what is no IPv4 packet
// or is shorter than it says.
func ParseIPv4(p []byte) (h IPv4, payload []byte, ok bool) {
	if len(p) < ipSize || p[0]>>4 != 4 {
		return h, nil, false
	}
	head, all := int(p[0]&0x0f)*4, int(binary.BigEndian.Uint16(p[2:]))
	if head < ipSize || all < head || len(p) < all {
		return h, nil, false
	}
	h.Src, h.Dst = netip.AddrFrom4([4]byte(p[12:])), netip.AddrFrom4([4]byte(p[16:]))
	h.ID, h.TTL, h.Protocol = binary.BigEndian.Uint16(p[4:]), p[8], p[9]
	return h, p[head:all], true
}
