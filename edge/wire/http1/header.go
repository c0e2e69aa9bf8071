package http1

import "encoding/binary"

// HeaderFlags say what is unusual about a header's name.
type HeaderFlags uint8

const (
	Underscore HeaderFlags = 1 << iota // has '_'
	BadName                            // has a byte that is no letter, digit, '-' or '_'
)

// Header is one header line. The texts are views into the parsed bytes.
type Header struct {
	Name, Value string
	ID          HeaderID
	Flags       HeaderFlags
}

// Invalid tells whether nginx calls the line invalid, so that ignore_invalid_headers drops it (with "client sent invalid
// header line: "Name: value"" at level info). allowUnderscores is underscores_in_headers, true for upstreams.
func (h *Header) Invalid(allowUnderscores bool) bool {
	return h.Flags != 0 && (h.Flags&BadName != 0 || !allowUnderscores)
}

// ParseHeader parses the header line at the start of buf (ngx_http_parse_header_line) and returns its length with the line
// end: OK for a line, HeaderDone for the empty line, Again, or InvalidHeader. With Again the line begins at buf[0], so len(buf)
// is what the caller holds against its limits.
//
// There is no folding of lines: one that begins with a space or a tab is refused. A line without a colon is a header with an
// empty value. A value loses the spaces around it (not tabs), may hold any byte but NUL, LF and a CR that is not at the end.
func ParseHeader(buf []byte, h *Header) (int, Result) {
	i := 0
	for i < len(buf) && class[buf[i]]&nameChar != 0 {
		i++
	}
	if i == len(buf) {
		return 0, Again
	}
	if i == 0 || buf[i] != ':' {
		return h.oddName(buf, i)
	}
	h.Flags = 0
	return h.value(buf, i)
}

// ParseHeaders parses header lines until hs is full (OK), the header ends (HeaderDone), bytes are missing (Again) or a line
// is refused (InvalidHeader, see BadHeader). It returns how many bytes and headers are complete; the next line begins at
// buf[n].
func ParseHeaders(buf []byte, hs []Header) (n, count int, r Result) {
	for count < len(hs) {
		used, r := ParseHeader(buf[n:], &hs[count])
		n += used
		if r != OK {
			return n, count, r
		}
		count++
	}
	return n, count, OK
}

// oddName parses what is no plain "Name:".
func (h *Header) oddName(buf []byte, i int) (int, Result) {
	if i == 0 {
		switch c := buf[0]; {
		case c == '\n':
			return 1, HeaderDone
		case c == '\r':
			if len(buf) == 1 {
				return 0, Again
			}
			if buf[1] == '\n' {
				return 2, HeaderDone
			}
			return 0, InvalidHeader
		case c == ':':
			return 0, InvalidHeader
		}
	}
	h.Flags = 0
	for ; i < len(buf); i++ {
		c := buf[i]
		switch {
		case class[c]&nameChar != 0:
		case c == ':':
			return h.value(buf, i)
		case c == '_':
			h.Flags |= Underscore
		case c == '\r' || c == '\n':
			h.setName(buf[:i])
			h.Value = ""
			return lineEnd(buf, i)
		case c <= 0x20 || c == 0x7f:
			return 0, InvalidHeader
		default:
			h.Flags |= BadName
		}
	}
	return 0, Again
}

func (h *Header) setName(name []byte) {
	h.Name = View(name)
	h.ID = OtherHeader
	if h.Flags == 0 {
		h.ID = LookupHeader(h.Name)
	}
}

// value parses the rest of the line, from the colon at i.
func (h *Header) value(buf []byte, i int) (int, Result) {
	start := i + 1
	for start < len(buf) && buf[start] == ' ' {
		start++
	}
	end := valueEnd(buf, start)
	if end == len(buf) {
		return 0, Again
	}
	if buf[end] == 0 {
		return 0, InvalidHeader
	}
	n, r := lineEnd(buf, end)
	if r != OK {
		return 0, r
	}
	for end > start && buf[end-1] == ' ' {
		end--
	}
	h.Value = View(buf[start:end])
	h.setName(buf[:i])
	return n, OK
}

// valueEnd finds the next NUL, LF or CR, or the end of buf. Eight bytes at a time it looks for anything below 14, which among
// what is sent in earnest is only these three and the tab.
func valueEnd(buf []byte, i int) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for {
		for i+8 <= len(buf) {
			w := binary.LittleEndian.Uint64(buf[i:])
			if (w-ones*14)&^w&high != 0 {
				break
			}
			i += 8
		}
		for stop := min(i+8, len(buf)); i < stop; i++ {
			if c := buf[i]; c == '\n' || c == '\r' || c == 0 {
				return i
			}
		}
		if i == len(buf) {
			return i
		}
	}
}

// lineEnd takes LF, or any number of CR and a LF.
func lineEnd(buf []byte, i int) (int, Result) {
	for i < len(buf) && buf[i] == '\r' {
		i++
	}
	if i == len(buf) {
		return 0, Again
	}
	if buf[i] != '\n' {
		return 0, InvalidHeader
	}
	return i + 1, OK
}

// BadHeader is what nginx logs of a line that ParseHeader refused: the text before the byte at fault, and that byte. The log
// line is: client sent invalid header line: "TEXT\x0d...".
func BadHeader(line []byte) (text string, bad byte) {
	i := 0
	for i < len(line) && (line[i] != ':' || i == 0) {
		if c := line[i]; c <= 0x20 || c == 0x7f || c == ':' {
			return View(line[:i]), c
		}
		i++
	}
	for i++; i < len(line) && line[i] == ' '; i++ {
	}
	if i >= len(line) {
		return View(line), 0
	}
	end := valueEnd(line, i)
	if end == len(line) {
		return View(line), 0
	}
	if line[end] == '\r' {
		for end > i && line[end-1] == ' ' {
			end--
		}
	}
	return View(line[:end]), line[end]
}
