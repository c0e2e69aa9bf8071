package rangefilter

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

var boundaries atomic.Uint64

func init() { boundaries.Store(uint64(rand.Uint32())) }

// multipart is ngx_http_range_multipart_header: the body becomes
// multipart/byteranges (RFC 9110, 14.6).
func (s *state) multipart(r *httpd.Request) {
	o := &r.Out
	boundary := fmt.Sprintf("%020d", boundaries.Add(1))
	head := "\r\n--" + boundary + "\r\n"
	if o.ContentType != "" {
		head += "Content-Type: " + o.ContentType
		if o.Charset != "" {
			head += "; charset=" + o.Charset
		}
		head += "\r\n"
	}
	head += "Content-Range: "
	s.tail = "\r\n--" + boundary + "--\r\n"
	length := int64(len(s.tail))
	for _, rg := range s.ranges {
		h := head + string(http1.AppendContentRange(nil, rg, o.ContentLength)) + "\r\n\r\n"
		s.heads = append(s.heads, h)
		length += int64(len(h)) + rg.End - rg.Start
	}
	o.ContentType = "multipart/byteranges; boundary=" + boundary
	o.Charset = ""
	o.ContentLength = length
	o.Del("Content-Range")
}

var errOverlapped = errors.New("range in overlapped buffers")

// multi puts the ranges together. As in nginx the whole body must come in one
// part.
func multi(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	s := slot.Get(r)
	if s == nil || len(in) == 0 || in[0].Len() == 0 {
		return next.Write(in)
	}
	b := in[0]
	whole := s.offset == 0
	if whole && !b.Last {
		for _, rg := range s.ranges {
			whole = whole && rg.End <= b.Len()
		}
	}
	if !whole {
		r.Logf(errlog.Alert, "range in overlapped buffers")
		return errOverlapped
	}
	s.offset = b.Len()
	out := make([]httpd.Buf, 0, 2*len(s.ranges)+1)
	for i, rg := range s.ranges {
		part := b
		part.Last, part.Flush = false, false
		cut(&part, rg.Start, rg.End)
		out = append(out, httpd.Buf{B: []byte(s.heads[i]), Keep: true}, part)
	}
	out = append(out, httpd.Buf{B: []byte(s.tail), Keep: true, Last: true})
	return next.Write(out)
}
