package httpd

import "moongate/edge/wire/http2"

// hpackDecoder takes header blocks in pieces of any size and gives their fields
// one by one (the states field_len to process_header of ngx_http_v2). It holds
// no more than one field that is under way.
type hpackDecoder struct {
	table hpackTable
	most  int // the longest name or value, as encoded

	step  hpackStep
	kind  hpackKind
	mask  byte // of the integer's prefix
	value int  // the integer so far
	shift uint
	count int // of its bytes
	name  string
	huff  bool
	left  int // of the string
	state uint16
	buf   []byte
}

type hpackStep uint8

const (
	atField hpackStep = iota
	inIndex
	atLength // of the name, or of the value when there is a name
	inLength
	inString
)

type hpackKind uint8

const (
	hpackIndexed hpackKind = iota
	hpackKeep              // literal, to be put into the table
	hpackOnce
	hpackResize
)

// maxHpackInt is NGX_HTTP_V2_INT_OCTETS.
const maxHpackInt = 4

// hpackFault is what is wrong with a block: a log text and the code of GOAWAY.
type hpackFault struct {
	text string
	code http2Error
	n    int // part of the text, when not negative
}

func newHpackDecoder(most int) *hpackDecoder {
	return &hpackDecoder{table: hpackTable{max: http2TableSize}, most: most}
}

// write decodes a piece and calls emit for each field that it completes.
func (d *hpackDecoder) write(p []byte, emit func(name, value string)) *hpackFault {
	for len(p) > 0 {
		switch d.step {
		case atField:
			d.begin(p[0])
			fallthrough
		case inIndex:
			n, done := d.integer(p)
			p = p[n:]
			if done {
				if f := d.indexed(emit); f != nil {
					return f
				}
			} else if d.count == maxHpackInt {
				what := "client sent header block with too long header index value"
				if d.kind == hpackResize {
					what = "client sent header block with too long size update value"
				}
				return &hpackFault{what, http2CompressionError, -1}
			}
		case atLength:
			d.huff, d.mask = p[0]&0x80 != 0, 0x7f
			d.value, d.shift, d.count = 0, 0, 0
			d.step = inLength
			fallthrough
		case inLength:
			n, done := d.integer(p)
			p = p[n:]
			switch {
			case done && d.value > d.most:
				return &hpackFault{"client sent too large header field", http2EnhanceYourCalm, -1}
			case done:
				d.left, d.state, d.buf, d.step = d.value, 0, d.buf[:0], inString
				if d.left == 0 {
					if f := d.ended(emit); f != nil {
						return f
					}
				}
			case d.count == maxHpackInt:
				return &hpackFault{"client sent header field with too long length value", http2CompressionError, -1}
			}
		case inString:
			n := min(len(p), d.left)
			if d.huff {
				var ok bool
				if d.buf, d.state, ok = http2.TheHuffman().Decode(d.buf, p[:n], d.state); !ok {
					return badHuffman
				}
			} else {
				d.buf = append(d.buf, p[:n]...)
			}
			p = p[n:]
			if d.left -= n; d.left == 0 {
				if f := d.ended(emit); f != nil {
					return f
				}
			}
		}
	}
	return nil
}

var badHuffman = &hpackFault{"client sent invalid encoded header field", http2CompressionError, -1}

// begin tells the kinds of fields apart (RFC 7541 section 6).
func (d *hpackDecoder) begin(c byte) {
	switch {
	case c >= 0x80:
		d.kind, d.mask = hpackIndexed, 0x7f
	case c >= 0x40:
		d.kind, d.mask = hpackKeep, 0x3f
	case c >= 0x20:
		d.kind, d.mask = hpackResize, 0x1f
	default:
		d.kind, d.mask = hpackOnce, 0x0f
	}
	d.value, d.shift, d.count = 0, 0, 0
	d.step = inIndex
}

// integer takes bytes of an integer (section 5.1); d.count is how many it has
// had, the first of which is the prefix.
func (d *hpackDecoder) integer(p []byte) (n int, done bool) {
	for n < len(p) && d.count < maxHpackInt {
		c := p[n]
		n++
		d.count++
		if d.count == 1 {
			if d.value = int(c & d.mask); d.value < int(d.mask) {
				return n, true
			}
			continue
		}
		d.value += int(c&0x7f) << d.shift
		d.shift += 7
		if c < 0x80 {
			return n, true
		}
	}
	return n, false
}

// indexed goes on when the index of a field, or a size, is known.
func (d *hpackDecoder) indexed(emit func(name, value string)) *hpackFault {
	if d.kind == hpackResize {
		if d.value > http2TableSize {
			return &hpackFault{"client sent invalid table size update: %d", http2CompressionError, d.value}
		}
		d.table.max = d.value
		d.table.evict()
		d.step = atField
		return nil
	}
	d.name = ""
	if d.value == 0 {
		if d.kind == hpackIndexed {
			return &hpackFault{"client sent invalid hpack table index 0", http2CompressionError, -1}
		}
		d.step = atLength
		return nil
	}
	e, ok := d.table.at(d.value)
	if !ok {
		return &hpackFault{"client sent out of bound hpack table index: %d", http2CompressionError, d.value}
	}
	if d.kind == hpackIndexed {
		d.step = atField
		emit(e.name, e.value)
		return nil
	}
	d.name, d.step = e.name, atLength
	return nil
}

// ended takes a complete string: a name, which the value's length follows, or
// the value that completes the field.
func (d *hpackDecoder) ended(emit func(name, value string)) *hpackFault {
	if d.huff && !http2.TheHuffman().Ends(d.state) {
		return badHuffman
	}
	s := string(d.buf)
	if d.name == "" {
		if s == "" {
			return &hpackFault{"client sent zero header name length", http2ProtocolError, -1}
		}
		d.name, d.step = s, atLength
		return nil
	}
	d.step = atField
	if d.kind == hpackKeep {
		d.table.add(hpackEntry{d.name, s})
	}
	emit(d.name, s)
	return nil
}

// end is called when a block is complete, which a field must be then, too.
func (d *hpackDecoder) end() *hpackFault {
	d.buf = nil
	switch d.step {
	case atField:
		return nil
	case inString:
		return &hpackFault{"client sent header field with incorrect length", http2FrameSizeError, -1}
	}
	return &hpackFault{"client sent header block with incorrect length", http2FrameSizeError, -1}
}
