package httpd

import (
	"bytes"

	"moongate/core/errlog"
)

// headLimits does nginx's accounting of header buffers: one of
// client_header_buffer_size, then up to large_client_header_buffers. A line
// has to fit into one of them.
type headLimits struct {
	free  int // in the buffer in use
	large int // size of a large one
	left  int // large ones still to be had
}

// take accounts for a line of n bytes. tooLong: no buffer could hold it.
func (h *headLimits) take(n int) (ok, tooLong bool) {
	if n <= h.free {
		h.free -= n
		return true, false
	}
	if n > h.large {
		return false, true
	}
	if h.left == 0 {
		return false, false
	}
	h.left--
	h.free = h.large - n
	return true, false
}

// wouldTake tells whether a line of at least n bytes can still be taken.
func (h *headLimits) wouldTake(n int) (ok, tooLong bool) {
	c := *h
	return c.take(n)
}

// lineTooLong answers a request line that fits into no buffer. As much of it as
// one buffer holds is known as $request.
func (c *Conn) lineTooLong(r *Request, line []byte) bool {
	r.Line = view(line[:min(len(line), max(r.limits.free, r.limits.large))])
	r.Logf(errlog.Info, "client sent too long URI")
	r.answer(414)
	return false
}

// headerText is a header line as nginx logs it: without its end and the spaces
// behind a value.
func headerText(line []byte, h *Header) []byte {
	end := len(line)
	for end > 0 && (line[end-1] == '\n' || line[end-1] == '\r') {
		end--
	}
	for h.Value != "" && line[end-1] == ' ' {
		end--
	}
	return line[:end]
}

// statusHeaderTooLarge is nginx's own 494, sent as 400.
const statusHeaderTooLarge Result = 494

func (c *Conn) headTooLarge(r *Request, tooLong bool) bool {
	r.Lingering = true
	line := c.in[c.pos:]
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	held := r.limits.free // what the last buffer holds of it
	if tooLong {
		held = r.limits.large
	}
	const most = 2048 - 300
	line = line[:min(len(line), held, most)]
	if len(line) == 0 {
		r.Logf(errlog.Info, "client sent too large request")
	} else {
		r.Logf(errlog.Info, "client sent too long header line: \"%s...\"", line)
	}
	r.answer(statusHeaderTooLarge)
	return false
}
