package upstreamhttp

import (
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
)

// respond gives the client the response whose header has come
// (ngx_http_upstream_send_response).
func (u *Upstream) respond() httpd.Result {
	r := u.R
	if u.kept != nil {
		u.cacheable = u.cacheable && u.kept.fresh.Allowed()
	}
	if u.In.Redirect != "" {
		return u.accelRedirect()
	}
	u.copyHeader()
	if res := r.SendHeader(); res != httpd.OK {
		return u.finish(res)
	}
	u.headerSent = true
	switch {
	case u.Upgrade:
		u.leaveCache(httpd.OK)
		return u.tunnel()
	case u.kept != nil && !u.keepToo():
		if !u.watch() {
			return u.finish(499)
		}
	}
	if u.lost = r.HeaderOnly; u.lost && u.Conf.Store == nil && !u.saving() {
		u.Keep = u.Keep && u.pos == len(u.buf)
		return u.finish(httpd.OK)
	}
	if r.IsMain() && !r.PreserveBody && !u.body.active {
		r.Body.ReleaseFile()
	}
	u.Proto.BeginBody(u)
	switch {
	case u.Conf.Store != nil:
		return u.store()
	case u.Buffering:
		return u.buffered()
	}
	return u.unbuffered()
}

// accelRedirect serves another location in place of the response.
func (u *Upstream) accelRedirect() httpd.Result {
	r := u.R
	u.Keep = u.Keep && u.pos == len(u.buf)
	u.release()
	u.leaveCache(httpd.OK)
	for i := range u.In.List {
		if h := &u.In.List[i]; survives(h.ID) {
			u.copyLine(h)
		}
	}
	uri := u.In.Redirect
	if uri[0] == '@' {
		return r.NamedLocation(uri)
	}
	path, args, ok := r.UnsafeURI(uri)
	if !ok {
		return 404
	}
	if r.Method != http1.HEAD {
		r.Method, r.MethodName = http1.GET, "GET"
	}
	return r.InternalRedirect(path, args)
}

// release ends the dealings with the peer: its time is taken, it is freed, the
// connection kept or closed (ngx_http_upstream_finalize_request).
func (u *Upstream) release() {
	if n := len(u.States); n > 0 {
		s := &u.States[n-1]
		if s.ResponseTime == unset {
			s.ResponseTime = event.Mono() - u.start
		}
		if u.conn != nil {
			s.BytesSent = u.conn.Sent
		}
	}
	if u.body.active && u.body.ended.Load() {
		u.body.join()
		u.bodySent = u.body.err == nil
	}
	c := u.conn
	if c != nil && u.held && u.Keep && u.bodySent && !u.body.active {
		if p, tag := u.pool(); p != nil {
			u.conn = nil
			u.waitOn.Store(nil)
			u.keep(c, p, tag)
		}
	}
	if u.held {
		u.free(upstream.Good)
	}
	u.closeConn(true)
}

// finish ends the upstream's part of the request with a result.
func (u *Upstream) finish(res httpd.Result) httpd.Result {
	r := u.R
	if u.watching {
		u.watching = false
		if u.Stop != nil {
			u.Stop.of.Store(nil)
		} else {
			r.WatchClient(nil)
		}
	}
	u.release()
	u.leaveCache(res)
	r.Doing("sending to client")
	if !u.headerSent || res == 408 || res == 499 {
		return res
	}
	if res >= 300 {
		// The client has part of a response: all that can be done is to break it off.
		r.KeepAlive = false
		if r.WriteBufs(flushBuf[:]) == nil {
			r.Push()
		}
		return httpd.Error
	}
	if res == httpd.OK && u.lost && !r.HeaderOnly {
		return httpd.Error // the client was left behind
	}
	if res != httpd.OK || r.HeaderOnly || u.lastSent || u.Upgrade {
		return res
	}
	u.copyTrailers()
	if r.WriteBufs(lastBuf[:]) != nil {
		return httpd.Error
	}
	return httpd.OK
}

var (
	lastBuf  = [1]httpd.Buf{{Last: true}}
	flushBuf = [1]httpd.Buf{{Flush: true}}
)

// copyTrailers is ngx_http_upstream_process_trailers.
func (u *Upstream) copyTrailers() {
	if !u.Conf.PassTrailers && !u.Trailers {
		return
	}
	for i := range u.In.Trailers {
		if h := &u.In.Trailers[i]; !u.Conf.Hide.Has(h) {
			u.R.Out.Trailers = append(u.R.Out.Trailers, *h)
		}
	}
}

// premature logs a body that has ended too early.
func (u *Upstream) premature() httpd.Result {
	u.R.Logf(errlog.Error, "upstream prematurely closed connection")
	return 502
}
