package proxyproto

import (
	"encoding/binary"
	"net/netip"
)

// The fixed part of version 2:
//
//	0          12       13        14      16
//	| signature | ver|cmd | fam|type | length | addresses, TLVs
const (
	v2Header = 16

	commandLocal = 0
	commandProxy = 1

	familyUnspec = 0
	familyInet   = 1
	familyInet6  = 2

	stream   = 1
	datagram = 2
)

func (h *Header) parseV2(buf []byte) (int, Result) {
	if len(buf) < v2Header {
		return 0, Again
	}
	h.Version = int(buf[12] >> 4)
	if h.Version != 2 {
		return 0, UnknownVersion
	}
	end := v2Header + int(binary.BigEndian.Uint16(buf[14:]))
	if end > MaxHeader {
		return 0, TooLarge
	}
	if len(buf) < end {
		return 0, Again
	}
	if buf[12]&15 != commandProxy || buf[13]&15 != stream {
		return end, OK
	}
	p := buf[v2Header:end]
	size := 4
	switch buf[13] >> 4 {
	case familyInet:
	case familyInet6:
		size = 16
	default:
		return end, OK
	}
	if len(p) < 2*size+4 {
		return 0, Short
	}
	h.Known = true
	h.Source, _ = netip.AddrFromSlice(p[:size])
	h.Dest, _ = netip.AddrFromSlice(p[size : 2*size])
	p = p[2*size:]
	h.SourcePort = binary.BigEndian.Uint16(p)
	h.DestPort = binary.BigEndian.Uint16(p[2:])
	h.TLVs = p[4:]
	return end, OK
}
