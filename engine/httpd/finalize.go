package httpd

import (
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/socket"
	"moongate/edge/wire/http1"
)

// finalize ends a request with a handler's answer (ngx_http_finalize_request).
// It tells whether the connection can take another one at once.
func (r *Request) finalize(res Result) bool {
	for {
		res = r.settle(res)
		if res != OK || r.Conn.failed != nil || r.FilterFinalizing || !r.conclude() {
			again, more := r.postAction()
			if !more {
				return r.terminate(res)
			}
			res = again
			continue
		}
		again, more := r.postAction()
		if !more {
			r.awaitBeside()
			return r.stream.end(r)
		}
		res = again
	}
}

// settle turns what a handler has answered into a response, following redirects
// inside the server. OK means that the response is there, anything else that
// the connection is of no more use.
func (r *Request) settle(res Result) Result {
	for {
		if r.Debugging() && res != restart && res != finished {
			r.traceResult(res)
		}
		switch {
		case res == restart:
			res = r.run()
		case res == finished, res == Done:
			return OK
		case res == 444, res == 499, res == 408:
			return res
		case res >= 300 || res == 201 || res == 204:
			if r.HeaderSent && !r.PostAction {
				return Error
			}
			res = r.specialResponse(int(res))
		case res < 0:
			return Error
		default:
			return OK
		}
	}
}

// conclude sends what is left of the response. It is false when the client
// can't be written to.
func (r *Request) conclude() bool {
	if !r.PostAction && !r.Upgraded {
		if !r.HeaderSent && r.Version >= http1.HTTP10 {
			// A handler said OK and sent nothing.
			if r.Out.Status == 0 {
				r.Out.Status = 200
			}
			if r.SendHeader() == Error {
				return false
			}
		}
		if !r.lastSent && !r.HeaderOnly {
			if r.WriteBufs(lastBuf[:]) != nil {
				return false
			}
		}
	}
	r.Complete = true
	return r.stream.flush(r) == nil
}

var lastBuf = [1]Buf{{Last: true}}

// postAction begins the request that post_action asks for when another has
// ended (ngx_http_post_action). Its answer is thrown away.
func (r *Request) postAction() (res Result, more bool) {
	uri := r.Loc.core.PostAction.V
	if uri == "" || r.Parent != nil || r.PostAction && r.uriChanges == 0 {
		return OK, false
	}
	r.Version = http1.HTTP09
	r.HeaderOnly = true
	r.PostAction = true
	if uri[0] == '/' {
		return r.InternalRedirect(uri, ""), true
	}
	return r.NamedLocation(uri), true
}

// terminate is for requests whose connection is of no more use
// (ngx_http_terminate_request). The status is what the log shows, unless some
// of another answer has left.
func (r *Request) terminate(res Result) bool {
	c := r.Conn
	r.KeepAlive = false
	r.awaitBeside()
	if res > 0 && (r.Out.Status == 0 || r.Sent == 0) {
		r.Out.Status = int(res)
	}
	if h, ok := r.stream.(interface{ abort(*Request) }); ok {
		h.abort(r)
		return false
	}
	if res == 444 {
		c.timedOut = true
	}
	r.resetTimedOut()
	r.destroy()
	c.close()
	return false
}

// resetTimedOut makes the close of a connection that timed out, or that status
// 444 closes, a reset (reset_timedout_connection).
func (r *Request) resetTimedOut() {
	c := r.Conn
	if !c.timedOut || !r.Loc.core.ResetTimedout.V {
		return
	}
	if err := socket.SetReset(c.ev.FD()); err != nil {
		r.LogErr(errlog.Alert, err, "setsockopt(SO_LINGER) failed")
	}
}

// destroy runs the log phase and gives the request back
// (ngx_http_free_request).
func (r *Request) destroy() {
	r.logPhase()
	r.free()
}

func (r *Request) logPhase() {
	r.stage.set(logging)
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
	r.releaseHead()
	requestPool.Put(r)
}

// TimeSpent is how long the request has been going on.
func (r *Request) TimeSpent() time.Duration { return event.Now().Sub(r.Start) }
