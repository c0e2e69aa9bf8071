package vm

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// output is the part of a response that Lua has made and that is not yet written.
type output struct {
	body       []byte
	ends       []int // where one ngx.say ended and the next began, when body filters want to know
	flush      bool
	seenBody   bool
	headerDone bool // the header went through the filters, or tried to
	buffering  bool // HTTP/1.0: the body is kept until its length is known
	eof        bool // no more may be written
	eofDue     bool // the end is to be written
	filterErr  bool // the filters refused something
}

// SendHeader sends the header unless that was done (ngx_http_lua_send_header_if_needed).
// It runs with the VM, since header_filter_by_lua* sees it happen.
func (x *Ctx) SendHeader() httpd.Result {
	r := x.R
	if r.HeaderSent || x.headerDone {
		return httpd.OK
	}
	if r.Out.Status == 0 {
		r.Out.Status = 200
	}
	x.SetContentType()
	if !x.HeadersSet {
		r.Out.ClearContentLength()
		r.Out.ClearAcceptRanges(r)
	}
	if x.buffering {
		return httpd.OK
	}
	return x.sendHeader()
}

func (x *Ctx) sendHeader() httpd.Result {
	res := x.R.SendHeader()
	x.headerDone = true
	if res == httpd.Error || res > httpd.OK {
		x.filterErr = true
	}
	return res
}

// SetContentType is ngx_http_lua_set_content_type: the default one, unless Lua or
// lua_use_default_type said otherwise.
func (x *Ctx) SetContentType() {
	if x.MimeSet || x.R.Out.ContentType != "" {
		return
	}
	x.MimeSet = true
	if x.Conf == nil || x.Conf.UseDefaultType {
		x.R.SetContentType()
	}
}

// prepare is what stands in front of anything that is written: the header, and for
// HTTP/1.0 the decision to keep the body back. False: the filters refused.
func (x *Ctx) prepare() bool {
	r := x.R
	if r.Method == http1.HEAD {
		r.HeaderOnly = true
	}
	if !x.buffering && !r.HeaderSent && !x.headerDone && r.Version < http1.HTTP11 && r.Out.ContentLength < 0 &&
		(x.Conf == nil || x.Conf.HTTP10Buffering) {
		x.buffering = true
		r.Debugf("lua buffering output bufs for the HTTP 1.0 request")
	}
	if res := x.SendHeader(); res == httpd.Error || res > httpd.OK {
		return false
	}
	if x.filterErr {
		return false
	}
	if r.HeaderOnly {
		x.eof = true
		if x.buffering {
			return x.sendHeader10()
		}
	}
	return true
}

func (x *Ctx) sendHeader10() bool {
	r := x.R
	if r.HeaderSent || x.headerDone {
		return true
	}
	r.Debugf("lua sending HTTP 1.0 response headers")
	if !r.HeaderOnly && r.Out.ContentLength < 0 {
		r.Out.ContentLength = int64(len(x.body))
	}
	res := x.sendHeader()
	return res != httpd.Error && res <= httpd.OK
}

// Body is where ngx.say appends. Commit follows.
func (x *Ctx) Body() []byte { return x.body }

// Commit takes what was appended to Body. False means "nginx output filter error".
func (x *Ctx) Commit(body []byte) bool {
	x.seenBody = true
	from := len(x.body)
	x.body = body
	if !x.prepare() || x.filterErr {
		x.body = x.body[:from]
		return false
	}
	if x.eof { // header only
		x.body = x.body[:from]
		return true
	}
	if x.R.FiltersBody() {
		x.ends = append(x.ends, len(body))
	}
	return true
}

// SendEOF is ngx.eof.
func (x *Ctx) SendEOF() bool {
	if !x.prepare() {
		return false
	}
	if x.eof {
		return true
	}
	x.eof, x.eofDue = true, true
	if x.buffering {
		return x.sendHeader10()
	}
	return true
}

// EOF tells whether the response has ended; SeenBody, HeaderDone and Buffering what
// has become of it so far.
func (x *Ctx) EOF() bool        { return x.eof }
func (x *Ctx) SeenBody() bool   { return x.seenBody }
func (x *Ctx) HeaderDone() bool { return x.headerDone || x.R.HeaderSent }
func (x *Ctx) Buffering() bool  { return x.buffering }

// Flush asks that what there is goes to the client when the VM is let go next.
func (x *Ctx) Flush() { x.flush = true }

// last ends the response (ngx_http_lua_send_chain_link without a chain).
func (x *Ctx) last() httpd.Result {
	r := x.R
	if x.RawSocket || x.eof {
		return x.wrote(x.writeOut())
	}
	if !x.prepare() {
		if x.headerDone && !r.HeaderSent {
			return httpd.Error
		}
		return httpd.Error
	}
	if !r.Body.Present() && r.Parent == nil {
		if !r.DiscardBody() {
			return httpd.Error
		}
	}
	if x.eof { // header only
		return x.wrote(x.writeOut())
	}
	if x.buffering && !x.sendHeader10() {
		return httpd.Error
	}
	x.eof, x.eofDue = true, true
	return x.wrote(x.writeOut())
}

func (x *Ctx) wrote(ok bool) httpd.Result {
	if !ok {
		return httpd.Error
	}
	return httpd.OK
}

var lastBuf = [1]httpd.Buf{{Last: true}}

// writeOut writes what has been collected. The VM is not held: the client may be slow.
func (x *Ctx) writeOut() bool {
	r := x.R
	if r == nil || len(x.body) == 0 && !x.flush && !x.eofDue || x.buffering && !x.eofDue {
		return !x.filterErr
	}
	body, ends, flush, last := x.body, x.ends, x.flush, x.eofDue
	x.body, x.ends, x.flush, x.eofDue = x.body[:0], x.ends[:0], false, false
	if x.filterErr {
		return false
	}
	var err error
	from := 0
	for i := 0; i+1 < len(ends) && err == nil; i++ {
		one := [1]httpd.Buf{{B: body[from:ends[i]]}}
		err = r.WriteBufs(one[:])
		from = ends[i]
	}
	if err == nil {
		if len(ends) > 0 && last && from < len(body) {
			one := [1]httpd.Buf{{B: body[from:], Flush: flush}}
			if err = r.WriteBufs(one[:]); err == nil {
				err = r.WriteBufs(lastBuf[:])
			}
		} else {
			one := [1]httpd.Buf{{B: body[from:], Flush: flush, Last: last}}
			err = r.WriteBufs(one[:])
		}
	}
	if err != nil {
		x.filterErr = true
	}
	return err == nil
}

// WriteFailed tells whether the client or a filter has refused the response.
func (x *Ctx) WriteFailed() bool { return x.filterErr }
