package opentelemetry

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// message is a protobuf message that is being written. Fields are those of
// opentelemetry/proto/trace/v1/trace.proto and what it imports.
type message []byte

// Wire types.
const (
	varint  = 0
	fixed64 = 1
	length  = 2
	fixed32 = 5
)

func (m message) tag(field, wire int) message { return binary.AppendUvarint(m, uint64(field<<3|wire)) }

func (m message) int(field int, n uint64) message {
	return binary.AppendUvarint(m.tag(field, varint), n)
}

func (m message) fixed(field int, n uint64) message {
	return binary.LittleEndian.AppendUint64(m.tag(field, fixed64), n)
}

func (m message) fixed32(field int, n uint32) message {
	return binary.LittleEndian.AppendUint32(m.tag(field, fixed32), n)
}

func (m message) double(field int, f float64) message { return m.fixed(field, math.Float64bits(f)) }

func (m message) bytes(field int, b []byte) message {
	return append(binary.AppendUvarint(m.tag(field, length), uint64(len(b))), b...)
}

// string writes a text. What is no UTF-8 would have the collector refuse the whole batch.
func (m message) string(field int, s string) message {
	s = clean(s)
	return append(binary.AppendUvarint(m.tag(field, length), uint64(len(s))), s...)
}

// open begins a message inside of this one; close ends it. What is between them is moved
// where its length takes more than a byte.
func (m message) open(field int) (message, int) {
	m = append(m.tag(field, length), 0)
	return m, len(m)
}

func (m message) close(at int) message {
	n := len(m) - at
	if more := sizeOf(uint64(n)) - 1; more > 0 {
		m = append(m, make([]byte, more)...)
		copy(m[at+more:], m[at:at+n])
	}
	binary.PutUvarint(m[at-1:], uint64(n))
	return m
}

// sizeOf is how many bytes a varint takes.
func sizeOf(n uint64) int { return (bits.Len64(n|1) + 6) / 7 }

// mostText is how long a value may be.
const mostText = 1024

// clean is a text that may be sent: valid, and no longer than mostText. Cleaning it again
// changes nothing, so that its length can be written before it.
func clean(s string) string {
	if len(s) > mostText {
		s = s[:mostText]
		for i := range utf8.UTFMax - 1 {
			if r, n := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || n != 1 || i == utf8.UTFMax-1 {
				break
			}
			s = s[:len(s)-1] // of a character that was cut
		}
	}
	if utf8.ValidString(s) {
		return s
	}
	return clean(strings.ToValidUTF8(s, "\ufffd")) // which may be longer
}

// text writes a KeyValue whose value is a text; without one, nothing.
func (m message) text(field int, key, value string) message {
	if value == "" {
		return m
	}
	value = clean(value)
	inner := 1 + sizeOf(uint64(len(value))) + len(value)
	return m.key(field, key, inner).string(1, value)
}

// number writes one whose value is a number, which must not be negative.
func (m message) number(field int, key string, n int) message {
	return m.key(field, key, 1+sizeOf(uint64(n))).int(3, uint64(n))
}

// real writes one whose value is any number.
func (m message) real(field int, key string, f float64) message {
	return m.key(field, key, 9).double(4, f)
}

// key begins a KeyValue: its key, and the head of its value, which has size bytes.
func (m message) key(field int, key string, size int) message {
	key = clean(key)
	whole := 1 + sizeOf(uint64(len(key))) + len(key) + 1 + sizeOf(uint64(size)) + size
	m = message(binary.AppendUvarint(m.tag(field, length), uint64(whole))).string(1, key)
	return binary.AppendUvarint(m.tag(2, length), uint64(size))
}
