package http1

import "math"

// ByteRange is a part of a body: from Start up to and without End.
type ByteRange struct {
	Start, End int64
}

// RangeResult is what a Range header asks for.
type RangeResult uint8

const (
	RangeIgnore        RangeResult = iota // answer 200 with everything
	RangeOK                               // 206
	RangeUnsatisfiable                    // 416
)

// Unlimited is the max of ParseRanges when max_ranges is not set.
const Unlimited = math.MaxInt32

// ParseRanges parses a Range header's value against a body of the given length and appends the ranges to dst
// (ngx_http_range_parse; RFC 9110, 14.2). A range that begins behind the end is left out; if none is left, or the syntax is
// wrong, the answer is 416. More than max ranges, an empty body, and ranges that together are longer than the body are ignored;
// with no limit set, also those whose part headers (reckoned at 256 bytes each, beyond 4096) would make the answer longer
// than the body.
func ParseRanges(dst []ByteRange, value string, length int64, max int) ([]ByteRange, RangeResult) {
	if len(value) < 7 || !EqualFold(value[:6], "bytes=") {
		return dst, RangeIgnore
	}
	p := rangeScanner{value[6:]}
	first := len(dst)
	total := int64(0)
	for {
		start, end, ok := p.next(length)
		if !ok {
			return dst, RangeUnsatisfiable
		}
		if start < end {
			dst = append(dst, ByteRange{start, end})
			if total > math.MaxInt64-(end-start) {
				return dst, RangeUnsatisfiable
			}
			total += end - start
			if len(dst)-first > max {
				return dst, RangeIgnore
			}
		} else if start == 0 {
			return dst, RangeIgnore
		}
		if p.s == "" {
			break
		}
		p.s = p.s[1:] // the comma
	}
	switch n := len(dst) - first; {
	case n == 0:
		return dst, RangeUnsatisfiable
	case n == 1:
		return dst, RangeOK
	case total > length, max == Unlimited && total+int64(n)*256 > length+4096:
		return dst, RangeIgnore
	}
	return dst, RangeOK
}

type rangeScanner struct{ s string }

func (p *rangeScanner) peek() byte {
	if p.s == "" {
		return 0
	}
	return p.s[0]
}

func (p *rangeScanner) spaces() {
	for p.peek() == ' ' {
		p.s = p.s[1:]
	}
}

func (p *rangeScanner) number() (n int64, ok bool) {
	for p.peek()-'0' <= 9 {
		d := int64(p.s[0] - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
		p.s = p.s[1:]
		ok = true
	}
	return n, ok
}

// next reads "first-last", "first-" or "-suffix" up to the comma or the end.
func (p *rangeScanner) next(length int64) (start, end int64, ok bool) {
	p.spaces()
	suffix := p.peek() == '-'
	if !suffix {
		if start, ok = p.number(); !ok {
			return 0, 0, false
		}
		p.spaces()
		if p.peek() != '-' {
			return 0, 0, false
		}
	}
	p.s = p.s[1:]
	if !suffix {
		p.spaces()
		if p.s == "" || p.s[0] == ',' {
			return start, length, true
		}
	}
	if end, ok = p.number(); !ok {
		return 0, 0, false
	}
	p.spaces()
	if p.s != "" && p.s[0] != ',' {
		return 0, 0, false
	}
	if suffix {
		if end < length {
			start = length - end
		}
		end = length - 1
	}
	if end >= length {
		end = length
	} else {
		end++
	}
	return start, end, true
}

// AppendContentRange writes "bytes 0-9/100".
func AppendContentRange(dst []byte, r ByteRange, length int64) []byte {
	dst = append(dst, "bytes "...)
	dst = AppendInt(dst, r.Start)
	dst = append(dst, '-')
	dst = AppendInt(dst, r.End-1)
	dst = append(dst, '/')
	return AppendInt(dst, length)
}

// AppendUnsatisfied writes "bytes */100", the Content-Range of a 416.
func AppendUnsatisfied(dst []byte, length int64) []byte {
	dst = append(dst, "bytes */"...)
	return AppendInt(dst, length)
}
