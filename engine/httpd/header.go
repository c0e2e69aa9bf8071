package httpd

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// SendHeader runs the header filters and hands the header to the connection
// (ngx_http_send_header). Once it has run the header can't change.
func (r *Request) SendHeader() Result {
	if r.held != nil {
		return r.held.header(r)
	}
	if r.HeaderSent || r.PostAction {
		if r.HeaderSent && !r.PostAction {
			r.Logf(errlog.Alert, "header already sent")
			return Error
		}
		return OK
	}
	if r.ErrStatus != 0 {
		r.Out.Status = r.ErrStatus
		r.Out.StatusLine = ""
	}
	r.bodyFilters, r.lateFilters = r.bodyFilters[:0], r.lateFilters[:0]
	for _, f := range r.Loc.chain.filters {
		if res := f(r); res != OK {
			return res
		}
	}
	return r.writeHeader()
}

// writeHeader is ngx_http_header_filter and the chunked filter's decision.
func (r *Request) writeHeader() Result {
	if r.HeaderSent {
		return OK
	}
	r.HeaderSent = true
	if r.Parent != nil {
		return OK
	}
	o := &r.Out
	if r.Version < http1.HTTP10 {
		return OK
	}
	if r.Method == http1.HEAD {
		r.HeaderOnly = true
	}
	if o.Status != 200 && o.Status != 206 && o.Status != 304 {
		o.LastModified = -1
	}
	if o.StatusLine == "" { // of a backend: what it says stands
		switch o.Status {
		case 204:
			r.HeaderOnly = true
			o.ContentType, o.ContentLength = "", -1
		case 304:
			r.HeaderOnly = true
		}
	}
	if r.KeepAlive && r.Conn.w.exiting() {
		r.KeepAlive = false
	}
	if err := r.stream.header(r); err != nil {
		return Error
	}
	if r.HeaderOnly {
		r.lastSent = true
		if r.stream.flush(r) != nil {
			return Error
		}
	}
	return OK
}

// emit is the end of the body filters.
func (r *Request) emit(in []Buf) error {
	if r.capture != nil {
		return r.capture(r, in)
	}
	if r.Parent != nil {
		return r.Parent.WriteJoined(in)
	}
	for i := range in {
		if in[i].Last {
			r.lastSent = true
		}
	}
	if r.Conn.failed != nil {
		return r.Conn.failed
	}
	return r.stream.body(r, in)
}

// SendText answers with a body from memory (ngx_http_send_response). Without a
// type it keeps the one that is there, or gives it that of the URI's extension.
func (r *Request) SendText(status int, contentType, body string) Result {
	if !r.DiscardBody() {
		return 400
	}
	r.Out.Status = status
	if r.Traced() {
		r.Tracef("the text is %q", body)
		return Result(status)
	}
	if contentType != "" {
		r.Out.ContentType = contentType
	} else {
		r.SetContentType()
	}
	r.Out.ContentLength = int64(len(body))
	if res := r.SendHeader(); res == Error || res > OK || r.HeaderOnly {
		return res
	}
	return r.result(r.WriteOne(Buf{B: bytesOf(body), Last: true, Keep: true}))
}

func (r *Request) result(err error) Result {
	if err != nil {
		return Error
	}
	return OK
}
