package proxyproto

import (
	"encoding/binary"
	"hash/crc32"
	"net/netip"
	"strconv"
)

// AppendV1 writes version 1's header for a connection from source to dest; addresses that are not valid (a unix socket) make
// it UNKNOWN.
func AppendV1(dst []byte, source, dest netip.AddrPort) []byte {
	if !source.Addr().IsValid() {
		return append(dst, "PROXY UNKNOWN\r\n"...)
	}
	if source.Addr().Is4() {
		dst = append(dst, "PROXY TCP4 "...)
	} else {
		dst = append(dst, "PROXY TCP6 "...)
	}
	dst = source.Addr().AppendTo(dst)
	dst = append(dst, ' ')
	if dest.Addr().IsValid() {
		dst = dest.Addr().AppendTo(dst)
	}
	dst = append(dst, ' ')
	dst = strconv.AppendUint(dst, uint64(source.Port()), 10)
	dst = append(dst, ' ')
	dst = strconv.AppendUint(dst, uint64(dest.Port()), 10)
	return append(dst, '\r', '\n')
}

// V2 is a version 2 header to be written, as nginx writes it: with the TLS facts if there are any, and always with a checksum.
type V2 struct {
	Source, Dest netip.AddrPort
	Datagram     bool

	Authority, ALPN string // left out if empty

	// The TypeSSL value; left out if SSLClient is 0.
	SSLClient  byte
	SSLVerify  uint32
	SSLVersion string
	SSLCN      string
	SSLCipher  string
	SSLSigAlg  string
	SSLKeyAlg  string
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Append writes the header.
func (h *V2) Append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, signature...)
	dst = h.appendAddrs(dst)
	dst = appendOptional(dst, TypeAuthority, h.Authority)
	dst = appendOptional(dst, TypeALPN, h.ALPN)
	if h.SSLClient != 0 {
		at := len(dst)
		dst = append(dst, TypeSSL, 0, 0, h.SSLClient)
		dst = binary.BigEndian.AppendUint32(dst, h.SSLVerify)
		dst = appendOptional(dst, TypeSSLVersion, h.SSLVersion)
		dst = appendOptional(dst, TypeSSLCN, h.SSLCN)
		dst = appendOptional(dst, TypeSSLCipher, h.SSLCipher)
		dst = appendOptional(dst, TypeSSLSigAlg, h.SSLSigAlg)
		dst = appendOptional(dst, TypeSSLKeyAlg, h.SSLKeyAlg)
		binary.BigEndian.PutUint16(dst[at+1:], uint16(len(dst)-at-3))
	}
	dst = append(dst, TypeCRC32C, 0, 4, 0, 0, 0, 0)
	header := dst[start:]
	binary.BigEndian.PutUint16(header[14:], uint16(len(header)-v2Header))
	binary.BigEndian.PutUint32(header[len(header)-4:], crc32.Checksum(header, castagnoli))
	return dst
}

// appendAddrs writes command, family and addresses. With IPv4 on one side and IPv6 on the other both are written as IPv6, two
// mapped IPv4 addresses as IPv4, and without addresses the command is LOCAL.
func (h *V2) appendAddrs(dst []byte) []byte {
	source, dest := h.Source.Addr(), h.Dest.Addr()
	if !source.IsValid() || !dest.IsValid() {
		return append(dst, 2<<4|commandLocal, familyUnspec, 0, 0)
	}
	transport := byte(stream)
	if h.Datagram {
		transport = datagram
	}
	if source.Unmap().Is4() && dest.Unmap().Is4() && source.Is4() == dest.Is4() {
		dst = append(dst, 2<<4|commandProxy, familyInet<<4|transport, 0, 0)
		s, d := source.As4(), dest.As4()
		dst = append(dst, s[:]...)
		dst = append(dst, d[:]...)
	} else {
		dst = append(dst, 2<<4|commandProxy, familyInet6<<4|transport, 0, 0)
		s, d := source.As16(), dest.As16()
		dst = append(dst, s[:]...)
		dst = append(dst, d[:]...)
	}
	dst = binary.BigEndian.AppendUint16(dst, h.Source.Port())
	return binary.BigEndian.AppendUint16(dst, h.Dest.Port())
}

func appendOptional(dst []byte, kind byte, value string) []byte {
	if value == "" {
		return dst
	}
	return AppendTLV(dst, kind, value)
}

// AppendTLV writes one additional value.
func AppendTLV(dst []byte, kind byte, value string) []byte {
	dst = append(dst, kind, byte(len(value)>>8), byte(len(value)))
	return append(dst, value...)
}
