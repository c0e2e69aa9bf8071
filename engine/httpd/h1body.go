package httpd

import (
	"io"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// readBody implements stream: first what came with the header, then the
// socket. It never takes bytes of the next request away.
func (c *Conn) readBody(r *Request, p []byte) (int, error) {
	b := &r.Body
	if r.In.Chunked {
		return c.readChunks(r, p)
	}
	if b.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), b.left)]
	n := copy(p, c.in[c.pos:])
	if n > 0 {
		c.pos += n
	} else {
		var err error
		if n, err = c.recvBody(r, p); n == 0 {
			return 0, err
		}
	}
	r.Received += int64(n)
	if b.left -= int64(n); b.left == 0 {
		return n, io.EOF
	}
	return n, nil
}

// readChunks decodes a chunked body. The inside of a large chunk goes from the
// socket to where it is wanted.
func (c *Conn) readChunks(r *Request, p []byte) (int, error) {
	b := &r.Body
	for {
		if c.pos == len(c.in) {
			left := b.chunks.Left()
			if left >= int64(min(len(p), readBufSize)) && len(p) > 0 {
				p = p[:min(int64(len(p)), left)]
				n, err := c.recvBody(r, p)
				if n == 0 {
					return 0, err
				}
				b.chunks.Next(p[:n])
				r.Received += int64(n)
				return n, nil
			}
			if err := c.moreChunks(r); err != nil {
				return 0, err
			}
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

// moreChunks reads behind what has been used up of the input.
func (c *Conn) moreChunks(r *Request) error {
	if len(c.in) == cap(c.in) || cap(c.in)-len(c.in) < 256 {
		if !r.headMoved {
			// The buffer is full of what the header's strings are views of.
			r.headIn, r.headMoved = c.inArray, true
			c.inArray = inPool.Get().(*[readBufSize]byte)
			c.in = c.inArray[:0]
		}
		c.in = c.in[:0]
		c.pos = 0
	}
	n, err := c.recvBody(r, c.in[len(c.in):cap(c.in)])
	if n == 0 {
		return err
	}
	c.in = c.in[:len(c.in)+n]
	return nil
}

// releaseHead gives back the buffer that held the header of a request whose
// chunked body went on in another one.
func (r *Request) releaseHead() {
	if r.headIn != nil {
		inPool.Put(r.headIn)
		r.headIn = nil
	}
}

// arrived takes a body that came in one piece with the header as it lies there,
// if it is no longer than most, or than what the header has left of its buffer.
func (c *Conn) arrived(r *Request, most int64) bool {
	b := &r.Body
	n := r.In.ContentLength
	if r.In.Chunked || b.begun || n > int64(len(c.in)-c.pos) || n > most && n > int64(r.limits.free) {
		return false
	}
	b.Mem = c.in[c.pos : c.pos+int(n) : c.pos+int(n)]
	b.Len = n
	b.begun, b.complete = true, true
	c.pos += int(n)
	r.Received += n
	return true
}

func (c *Conn) recvBody(r *Request, p []byte) (int, error) {
	d := r.Loc.core.BodyTimeout.V
	if r.Body.discarded {
		d = r.Loc.core.LingeringTimeout.V
	}
	c.ev.SetReadTimeout(d)
	n, err := c.read(p)
	if n == 0 && err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// expect implements stream.
func (c *Conn) expect(r *Request) error {
	if c.tls == nil && len(c.out) == 0 {
		n, err := c.write([]byte(http1.Continue))
		r.Main.Sent += int64(n) // $bytes_sent has it, as in nginx
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
	b := &r.Body
	for c.pos < len(c.in) && !b.complete {
		rest := c.in[c.pos:]
		var n int
		if r.In.Chunked {
			var res http1.Result
			n, _, res = b.chunks.Next(rest)
			if res == http1.InvalidChunk {
				r.Logf(errlog.Error, "client sent invalid chunked body")
				return false
			}
			b.complete = res == http1.BodyDone
		} else {
			n = int(min(int64(len(rest)), b.left))
			b.left -= int64(n)
			b.complete = b.left == 0
		}
		c.pos += n
	}
	if b.complete {
		r.Lingering = false
	}
	return true
}
