package check

import (
	"bytes"
	"strconv"
)

const (
	// maxHead is how long the header of an answer may be.
	maxHead = 64 << 10
	// maxKept is how much of a body is kept for a pattern to be found in.
	maxKept = 1 << 20
)

// answer reads an HTTP answer as it comes: the status, the length it announces,
// and the body as it is on the wire, which means that chunks and codings are left
// as they are. It makes nothing of lines it does not need.
type answer struct {
	status int // 0: there was none to be read
	length int // Content-Length; -1: until the connection ends
	head   []byte
	inBody bool
	got    int          // bytes that came behind the header
	body   func([]byte) // is given the body as far as Content-Length goes
}

// feed takes bytes that were received and tells whether the answer is complete.
func (a *answer) feed(p []byte) bool {
	if a.inBody {
		return a.more(p)
	}
	from := max(0, len(a.head)-3)
	a.head = append(a.head, p...)
	end, gap := headEnd(a.head[from:])
	if end < 0 {
		return len(a.head) > maxHead
	}
	rest := a.head[from+end+gap:]
	a.head = a.head[:from+end]
	a.inBody = true
	a.read()
	return a.more(rest)
}

// headEnd finds the empty line; servers that end lines with LF alone are borne.
func headEnd(b []byte) (at, size int) {
	if i := bytes.Index(b, []byte("\r\n\r\n")); i >= 0 {
		if j := bytes.Index(b[:i], []byte("\n\n")); j >= 0 {
			return j, 2
		}
		return i, 4
	}
	return bytes.Index(b, []byte("\n\n")), 2
}

func (a *answer) read() {
	a.length = -1
	line, rest, _ := bytes.Cut(a.head, []byte("\n"))
	if version, code, ok := bytes.Cut(line, []byte(" ")); ok && bytes.HasPrefix(version, []byte("HTTP/")) {
		code = bytes.TrimLeft(code, " ")
		if len(code) >= 3 && (len(code) == 3 || code[3] == ' ' || code[3] == '\r') {
			if n, err := strconv.ParseUint(string(code[:3]), 10, 16); err == nil {
				a.status = int(n)
			}
		}
	}
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		name, value, ok := bytes.Cut(line, []byte(":"))
		if ok && bytes.EqualFold(name, []byte("Content-Length")) {
			if n, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 32); err == nil && n >= 0 {
				a.length = int(n)
			}
		}
	}
	if a.length < 0 && (a.status == 204 || a.status == 304) { // RFC 9112 section 6.3
		a.length = 0
	}
}

func (a *answer) more(p []byte) bool {
	left := len(p)
	if a.length >= 0 {
		left = min(left, max(0, a.length-a.got))
	}
	a.got += len(p)
	if left > 0 && a.body != nil {
		a.body(p[:left])
	}
	return a.length >= 0 && a.got >= a.length
}

// odd tells whether another amount of body came than was announced.
func (a *answer) odd() bool { return a.inBody && a.length >= 0 && a.got != a.length }
