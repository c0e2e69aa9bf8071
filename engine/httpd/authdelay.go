package httpd

import (
	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// delayUnauthorized holds a 401 back for auth_delay, so that passwords can't be
// tried fast (ngx_http_core_auth_delay).
func (r *Request) delayUnauthorized(res Result) Result {
	d := r.Loc.core.AuthDelay.V
	if d == 0 {
		return res
	}
	r.Logf(errlog.Info, "delaying unauthorized request")
	event.Sleep(d)
	if r.Conn.ev.Failed() {
		return 499
	}
	return res
}
