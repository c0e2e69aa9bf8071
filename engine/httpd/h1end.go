package httpd

import (
	"io"
	"time"

	"moongate/edge/sys/event"
)

// end implements stream (ngx_http_finalize_connection).
func (c *Conn) end(r *Request) bool {
	core := r.Loc.core
	b := &r.Body
	pending := (r.In.ContentLength > 0 || r.In.Chunked) && !b.complete
	if pending && !b.read && !b.discarded {
		// Nobody cared for it.
		if !r.DiscardBody() {
			r.KeepAlive = false
		}
		pending = !b.complete
	}
	if pending {
		switch {
		case !b.discarded: // somebody stopped half-way
			r.KeepAlive = false
			r.Lingering = true
		case r.KeepAlive:
			if !c.drain(r) {
				return r.terminate(OK)
			}
			pending = false
		}
	}
	keep := r.KeepAlive && c.failed == nil &&
		(core.KeepAliveMinTimeout.V > 0 || core.KeepAliveTimeout.V.Timeout > 0 && !c.w.exiting())
	if keep {
		c.keep = keepTimes{timeout: core.KeepAliveTimeout.V.Timeout, min: core.KeepAliveMinTimeout.V}
		if core.TCPNoDelay.V {
			c.noDelay()
		}
		r.destroy()
		c.req = nil
		return true
	}
	linger := core.LingeringClose.V == lingeringAlways || pending && b.discarded ||
		core.LingeringClose.V == lingeringOn && (r.Lingering && pending || c.pos < len(c.in) || c.ev.HasInput() || r.pipelined)
	if r.Upgraded || c.failed != nil || c.timedOut {
		linger = false
	}
	most, pause := core.LingeringTime.V, core.LingeringTimeout.V
	r.destroy()
	c.req = nil
	if linger {
		c.linger(most, pause)
	} else {
		c.close()
	}
	return false
}

// drain reads the rest of a body nobody wanted, so that the connection can be
// kept (ngx_http_discarded_request_body_handler).
func (c *Conn) drain(r *Request) bool {
	junk := fileBuf.Get().(*[32768]byte)
	defer fileBuf.Put(junk)
	until := event.Mono() + r.Loc.core.LingeringTime.V
	for !r.Body.complete {
		if event.Mono() > until {
			return false
		}
		_, err := c.readBody(r, junk[:])
		if err == io.EOF {
			r.Body.complete = true
		} else if err != nil {
			return false
		}
	}
	r.Lingering = false
	return true
}

// linger is ngx_http_set_lingering_close: the client may still be sending, and
// a close would reset the connection before it has read the answer. The
// connection is parked meanwhile; keep holds what is left of the time.
func (c *Conn) linger(most, pause time.Duration) {
	if c.tls != nil {
		c.closeNotify()
	}
	if c.ev.CloseWrite() != nil {
		c.close()
		return
	}
	c.releaseIn()
	c.releaseOut()
	c.state = stateLingering
	c.keep = keepTimes{timeout: pause, min: event.Mono() + most}
	c.lingerOn(event.Readable)
}

// lingerOn throws away what has come.
func (c *Conn) lingerOn(why event.Why) {
	left := c.keep.min - event.Mono()
	if why != event.Readable || left <= 0 {
		c.close()
		return
	}
	junk := fileBuf.Get().(*[32768]byte)
	defer fileBuf.Put(junk)
	for range 16 {
		n, again, err := c.ev.TryRead(junk[:])
		if again {
			break
		}
		if n == 0 || err != nil {
			c.close()
			return
		}
	}
	c.ev.ParkExpendable(min(left, c.keep.timeout))
}
