package http2

import (
	"errors"
	"sync"

	"golang.org/x/net/http2/hpack"
)

// static is the static table (RFC 7541, appendix A), from 1 on. It is learned from the decoder.
var static = sync.OnceValue(func() (table [62]hpack.HeaderField) {
	d := hpack.NewDecoder(0, nil)
	for i := 1; i < len(table); i++ {
		if list, err := d.DecodeFull([]byte{0x80 | byte(i)}); err == nil {
			table[i] = list[0]
		}
	}
	return table
})

var errBlock = errors.New("a header that is not HPACK")

// ReadFields calls emit for the fields of a header, up to one that is none. There is no
// dynamic table: what a peer puts there all the same it must not refer to.
func ReadFields(b []byte, emit func(name, value string)) error {
	table := static()
	for len(b) > 0 {
		c, index, ok := b[0], 0, false
		literal := true
		switch {
		case c&0x80 != 0:
			index, b, ok = readInt(b, 7)
			literal, ok = false, ok && index > 0
		case c&0x40 != 0:
			index, b, ok = readInt(b, 6)
		case c&0x20 != 0:
			if index, b, ok = readInt(b, 5); !ok || index != 0 {
				return errBlock
			}
			continue
		default:
			index, b, ok = readInt(b, 4)
		}
		if !ok || index >= len(table) {
			return errBlock
		}
		name, value := table[index].Name, table[index].Value
		if literal && index == 0 {
			if name, b, ok = readString(b); !ok {
				return errBlock
			}
		}
		if literal {
			if value, b, ok = readString(b); !ok {
				return errBlock
			}
		}
		emit(name, value)
	}
	return nil
}

// readInt reads a number with a prefix of so many bits (5.1).
func readInt(b []byte, bits uint) (n int, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	most := 1<<bits - 1
	if n = int(b[0]) & most; n < most {
		return n, b[1:], true
	}
	for i, shift := 1, uint(0); i < len(b) && shift <= 21; i, shift = i+1, shift+7 {
		n += int(b[i]&127) << shift
		if b[i] < 128 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}

// readString reads a text (5.2).
func readString(b []byte) (s string, rest []byte, ok bool) {
	if len(b) == 0 {
		return "", nil, false
	}
	packed := b[0]&0x80 != 0
	n, b, ok := readInt(b, 7)
	if !ok || n > len(b) {
		return "", nil, false
	}
	if !packed {
		return string(b[:n]), b[n:], true
	}
	h := TheHuffman()
	room := make([]byte, 0, 2*n)
	room, state, ok := h.Decode(room, b[:n], 0)
	if !ok || !h.Ends(state) {
		return "", nil, false
	}
	return string(room), b[n:], true
}
