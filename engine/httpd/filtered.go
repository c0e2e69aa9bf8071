package httpd

import "moongate/edge/sys/event"

// FiltersBody tells whether this response's body goes through filters: then the
// parts that are written are seen one by one.
func (r *Request) FiltersBody() bool { return len(r.bodyFilters) > 0 }

// Discarded tells whether the body was given up.
func (b *Body) Discarded() bool { return b.discarded }

// RunPlain is Run without error pages: who made the subrequest gets the status
// that nginx hands to a post_subrequest handler.
func (q *Request) RunPlain() Result {
	res := q.run()
	for res == restart {
		res = q.run()
	}
	if res == finished {
		res = OK
	}
	if q.Loc.core.LogSubrequest.V {
		q.logPhase()
	}
	return res
}

// Interrupt ends the wait of who reads from or writes to the client: Lua's light
// threads can be killed.
func (c *Conn) Interrupt() { c.ev.Interrupt() }

// NotifyClose has h called when the client goes away; nil takes it back
// (event.Conn.NotifyClose).
func (c *Conn) NotifyClose(h *event.CloseHook) { c.ev.NotifyClose(h) }

// FinalizeInFilter is FilterFinalize for a filter that will run again on the way of the
// error page and has left something on the request: again puts it back
// (ngx_http_filter_finalize_request with a module).
func (r *Request) FinalizeInFilter(status int, again func()) Result {
	r.CleanHeader()
	clear(r.slots)
	again()
	r.FilterFinalizing = true
	res := r.specialResponse(status)
	if res == OK || res == Done {
		r.stream.flush(r)
		return Error
	}
	return res
}

// RunBy is RunPlain with a handler in place of the phases, in the location that the parent
// is in.
func (q *Request) RunBy(h Handler) Result {
	q.setLocation(q.Parent.Loc)
	res := h(q)
	if q.Loc.core.LogSubrequest.V {
		q.logPhase()
	}
	return res
}
