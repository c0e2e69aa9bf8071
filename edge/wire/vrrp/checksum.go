package vrrp

import (
	"encoding/binary"
	"net/netip"
)

// Sum is how a checksum is made. The zero value is that of version 2, and of version 3 over IPv4 as RFC 9568 has it, and
// routers: over the packet alone. With addresses a pseudo header goes in front, as version 3 over IPv6 needs it, and as
// keepalived makes it over IPv4 too.
type Sum struct {
	Src, Dst netip.Addr
}

// Of is the checksum of a packet, whatever stands in its place for it.
func (s Sum) Of(p []byte) uint16 {
	var n uint32
	if s.Src.IsValid() {
		n = add(n, s.Src.AsSlice())
		n = add(n, s.Dst.AsSlice())
		n += Protocol + uint32(len(p))
	}
	n = add(n, p[:6])
	n = add(n, p[8:])
	return ^fold(n)
}

// Put writes the checksum of a packet into it.
func (s Sum) Put(p []byte) { binary.BigEndian.PutUint16(p[6:], s.Of(p)) }

func fold(n uint32) uint16 {
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return uint16(n)
}

func add(n uint32, p []byte) uint32 {
	for ; len(p) > 1; p = p[2:] {
		n += uint32(binary.BigEndian.Uint16(p))
	}
	if len(p) == 1 {
		n += uint32(p[0]) << 8
	}
	return n
}
