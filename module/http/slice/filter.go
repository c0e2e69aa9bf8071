package slice

import (
	"errors"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// state is what the pieces of one response share (ngx_http_slice_ctx_t).
type state struct {
	size  int64
	asked int64 // where the piece begins that is asked for
	start int64 // where the next one does
	end   int64 // how far the client wants it; known with the first piece
	total int64
	etag  string
	more  bool // pieces are being fetched: what comes is theirs
	came  bool // the piece that is asked for has answered
}

var slot = httpd.NewSlot[state]()

// sliceRange is ngx_http_slice_range_variable. It makes the request one in pieces.
func sliceRange(r *httpd.Request) (string, bool) {
	s := slot.Get(r)
	if s == nil {
		size := httpd.Conf[conf](r, Module).size.V
		if !r.IsMain() || r.Out.Status != 0 || size == 0 {
			return "", false
		}
		s = &state{size: size}
		s.asked = firstByte(r) / size * size
		s.start = s.asked
		slot.Put(r, s)
	}
	return http1.View(appendRange(r.Alloc(48)[:0], s.asked, s.asked+s.size-1)), true
}

// filterHeader is ngx_http_slice_header_filter.
func filterHeader(r *httpd.Request) httpd.Result {
	s := slot.Get(r)
	if s == nil {
		return httpd.OK
	}
	if r.Out.Status != 206 {
		if r.IsMain() {
			slot.Put(r, nil)
			return httpd.OK
		}
		r.Logf(errlog.Error, "unexpected status code %d in slice response", r.Out.Status)
		return httpd.Error
	}
	if !s.take(r) {
		return httpd.Error
	}
	if !r.IsMain() {
		return httpd.OK
	}
	o := &r.Out
	o.Status, o.StatusLine = 200, ""
	o.ContentLength = s.total
	o.Del("Content-Range")
	o.Del("Accept-Ranges")
	r.AllowRanges, r.SingleRange, r.PreserveBody = true, true, true
	r.BodyOffset = s.asked
	r.UseBodyFilter(s.filter)
	return httpd.OK
}

// take checks that the answer is the piece that was asked for.
func (s *state) take(r *httpd.Request) bool {
	etag, _ := r.Out.Get("ETag")
	if s.etag != "" && etag != s.etag {
		r.Logf(errlog.Error, "etag mismatch in slice response")
		return false
	}
	if s.etag == "" {
		s.etag = strings.Clone(etag)
	}
	value, _ := r.Out.Get("Content-Range")
	from, to, total, ok := contentRange(value)
	if !ok {
		r.Logf(errlog.Error, "invalid range in slice response")
		return false
	}
	if total < 0 {
		r.Logf(errlog.Error, "no complete length in slice response")
		return false
	}
	end := min(from+s.size, total)
	if from != s.start || to != end {
		r.Logf(errlog.Error, "unexpected range in slice response: %d-%d, expected: %d-%d", from, to, s.start, end)
		return false
	}
	s.start, s.total, s.came = end, total, true
	return true
}

var errMissing = errors.New("missing slice response")

// filter is ngx_http_slice_body_filter: behind the first piece it gets the others. The
// range filter is in front of it, so they enter there.
func (s *state) filter(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	last := false
	for i := range in {
		last = last || in[i].Last
		in[i].Last = false
	}
	if err := next.Write(in); err != nil || !last || s.more {
		return err
	}
	s.more = true
	s.wanted(r)
	for s.start < s.end {
		s.asked, s.came = s.start, false
		r.BodyOffset = s.asked
		err := r.RunClone(func(q *httpd.Request) { slot.Put(q, s) }, func(_ *httpd.Request, in []httpd.Buf) error { return r.WriteBufs(in) })
		if err != nil {
			return err
		}
		if !s.came {
			r.Logf(errlog.Error, "missing slice response")
			return errMissing
		}
	}
	fin := [1]httpd.Buf{{Last: true}}
	return next.Write(fin[:])
}

// wanted finds out how much the client gets: all, or what the range filter has made of it.
func (s *state) wanted(r *httpd.Request) {
	s.end = s.total
	if r.Out.Status != 206 {
		return
	}
	value, _ := r.Out.Get("Content-Range")
	from, to, _, ok := contentRange(value)
	if !ok {
		return
	}
	if s.start+s.size <= from {
		s.start = from / s.size * s.size
	}
	s.end = to
}
