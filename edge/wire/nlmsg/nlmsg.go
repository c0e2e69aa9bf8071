// Package nlmsg is the codec of netlink (RFC 3549): messages with attributes in them,
// as Linux speaks about links, addresses, routes, firewalls and generic families.
// What the messages mean is the business of who uses it. It knows no sockets.
//
//	header | family's own head | attribute | attribute { attribute | attribute } | ...
//
// Everything is in the machine's byte order but what a family defines otherwise, and
// begins at a multiple of four bytes.
package nlmsg

import (
	"encoding/binary"
	"errors"
	"iter"
)

// HeaderSize is the length of a message's header, AttrSize of an attribute's.
const (
	HeaderSize = 16
	AttrSize   = 4
)

// Marks on an attribute's type: it holds attributes, it is in network order.
const (
	Nested       = 1 << 15
	NetByteOrder = 1 << 14
	typeMask     = NetByteOrder - 1
)

// ErrShort is the fault of what ends before it says.
var ErrShort = errors.New("netlink message is shorter than it says")

// Header is what stands in front of a message.
type Header struct {
	Type, Flags uint16
	Seq, Port   uint32
}

// Next takes the first message from what a socket returned.
func Next(b []byte) (h Header, body, rest []byte, err error) {
	if len(b) < HeaderSize {
		return h, nil, nil, ErrShort
	}
	n := binary.NativeEndian.Uint32(b)
	if n < HeaderSize || uint64(n) > uint64(len(b)) {
		return h, nil, nil, ErrShort
	}
	h = Header{Type: binary.NativeEndian.Uint16(b[4:]), Flags: binary.NativeEndian.Uint16(b[6:]),
		Seq: binary.NativeEndian.Uint32(b[8:]), Port: binary.NativeEndian.Uint32(b[12:])}
	return h, b[HeaderSize:n], b[min(align(int(n)), len(b)):], nil
}

func align(n int) int { return (n + 3) &^ 3 }

// Attrs goes over attributes, up to the first that is broken. Types come without their marks.
func Attrs(b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= AttrSize {
			n := int(binary.NativeEndian.Uint16(b))
			if n < AttrSize || n > len(b) {
				return
			}
			if !yield(binary.NativeEndian.Uint16(b[2:])&typeMask, b[AttrSize:n]) {
				return
			}
			b = b[min(align(n), len(b)):]
		}
	}
}

// Uint8 is the number in an attribute; 0 when there is none, as for the others.
func Uint8(v []byte) uint8 {
	if len(v) < 1 {
		return 0
	}
	return v[0]
}

// Uint16 is the number in an attribute.
func Uint16(v []byte) uint16 {
	if len(v) < 2 {
		return 0
	}
	return binary.NativeEndian.Uint16(v)
}

// Uint32 is the number in an attribute.
func Uint32(v []byte) uint32 {
	if len(v) < 4 {
		return 0
	}
	return binary.NativeEndian.Uint32(v)
}

// String is the text in an attribute, up to its final zero.
func String(v []byte) string {
	for i, c := range v {
		if c == 0 {
			return string(v[:i])
		}
	}
	return string(v)
}
