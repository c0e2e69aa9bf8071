package stubstatus

import (
	"fmt"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// Module is nginx's ngx_http_stub_status_module.
var Module = &httpd.Module{
	Name: "stub_status",
	Doc:  "Shows how many connections and requests there are.",
	Directives: []directive.Directive{
		{Name: "stub_status", In: directive.Server | directive.Location, Args: directive.NoArgs | directive.Take1,
			Set: directive.Func(func(c *directive.Call, _ *conf) error {
				httpd.LocationOf(c).Handler = handle
				return nil
			}), Doc: "Answers with the numbers."},
	},
	NewConf: func() any { return new(conf) },
	Variables: []httpd.Variable{
		number("connections_active", "Open client connections, waiting ones included.", func(t *zone.Totals) int64 { return t.Active }),
		number("connections_reading", "Connections whose request is being read.", func(t *zone.Totals) int64 { return t.Reading }),
		number("connections_writing", "Connections that are being answered.", func(t *zone.Totals) int64 { return t.Writing }),
		number("connections_waiting", "Idle connections.", func(t *zone.Totals) int64 { return t.Waiting }),
	},
}

// conf is empty: the directive has nothing to remember.
type conf struct{}

func number(name, doc string, get func(*zone.Totals) int64) httpd.Variable {
	return httpd.Variable{Name: name, Doc: doc, Volatile: true, Get: func(r *httpd.Request) (string, bool) {
		t := totals(r)
		return r.Int(get(&t)), true
	}}
}

// totals derives what the engine does not count: an active connection that neither
// waits nor is read from is being answered, at least the one that asks. When the
// request is logged, its connection is not counted any more.
func totals(r *httpd.Request) zone.Totals {
	t := r.Worker().Stats.Sum()
	t.Writing = max(t.Active-t.Waiting-t.Reading, 1)
	if r.Ended() {
		t.Writing--
	}
	return t
}

// handle is ngx_http_stub_status_handler.
func handle(r *httpd.Request) httpd.Result {
	if r.Method&(http1.GET|http1.HEAD) == 0 {
		return 405
	}
	if !r.DiscardBody() {
		return 400
	}
	t := totals(r)
	return r.SendText(200, "text/plain", fmt.Sprintf("Active connections: %d \nserver accepts handled requests\n %d %d %d \nReading: %d Writing: %d Waiting: %d \n",
		t.Active, t.Accepted, t.Handled, t.Requests, t.Reading, t.Writing, t.Waiting))
}
