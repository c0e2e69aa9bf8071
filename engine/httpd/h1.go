package httpd

import (
	"errors"
	"strconv"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// header implements stream: it writes the header behind what is waiting to be
// sent, in nginx's order.
func (c *Conn) header(r *Request) error {
	c.takeOut()
	r.chooseFraming()
	o := &r.Out
	core := r.Loc.core
	from := len(c.out)
	b := http1.AppendStatusLine(c.out, o.Status, o.StatusLine)
	if !o.hasServer && !o.hasDate {
		b = append(b, c.w.stamps.text(core.ServerTokens.V)...)
	} else {
		b = c.ownStamp(b, o, core)
	}
	if o.ContentType != "" {
		b = append(b, "Content-Type: "...)
		b = append(b, o.ContentType...)
		if o.Charset != "" {
			b = append(b, "; charset="...)
			b = append(b, o.Charset...)
		}
		b = append(b, "\r\n"...)
	}
	if o.ContentLength >= 0 {
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, o.ContentLength, 10)
		b = append(b, "\r\n"...)
	}
	if o.LastModified >= 0 {
		b = append(b, "Last-Modified: "...)
		b = http1.AppendDate(b, o.LastModified)
		b = append(b, "\r\n"...)
	}
	absolute := r.absoluteLocation()
	if absolute {
		b = append(append(append(b, "Location: "...), o.Location...), "\r\n"...)
	}
	if r.chunked {
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	switch {
	case o.Status == 101:
		b = append(b, "Connection: upgrade\r\n"...)
	case r.KeepAlive:
		b = append(b, "Connection: keep-alive\r\n"...)
		if h := core.KeepAliveTimeout.V.Header; h > 0 {
			b = append(b, "Keep-Alive: timeout="...)
			b = strconv.AppendInt(b, h, 10)
			b = append(b, "\r\n"...)
		}
	default:
		b = append(b, "Connection: close\r\n"...)
	}
	if r.GzipVary {
		if core.GzipVary.V {
			b = append(b, "Vary: Accept-Encoding\r\n"...)
		} else {
			r.GzipVary = false
		}
	}
	if o.Location != "" && !absolute {
		b = append(append(append(b, "Location: "...), o.Location...), "\r\n"...)
	}
	for i := range o.List {
		b = http1.AppendHeader(b, o.List[i].Name, o.List[i].Value)
	}
	b = append(b, "\r\n"...)
	c.out = b
	r.HeaderSize = int64(len(b) - from)
	return nil
}

// ownStamp writes Server and Date but for those that a module has set.
func (c *Conn) ownStamp(b []byte, o *HeadersOut, core *CoreConf) []byte {
	if !o.hasServer {
		b = append(b, core.ServerTokens.V.line()...)
	}
	if !o.hasDate {
		b = append(b, "Date: "...)
		b = http1.AppendDate(b, event.UnixNano()/1e9)
		b = append(b, "\r\n"...)
	}
	return b
}

// chooseFraming is the chunked filter's header part.
func (r *Request) chooseFraming() {
	o := &r.Out
	if o.Status == 304 || o.Status == 204 || o.Status < 200 || r.Method == http1.HEAD || r.HeaderOnly ||
		r.Method == http1.CONNECT && o.Status < 300 {
		return
	}
	trailers := len(o.Trailers) > 0 || r.ExpectTrailers
	if o.ContentLength >= 0 && !trailers {
		return
	}
	if r.Version < http1.HTTP11 || !r.Loc.core.ChunkedEncoding.V {
		if o.ContentLength < 0 {
			r.KeepAlive = false
		}
		return
	}
	o.ContentLength = -1
	r.chunked = true
}

var errClosed = errors.New("connection closed")

// body implements stream: the chunked filter and the write filter.
func (c *Conn) body(r *Request, in []Buf) error {
	if c.failed != nil {
		return c.failed
	}
	c.takeOut()
	var total int64
	last, flush := false, false
	for i := range in {
		total += in[i].Len()
		last = last || in[i].Last
		flush = flush || in[i].Flush
	}
	if r.chunked && total > 0 {
		c.out = http1.AppendChunk(c.out, total)
	}
	for i := range in {
		b := &in[i]
		switch {
		case b.File != nil:
			if err := c.sendFile(r, b); err != nil {
				return err
			}
		case len(b.B) == 0:
		case len(b.B) <= copyLimit && len(c.out)+len(b.B) <= outBufSize:
			c.out = append(c.out, b.B...)
		default:
			if err := c.sendMemory(r, b.B); err != nil {
				return err
			}
		}
	}
	if r.chunked {
		if total > 0 {
			c.out = append(c.out, "\r\n"...)
		}
		if last {
			c.out = append(c.out, "0\r\n"...)
			for i := range r.Out.Trailers {
				c.out = http1.AppendHeader(c.out, r.Out.Trailers[i].Name, r.Out.Trailers[i].Value)
			}
			c.out = append(c.out, "\r\n"...)
		}
	}
	if last && c.pos >= len(c.in) {
		return nil // finalize flushes
	}
	if flush || int64(len(c.out)) >= r.Loc.core.PostponeOutput.V || len(c.out) >= outBufSize-copyLimit/2 {
		return c.flush(r)
	}
	return nil
}

// flush implements stream: all that waits goes to the socket.
func (c *Conn) flush(r *Request) error {
	if len(c.out) == 0 {
		return c.failed
	}
	if err := c.paced(r, c.out); err != nil {
		return err
	}
	c.out = c.out[:0]
	return nil
}

// sendMemory writes what waits and then p, without copying p.
func (c *Conn) sendMemory(r *Request, p []byte) error {
	if c.tls != nil || r.limited() {
		if err := c.flush(r); err != nil {
			return err
		}
		return c.paced(r, p)
	}
	c.ev.SetWriteTimeout(r.Loc.core.SendTimeout.V)
	two := [2][]byte{c.out, p}
	n, err := c.ev.Writev(two[:])
	r.Sent += n
	if err != nil {
		return c.sendFailed(r, err, "writev()")
	}
	c.out = c.out[:0]
	return nil
}

// sendFailed notes that the client can't be written to.
func (c *Conn) sendFailed(r *Request, err error, call string) error {
	c.failed = err
	c.out = c.out[:0]
	r.sendError(err, call)
	return err
}
