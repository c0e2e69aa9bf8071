// Package icmp is the codec of echo messages (RFC 792, RFC 4443): pure bytes, no
// sockets. keepalived/check pings with it.
package icmp

import "encoding/binary"

// The types of echo messages.
const (
	Request4, Reply4 = 8, 0
	Request6, Reply6 = 128, 129
)

// Echo is an echo message.
type Echo struct {
	Type byte
	ID   uint16
	Seq  uint16
	Data []byte
}

// Append appends the message. The checksum is set for ICMP over IPv4; that of
// IPv6 covers addresses and is the kernel's affair.
func (e *Echo) Append(b []byte) []byte {
	start := len(b)
	b = append(b, e.Type, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, e.ID)
	b = binary.BigEndian.AppendUint16(b, e.Seq)
	b = append(b, e.Data...)
	if e.Type == Request4 || e.Type == Reply4 {
		binary.BigEndian.PutUint16(b[start+2:], checksum(b[start:]))
	}
	return b
}

// Parse reads a message, or tells that it is none: too short, of another type,
// or, over IPv4, with a wrong checksum. Data is a view into b.
func Parse(b []byte, v6 bool) (Echo, bool) {
	if len(b) < 8 {
		return Echo{}, false
	}
	e := Echo{Type: b[0], ID: binary.BigEndian.Uint16(b[4:]), Seq: binary.BigEndian.Uint16(b[6:]), Data: b[8:]}
	switch {
	case b[1] != 0:
		return Echo{}, false
	case v6:
		return e, e.Type == Request6 || e.Type == Reply6
	}
	return e, (e.Type == Request4 || e.Type == Reply4) && checksum(b) == 0
}

// checksum is the Internet checksum (RFC 1071).
func checksum(b []byte) uint16 {
	var sum uint32
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum>>16 != 0 {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
