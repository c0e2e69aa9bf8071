package httpd

import (
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
	r.stage.set("")
	if status := r.checkTLS(); status != 0 {
		return r.finalize(status)
	}
	switch {
	case r.In.ConnClose, r.Method == http1.CONNECT:
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
func (r *Request) endWith(status int) {
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
	r.handler = nil
	redirect, _ := r.findLocation(r.Server.ground)
	if redirect != nil {
		r.setLocation(redirect)
	}
	if l := r.Loc; l.core.Internal.V && !r.Internal {
		return 404
	}
	if r.Debugging() {
		r.traceLocation()
	}
	if res := r.checkLocation(); res != OK {
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

// checkLocation is ngx_http_update_location_config with the body size check of
// find_config.
func (r *Request) checkLocation() Result {
	r.applyLocation()
	core := r.Loc.core
	if max := core.ClientMaxBodySize.V; r.In.ContentLength > max && max != 0 && !r.Main.Body.discarded {
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
