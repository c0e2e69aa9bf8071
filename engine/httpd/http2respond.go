package httpd

import (
	"strconv"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// header implements stream (ngx_http_v2_header_filter).
func (s *http2stream) header(r *Request) error {
	if s.left.Load() {
		s.conn.failed = errClosed
		return errClosed
	}
	o, core := &r.Out, r.Loc.core
	if r.GzipVary && !core.GzipVary.V {
		r.GzipVary = false
	}
	if !fieldsFit(r, o.List) || !fieldsFit(r, []Header{{Name: "Content-Type", Value: o.ContentType}, {Name: "Location", Value: o.Location}}) {
		return errClosed
	}
	r.absoluteLocation()
	h := s.h
	h.mu.Lock()
	if h.broken || s.outClosed {
		h.mu.Unlock()
		return errClosed
	}
	from := h.beginBlockOut(s.id)
	b := appendStatus(h.out, o.Status)
	if !o.hasServer {
		b = append(b, http2Server[core.ServerTokens.V]...)
	}
	if !o.hasDate {
		b = append(b, s.conn.w.http2Date(event.UnixNano()/1e9)...)
	}
	if o.ContentType != "" {
		if o.Charset != "" {
			b = appendIndexedName(b, staticContentType, o.ContentType+"; charset="+o.Charset)
		} else {
			b = appendIndexedName(b, staticContentType, o.ContentType)
		}
	}
	if o.ContentLength >= 0 {
		var digits [20]byte
		b = appendIndexedName(b, staticContentLength, view(strconv.AppendInt(digits[:0], o.ContentLength, 10)))
	}
	if o.LastModified >= 0 {
		var date [http1.DateLen]byte
		b = appendIndexedName(b, staticLastModified, view(http1.AppendDate(date[:0], o.LastModified)))
	}
	if o.Location != "" {
		b = appendIndexedName(b, staticLocation, o.Location)
	}
	if r.GzipVary {
		b = appendIndexedName(b, staticVary, "Accept-Encoding")
	}
	for i := range o.List {
		b = appendField(b, o.List[i].Name, o.List[i].Value)
	}
	h.out = b
	fin := r.HeaderOnly || o.ContentLength == 0 && !r.ExpectTrailers && len(o.Trailers) == 0
	size := h.endBlockOut(s.id, from, fin)
	if fin {
		s.outClosed = true
	}
	h.mu.Unlock()
	r.HeaderSize = int64(size)
	r.Sent += r.HeaderSize
	return nil
}

// fieldsFit refuses what nginx could not write.
func fieldsFit(r *Request, list []Header) bool {
	for i := range list {
		if len(list[i].Name) > http2MaxField {
			r.Logf(errlog.Crit, "too long response header name: \"%s\"", list[i].Name)
			return false
		}
		if len(list[i].Value) > http2MaxField {
			r.Logf(errlog.Crit, "too long response header value: \"%s: %s\"", list[i].Name, list[i].Value)
			return false
		}
	}
	return true
}

// early implements stream (ngx_http_v2_early_hints_filter).
func (s *http2stream) early(r *Request, status int, headers []Header) error {
	if len(headers) == 0 {
		return nil
	}
	h := s.h
	h.mu.Lock()
	if h.broken || s.outClosed {
		h.mu.Unlock()
		return errClosed
	}
	from := h.beginBlockOut(s.id)
	h.out = appendStatus(h.out, status)
	for i := range headers {
		h.out = appendField(h.out, headers[i].Name, headers[i].Value)
	}
	size := h.endBlockOut(s.id, from, false)
	h.mu.Unlock()
	r.Sent += int64(size)
	h.flush()
	return nil
}

// trailer ends a response with fields. h.mu is held.
func (s *http2stream) trailer(r *Request) {
	h := s.h
	from := h.beginBlockOut(s.id)
	for i := range r.Out.Trailers {
		h.out = appendField(h.out, r.Out.Trailers[i].Name, r.Out.Trailers[i].Value)
	}
	r.Sent += int64(h.endBlockOut(s.id, from, true))
	s.outClosed = true
}

// beginBlockOut begins a HEADERS frame at the end of h.out. h.mu is held until
// endBlockOut has finished it.
func (h *http2conn) beginBlockOut(id uint32) (from int) {
	h.takeOut()
	from = len(h.out)
	h.out = appendFrame(h.out, 0, frameHeaders, flagEndHeaders, id)
	if h.resized {
		// Nothing of ours is in the client's table, whatever its size.
		h.resized = false
		h.out = append(h.out, 1<<5)
	}
	return from
}

// endBlockOut fills in the length, and divides a block that is too long for one
// frame.
func (h *http2conn) endBlockOut(id uint32, from int, fin bool) (size int) {
	block := h.out[from+http2FrameHead:]
	size = len(h.out) - from
	flags := byte(0)
	if fin {
		flags = flagEndStream
	}
	h.payload += int64(len(block))
	if len(block) <= h.frameSize {
		appendFrame(h.out[:from], len(block), frameHeaders, flags|flagEndHeaders, id)
	} else {
		all := append([]byte(nil), block...)
		h.out = h.out[:from]
		kind := byte(frameHeaders)
		for len(all) > 0 {
			n := min(len(all), h.frameSize)
			if n == len(all) {
				flags |= flagEndHeaders
			}
			h.out = append(appendFrame(h.out, n, kind, flags, id), all[:n]...)
			all = all[n:]
			kind, flags = frameContinuation, 0
		}
		size = len(h.out) - from
	}
	h.total += int64(size)
	return size
}

// flush implements stream. The last flush is left to end, which may have a
// frame of its own to send.
func (s *http2stream) flush(r *Request) error {
	if s.left.Load() {
		s.conn.failed = errClosed
		return errClosed
	}
	if !r.Complete {
		s.push()
	}
	return s.conn.failed
}
