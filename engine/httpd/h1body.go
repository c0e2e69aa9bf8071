package httpd

import (
	"io"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// readBody implements stream: first what came with the header, then the
// socket.
func (c *Conn) readBody(r *Request, p []byte) (int, error) {
	b := &r.Body
	if !r.In.Chunked {
		if b.left == 0 {
			return 0, io.EOF
		}
		n := int64(copy(p[:min(int64(len(p)), b.left)], c.in[c.pos:]))
		if n > 0 {
			c.pos += int(n)
		} else {
			m, err := c.recvBody(r, p[:min(int64(len(p)), b.left)])
			if m == 0 {
				return 0, err
			}
			n = int64(m)
		}
		r.Received += n
		if b.left -= n; b.left == 0 {
			return int(n), io.EOF
		}
		return int(n), nil
	}
	for {
		if c.pos == len(c.in) {
			if c.pos == cap(c.in) || cap(c.in) < 1024 {
				// The header's buffer is full of views: chunks get their own.
				c.in, c.inArray = make([]byte, 0, readBufSize), nil
			}
			m, err := c.recvBody(r, c.in[len(c.in):cap(c.in)])
			if m == 0 {
				return 0, err
			}
			c.pos = len(c.in)
			c.in = c.in[:len(c.in)+m]
		}
		raw := c.in[c.pos:]
		if len(raw) > len(p) {
			raw = raw[:len(p)]
		}
		n, data, res := b.chunks.Next(raw)
		c.pos += n
		r.Received += int64(n)
		if data > 0 {
			copy(p, raw[n-data:n])
		}
		switch res {
		case http1.BodyDone:
			return data, io.EOF
		case http1.InvalidChunk:
			r.Logf(errlog.Error, "client sent invalid chunked body")
			return 0, statusError(400)
		}
		if data > 0 {
			return data, nil
		}
	}
}

func (c *Conn) recvBody(r *Request, p []byte) (int, error) {
	c.ev.SetReadTimeout(r.Loc.core.BodyTimeout.V)
	n, err := c.read(p)
	if n == 0 && err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// expect implements stream.
func (c *Conn) expect(r *Request) error {
	if c.tls == nil && len(c.out) == 0 {
		_, err := c.write([]byte(http1.Continue))
		return err
	}
	c.takeOut()
	c.out = append(c.out, http1.Continue...)
	return c.flush(r)
}

// early implements stream.
func (c *Conn) early(r *Request, status int, headers []Header) error {
	if r.Version < http1.HTTP11 {
		return nil
	}
	c.takeOut()
	c.out = http1.AppendStatusLine(c.out, status, "")
	for i := range headers {
		c.out = http1.AppendHeader(c.out, headers[i].Name, headers[i].Value)
	}
	c.out = append(c.out, "\r\n"...)
	return c.flush(r)
}

// discard implements stream: it throws away what has arrived already.
func (c *Conn) discard(r *Request) bool {
	var junk [4096]byte
	for c.pos < len(c.in) && !r.Body.complete {
		_, err := c.readBody(r, junk[:])
		if err == io.EOF {
			r.Body.complete = true
			r.Lingering = false
		} else if err != nil {
			return false
		}
	}
	return true
}

// end implements stream (ngx_http_finalize_connection).
func (c *Conn) end(r *Request) bool {
	core := r.Loc.core
	pending := (r.In.ContentLength > 0 || r.In.Chunked) && !r.Body.complete
	if pending && r.KeepAlive {
		if !r.Body.discarded {
			r.KeepAlive = false
		} else if !c.drain(r) {
			r.KeepAlive = false
		} else {
			pending = false
		}
	}
	keep := r.KeepAlive && (core.KeepAliveMinTimeout.V > 0 || core.KeepAliveTimeout.V.Timeout > 0 && !c.w.exiting()) && c.failed == nil
	linger := core.LingeringClose.V == lingeringAlways ||
		core.LingeringClose.V == lingeringOn && (r.Lingering && pending || c.pos < len(c.in) || c.ev.HasInput())
	c.keep = keepTimes{timeout: core.KeepAliveTimeout.V.Timeout, min: core.KeepAliveMinTimeout.V}
	nodelay := core.TCPNoDelay.V
	for2 := [2]time.Duration{core.LingeringTime.V, core.LingeringTimeout.V}
	r.destroy()
	c.req = nil
	if keep {
		if nodelay {
			c.noDelay()
		}
		return true
	}
	if linger && c.failed == nil && !c.timedOut {
		c.linger(for2[0], for2[1])
	}
	c.close()
	return false
}

// drain reads the rest of a body nobody wanted, so that the connection can be
// kept.
func (c *Conn) drain(r *Request) bool {
	var junk [4096]byte
	until := event.Now().Add(r.Loc.core.LingeringTime.V)
	for !r.Body.complete {
		if event.Now().After(until) {
			return false
		}
		_, err := c.readBody(r, junk[:])
		if err == io.EOF {
			r.Body.complete = true
		} else if err != nil {
			return false
		}
	}
	return true
}

// linger is ngx_http_lingering_close_handler: the client may still be sending,
// and a close would reset the connection before it has read the answer.
func (c *Conn) linger(most, pause time.Duration) {
	c.state = stateLingering
	if c.tls != nil {
		c.closeNotify()
	}
	if c.ev.CloseWrite() != nil {
		return
	}
	c.releaseOut()
	var junk [4096]byte
	until := event.Now().Add(most)
	for {
		left := time.Until(until)
		if left <= 0 {
			return
		}
		c.ev.SetReadTimeout(min(left, pause))
		if n, err := c.ev.Read(junk[:]); n == 0 || err != nil {
			return
		}
	}
}
