package directive

import "strconv"

// Buffers is a number of buffers and the size of each.
type Buffers struct {
	Num  int
	Size int64
}

// BufsSetter sets Buffers.
type BufsSetter[C any] struct{ slot[C, Buffers] }

// Bufs is ngx_conf_set_bufs_slot.
func Bufs[C any](get func(*C) *Value[Buffers]) *BufsSetter[C] {
	parse := func(c *Call) (b Buffers, err error) {
		if len(c.Args) < 2 {
			return b, Reason("invalid value")
		}
		num, numOK := ParseInt(c.Args[0])
		size, sizeOK := ParseSize(c.Args[1])
		if !numOK || !sizeOK || num == 0 || size == 0 {
			return b, Reason("invalid value")
		}
		return Buffers{num, size}, nil
	}
	format := func(b Buffers) string { return strconv.Itoa(b.Num) + " " + FormatSize(b.Size) }
	return &BufsSetter[C]{slot[C, Buffers]{get: get, parse: parse, format: format, kind: "bufs"}}
}

// Then runs after the value was stored.
func (s *BufsSetter[C]) Then(f func(*Call, *C) error) *BufsSetter[C] { s.then = f; return s }
