package rangefilter

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// state is what the body filter needs to know of the header filter's findings.
type state struct {
	ranges []http1.ByteRange
	offset int64 // several ranges: of the next part in the whole body

	// Several ranges: what stands before each, and at the end.
	heads []string
	tail  string
}

var slot = httpd.NewSlot[state]()

// filter is ngx_http_range_header_filter.
func filter(r *httpd.Request) httpd.Result {
	o := &r.Out
	if !r.AllowRanges || o.Status != 200 || r.Version < http1.HTTP10 || !r.IsMain() || o.ContentLength < 0 {
		return httpd.OK
	}
	max := r.Core().MaxRanges.V
	if max == 0 {
		return httpd.OK
	}
	value, asked := r.In.Known(http1.Range)
	if !asked || len(value) < 7 || !http1.EqualFold(value[:6], "bytes=") || !ifRange(r) {
		o.Add("Accept-Ranges", "bytes")
		return httpd.OK
	}
	if r.SingleRange {
		max = 1
	}
	ranges, res := http1.ParseRanges(nil, value, o.ContentLength, max)
	switch res {
	case http1.RangeUnsatisfiable:
		o.Status = 416
		o.Set("Content-Range", r.Copy(http1.AppendUnsatisfied(nil, o.ContentLength)))
		o.ClearContentLength()
		return 416
	case http1.RangeIgnore:
		o.Add("Accept-Ranges", "bytes")
		return httpd.OK
	}
	o.Status, o.StatusLine = 206, ""
	s := &state{ranges: ranges}
	slot.Put(r, s)
	if len(ranges) == 1 {
		o.Del("Content-Range")
		o.Add("Content-Range", r.Copy(http1.AppendContentRange(nil, ranges[0], o.ContentLength)))
		o.ContentLength = ranges[0].End - ranges[0].Start
		r.UseFirstBodyFilter(single)
		return httpd.OK
	}
	s.multipart(r)
	r.UseFirstBodyFilter(multi)
	return httpd.OK
}

// ifRange tells whether If-Range, if there is one, lets the ranges stand.
func ifRange(r *httpd.Request) bool {
	v, ok := r.In.Known(http1.IfRange)
	if !ok {
		return true
	}
	etag, _ := r.Out.Get("ETag")
	return http1.MatchIfRange(v, etag, r.Out.Modified())
}

// single cuts the one range out of what passes.
func single(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	s := slot.Get(r)
	if s == nil {
		return next.Write(in)
	}
	want := s.ranges[0]
	n := 0
	for i := range in {
		b := in[i]
		start := r.BodyOffset
		size := b.Len()
		end := start + size
		r.BodyOffset = end
		switch {
		case size == 0:
			if want.End <= start {
				continue
			}
		case want.End <= start || want.Start >= end:
			if !b.Flush && !b.Last {
				continue
			}
			if want.End <= start {
				continue // the last part is out already
			}
			b.B, b.File = nil, nil
		default:
			cut(&b, max(want.Start-start, 0), min(want.End, end)-start)
			if want.End <= end {
				b.Last = true
			}
		}
		in[n] = b
		n++
	}
	if n == 0 {
		return nil
	}
	return next.Write(in[:n])
}

// cut keeps [from, to) of a part.
func cut(b *httpd.Buf, from, to int64) {
	if b.File != nil {
		b.Off, b.End = b.Off+from, b.Off+to
		return
	}
	b.B = b.B[from:to]
}
