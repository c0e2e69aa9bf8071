package httpd

import (
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// stream is what a protocol's connection does for one request: HTTP/1 here,
// HTTP/2 in http2.go.
type stream interface {
	// header serialises the response's header; body parts follow unless the
	// response has none.
	header(r *Request) error
	// body sends parts; it returns when they may be reused.
	body(r *Request, in []Buf) error
	// flush makes sure that all so far is on its way.
	flush(r *Request) error
	// readBody reads raw bytes of the request's body, io.EOF at its end.
	readBody(r *Request, p []byte) (int, error)
	// expect sends "100 Continue".
	expect(r *Request) error
	// end finishes the request; again tells that the connection takes another.
	end(r *Request) (again bool)
	// discard throws away what has arrived of the body.
	discard(r *Request) bool
	// early sends a 1xx response.
	early(r *Request, status int, headers []Header) error
}

// serve runs a request whose head was read and tells whether the connection
// can take another one at once.
func (r *Request) serve() bool {
	r.stage = ""
	if status := r.checkTLS(); status != 0 {
		return r.finalize(status)
	}
	switch {
	case r.In.ConnClose:
	case r.In.ConnKeepAlive:
		r.KeepAlive = true
	default:
		r.KeepAlive = r.Version > http1.HTTP10
	}
	r.Lingering = r.In.ContentLength > 0 || r.In.Chunked
	return r.finalize(r.run())
}

// answer ends a request whose head was refused.
func (r *Request) answer(status Result) {
	if r.Server == nil {
		r.Server = r.Conn.server
	}
	r.Server.http.grow(r)
	if r.Loc == nil {
		r.setLocation(r.Server.ground)
	}
	r.KeepAlive = false
	if r.finalize(status) {
		r.Conn.close()
	}
}

// endWith ends a request without an answer: the client is gone or was too slow.
func (r *Request) endWith(status int, _ bool) {
	if r.Server == nil {
		r.Server = r.Conn.server
	}
	r.Server.http.grow(r)
	if r.Loc == nil {
		r.setLocation(r.Server.ground)
	}
	r.Out.Status = status
	r.destroy()
	r.Conn.close()
}

// enterLocation is find_config: it picks the location and applies what the
// engine itself takes from it.
func (r *Request) enterLocation() Result {
	redirect, _ := r.findLocation(r.Server.ground)
	if redirect != nil {
		r.setLocation(redirect)
	}
	if l := r.Loc; l.core.Internal.V && !r.Internal {
		return 404
	}
	if res := r.updateLocation(); res != OK {
		return res
	}
	if redirect != nil {
		loc := redirect.core.escapedName
		if r.Args != "" {
			loc = r.Concat(loc, "?", r.Args)
		}
		r.Out.Location = loc
		return 301
	}
	return OK
}

// updateLocation is ngx_http_update_location_config with the body size check
// of find_config.
func (r *Request) updateLocation() Result {
	r.handler = nil
	r.applyLocation()
	core := r.Loc.core
	if max := core.ClientMaxBodySize.V; r.In.ContentLength > max && max != 0 && r.Parent == nil && !r.Body.discarded {
		r.Logf(errlog.Error, "client intended to send too large body: %d bytes", r.In.ContentLength)
		r.ExpectTested = true
		r.DiscardBody()
		return 413
	}
	return OK
}

// EnterIf moves the request into an if{} whose condition holds: the location's
// own handler stays, unless the if has one.
func (r *Request) EnterIf(l *Location) {
	r.setLocation(l)
	r.applyLocation()
}

// applyLocation takes over what the connection needs from the location
// (ngx_http_update_location_config).
func (r *Request) applyLocation() {
	if le := r.Loc.LimitExcept; le != nil && r.Method&le.allowed == 0 {
		r.setLocation(le.loc)
	}
	core := r.Loc.core
	if r.KeepAlive && r.Parent == nil {
		c := r.Conn
		switch {
		case core.KeepAliveTimeout.V.Timeout == 0,
			c.requests >= core.KeepAliveRequests.V,
			event.Now().Sub(c.started) > core.KeepAliveTime.V,
			r.In.UserAgent != 0 && core.disablesKeepAlive(r):
			r.KeepAlive = false
		}
	}
	if h := r.Loc.Handler; h != nil {
		r.handler = h
	}
}

// finalize ends a request with a handler's answer (ngx_http_finalize_request).
// It tells whether the connection can take another one at once.
func (r *Request) finalize(res Result) bool {
	c := r.Conn
	for {
		switch {
		case res == restart:
			res = r.run()
			continue
		case res == finished:
			res = OK
		case res == 444:
			r.Out.Status = 444
			c.failed = errClosed
			return r.terminate()
		case res == 499, res == Error, res == 408, c.failed != nil:
			if res > 0 && !r.HeaderSent {
				r.Out.Status = int(res)
			}
			return r.terminate()
		case res >= 300 || res == 201 || res == 204:
			if r.HeaderSent {
				return r.terminate()
			}
			res = r.specialResponse(int(res))
			continue
		}
		break
	}
	if !r.HeaderSent && r.Version >= http1.HTTP10 && res != Done && !r.Upgraded {
		// A handler said OK and sent nothing.
		if r.SendHeader() == Error {
			return r.terminate()
		}
	}
	if !r.lastSent && !r.HeaderOnly && !r.Upgraded {
		if r.WriteBufs(lastBuf[:]) != nil {
			return r.terminate()
		}
	}
	r.Complete = true
	if err := r.stream.flush(r); err != nil {
		return r.terminate()
	}
	st := r.stream
	return st.end(r)
}

var lastBuf = [1]Buf{{Last: true}}

// terminate is for requests whose connection is of no more use.
func (r *Request) terminate() bool {
	c := r.Conn
	r.KeepAlive = false
	st := r.stream
	if h, ok := st.(interface{ abort(*Request) }); ok {
		h.abort(r)
		return false
	}
	r.destroy()
	c.close()
	return false
}

// destroy runs the log phase and gives the request back
// (ngx_http_free_request).
func (r *Request) destroy() {
	r.logPhase()
	r.free()
}

func (r *Request) logPhase() {
	r.stage = "logging request"
	for _, s := range r.Loc.chain.phase[Log] {
		s.run(r)
	}
}

func (r *Request) free() {
	for i := len(r.cleanups) - 1; i >= 0; i-- {
		r.cleanups[i]()
	}
	clear(r.cleanups)
	r.Body.release()
	requestPool.Put(r)
}

// TimeSpent is how long the request has been going on.
func (r *Request) TimeSpent() time.Duration { return event.Now().Sub(r.Start) }
