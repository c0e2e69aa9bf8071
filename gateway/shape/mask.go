package shape

import (
	"cmp"
	"unicode/utf8"
)

type mask struct {
	first, last int
	with        []byte // escaped
}

func newMask(m *Mask) *mask {
	return &mask{m.First, m.Last, escape(nil, cmp.Or(m.With, "*"))}
}

// append writes a text with its middle hidden. One that is not longer than what would stay
// is hidden as a whole.
func (m *mask) append(out, text []byte) []byte {
	n := utf8.RuneCount(text)
	first, last := m.first, n-m.last
	if first >= last {
		first, last = 0, n
	}
	out = append(out, '"')
	for i, k := 0, 0; i < len(text); k++ {
		_, size := utf8.DecodeRune(text[i:])
		switch {
		case k >= first && k < last:
			out = append(out, m.with...)
		case size == 1:
			out = escapeByte(out, text[i])
		default:
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return append(out, '"')
}
