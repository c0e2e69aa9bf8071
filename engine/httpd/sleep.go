package httpd

import (
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// Sleep holds a request back for d. It is false when the client went away
// meanwhile (ngx_http_test_reading); then the request ends with 499.
func (r *Request) Sleep(d time.Duration) bool {
	var w event.Waiter
	r.WatchClient(&event.CloseHook{Func: w.Wake})
	over := !w.WaitTimeout(d)
	r.WatchClient(nil)
	if !over {
		r.Logf(errlog.Info, "client prematurely closed connection")
	}
	return over
}
