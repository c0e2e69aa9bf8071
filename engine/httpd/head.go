package httpd

import (
	"errors"
	"io"
	"os"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// readHead reads and parses a request line and header. It returns nil when the
// connection was parked or closed: refused requests have then been answered.
func (c *Conn) readHead() *Request {
	c.takeIn()
	pipelined := c.pos < len(c.in) && c.requests > 0
	if c.pos == len(c.in) {
		c.in, c.pos = c.in[:0], 0
		if !c.firstBytes() {
			return nil
		}
	} else if c.pos > 0 {
		// Pipelined: the last request's views are gone, so the rest may move.
		n := copy(c.in, c.in[c.pos:])
		c.in, c.pos = c.in[:n], 0
	}
	c.state = stateRequest
	r := c.newRequest()
	r.pipelined = pipelined
	if !c.readLine(r) || !c.readHeaders(r) {
		return nil
	}
	return r
}

// firstBytes reads what woke a parked connection.
func (c *Conn) firstBytes() bool {
	n, again, err := c.tryRead(c.in[:cap(c.in)])
	switch {
	case again:
		c.releaseIn()
		c.ev.Park(c.w.restOfTimeout(c))
		return false
	case n > 0:
		c.in = c.in[:n]
		switch c.state {
		case stateIdle:
			c.w.waiting(-1)
		case stateNew:
			c.w.stats.Waiting.Add(-1)
		}
		return true
	}
	if c.state == stateIdle {
		if errors.Is(err, io.EOF) {
			c.logAddr(errlog.Info, "client %s closed keepalive connection")
		}
	} else if errors.Is(err, io.EOF) {
		c.logf(errlog.Info, "client closed connection", "waiting for request")
	} else {
		c.logRecv(err, "waiting for request")
	}
	c.close()
	return false
}

// more reads further bytes of a head, waiting for them up to
// client_header_timeout. False when the request came to an end by that.
func (c *Conn) more(r *Request, stage string) bool {
	if len(c.in) == cap(c.in) {
		r.rawHead = append(r.rawHead, c.in[:c.pos]...)
		c.growIn()
	}
	left := r.headDeadline(c)
	if left <= 0 {
		c.timedOutHead(r)
		return false
	}
	c.ev.SetReadTimeout(left)
	c.w.stats.Reading.Add(1)
	n, err := c.read(c.in[len(c.in):cap(c.in)])
	c.w.stats.Reading.Add(-1)
	c.in = c.in[:len(c.in)+n]
	if n > 0 {
		return true
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.timedOutHead(r)
	case errors.Is(err, io.EOF):
		r.Logf(errlog.Info, "client prematurely closed connection")
		r.endWith(400)
	default:
		c.logRecv(err, stage)
		r.endWith(400)
	}
	return false
}

func (c *Conn) timedOutHead(r *Request) {
	r.LogErr(errlog.Info, errTimedOut, "client timed out")
	c.timedOut = true
	r.endWith(408)
}

// readLine is ngx_http_process_request_line.
func (c *Conn) readLine(r *Request) bool {
	r.stage.set("reading client request line")
	if r.pipelined {
		r.stage.set("reading client pipelined request line")
	}
	core := c.server.ground.core
	r.limits = headLimits{free: int(core.HeaderBufferSize.V), large: int(core.LargeHeaderBuffers.V.Size), left: core.LargeHeaderBuffers.V.Num}
	var line http1.RequestLine
	for {
		n, res := http1.ParseRequestLine(c.in[c.pos:], &line)
		if res == http1.Again {
			if line.Start > 0 {
				c.pos += int(line.Start) // empty lines before the request
			}
			if ok, _ := r.limits.wouldTake(len(c.in) - c.pos + 1); !ok {
				return c.lineTooLong(r, c.in[c.pos:])
			}
			r.Line = line.BrokenText(c.in[c.pos:])
			if !c.more(r, r.stage.get()) {
				return false
			}
			continue
		}
		if res != http1.OK {
			if res == http1.Invalid09Method {
				r.Version = http1.HTTP09
			}
			r.Line = line.BrokenText(c.in[c.pos:])
			r.Logf(errlog.Info, "%s", res.Text())
			r.answer(Result(res.StatusCode()))
			return false
		}
		if ok, _ := r.limits.take(n - int(line.Start)); !ok {
			return c.lineTooLong(r, c.in[c.pos+int(line.Start):])
		}
		buf := c.in[c.pos:]
		c.pos += n
		r.Received = int64(n) - int64(line.Start)
		return c.takeLine(r, &line, buf)
	}
}

// takeLine fills the request from its line.
func (c *Conn) takeLine(r *Request, line *http1.RequestLine, buf []byte) bool {
	r.Method = line.Method
	r.MethodName = line.MethodName(buf)
	r.Line = line.Text(buf)
	r.Version = line.Version
	r.Proto = line.Protocol(buf)
	raw := line.RawURI(buf)
	var scratch []byte
	if line.NeedsNormalizing() {
		scratch = r.Alloc(len(raw) + 1)
	}
	u, ok := line.ResolveURI(buf, c.server.ground.core.MergeSlashes.V, scratch)
	if !ok {
		r.Logf(errlog.Info, "client sent invalid request")
		r.answer(400)
		return false
	}
	r.UnparsedURI = raw
	r.URI, r.Args, r.Exten = u.Path, u.Args, u.Ext
	r.Quoted, r.Plus, r.ValidURI = u.Quoted, u.Plus, !line.EmptyPath
	if line.SchemeEnd > 0 {
		r.Schema = line.Scheme(buf)
	}
	if line.HasHost() {
		host, port, res := http1.ParseHost(line.Host(buf), r.Alloc(int(line.HostEnd-line.HostStart)))
		if !res {
			r.Logf(errlog.Info, "client sent invalid host in request line")
			r.answer(400)
			return false
		}
		r.lineHost = true
		r.Host, r.Port = host, port
	}
	if line.Version < http1.HTTP10 {
		r.ended09 = true
	}
	if r.Debugging() {
		r.traceLine()
	}
	return true
}

// readHeaders is ngx_http_process_request_headers.
func (c *Conn) readHeaders(r *Request) bool {
	r.stage.set("reading client request headers")
	r.In.ContentLength = -1
	if r.ended09 {
		// HTTP/0.9: nothing follows the line.
		r.keepHead(c.in[:c.pos:c.pos])
		return r.pickServer()
	}
	if r.lineHost && !r.pickServer() {
		return false
	}
	list := r.In.List[:0]
	for {
		if len(list) == cap(list) {
			list = append(list, Header{})[:len(list)]
		}
		h := &list[:len(list)+1][len(list)]
		n, res := http1.ParseHeader(c.in[c.pos:], h)
		switch res {
		case http1.OK:
			if ok, tooLong := r.limits.take(n); !ok {
				r.In.List = list
				return c.headTooLarge(r, tooLong)
			}
			c.pos += n
			r.Received += int64(n)
			core := r.serverCore()
			if h.Invalid(core.UnderscoresInHeaders.V) && core.IgnoreInvalidHeaders.V {
				r.In.List = list
				r.Logf(errlog.Info, "client sent invalid header line: \"%s\"", headerText(c.in[c.pos-n:c.pos], h))
				continue
			}
			list = list[:len(list)+1]
			r.In.List = list
			if len(list) > core.MaxHeaders.V {
				r.In.List = list[:len(list)-1]
				r.Lingering = true
				r.Logf(errlog.Info, "client sent too many header lines")
				r.answer(statusHeaderTooLarge)
				return false
			}
			if h.ID != http1.OtherHeader && !r.takeHeader(h) {
				return false
			}
		case http1.HeaderDone:
			c.pos += n
			r.Received += int64(n)
			r.In.List = list
			r.keepHead(c.in[:c.pos:c.pos])
			if r.Debugging() {
				r.traceHead()
			}
			return r.checkHead()
		case http1.Again:
			r.In.List = list
			if ok, tooLong := r.limits.wouldTake(len(c.in) - c.pos + 1); !ok {
				return c.headTooLarge(r, tooLong)
			}
			if !c.more(r, r.stage.get()) {
				return false
			}
		default:
			r.In.List = list
			text, bad := http1.BadHeader(c.in[c.pos:])
			r.Logf(errlog.Info, "client sent invalid header line: \"%s\\x%02x...\"", text, bad)
			r.answer(400)
			return false
		}
	}
}
