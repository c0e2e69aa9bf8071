package vrrp

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
)

// AH is the authentication header that version 2 may have between the IP header and the packet.
type AH struct {
	SPI uint32 // keepalived: the sender's address
	Seq uint32 // grows over all senders
	ICV [12]byte
}

// ProtocolAH is its number in an IP header, AHSize its length.
const (
	ProtocolAH = 51
	AHSize     = 24
)

// ParseAH reads the header and returns what follows it. It is false when there is no header of this kind, or none for VRRP.
func ParseAH(p []byte) (h AH, rest []byte, ok bool) {
	if len(p) < AHSize || p[0] != Protocol || p[1] != AHSize/4-2 {
		return h, nil, false
	}
	h.SPI, h.Seq = binary.BigEndian.Uint32(p[4:]), binary.BigEndian.Uint32(p[8:])
	copy(h.ICV[:], p[12:])
	return h, p[AHSize:], true
}

// Append writes the header.
func (h *AH) Append(dst []byte) []byte {
	dst = append(dst, Protocol, AHSize/4-2, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, h.SPI)
	dst = binary.BigEndian.AppendUint32(dst, h.Seq)
	return append(dst, h.ICV[:]...)
}

// Sign is the ICV of a whole IPv4 packet: HMAC-MD5 with the password, the first 96 bits (RFC 2403), over everything but what
// routers may change. keepalived counts the TTL among that only for unicast.
func Sign(password [8]byte, p []byte, unicast bool) (icv [12]byte) {
	if len(p) < ipSize+AHSize {
		return icv
	}
	var ip [ipSize]byte
	copy(ip[:], p)
	ip[1], ip[6], ip[7], ip[10], ip[11] = 0, 0, 0, 0, 0
	if unicast {
		ip[8] = 0
	}
	h := hmac.New(md5.New, password[:])
	h.Write(ip[:])
	h.Write(p[ipSize : ipSize+12])
	h.Write(icv[:])
	h.Write(p[ipSize+AHSize:])
	copy(icv[:], h.Sum(nil))
	return icv
}
