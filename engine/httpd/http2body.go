package httpd

import (
	"io"
	"os"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// beginData accounts for a DATA frame (ngx_http_v2_state_data); pad is its
// padding.
func (h *http2conn) beginData(pad int, padded bool) (http2Error, bool) {
	in := &h.in
	size := in.length
	if padded {
		if pad >= size {
			h.info("client sent padded DATA frame with incorrect length: %d, padding: %d", size, pad)
			return http2ProtocolError, false
		}
		in.length--
	}
	in.pad = pad
	if in.id == 0 {
		h.info("client sent DATA frame with incorrect identifier")
		return http2ProtocolError, false
	}
	in.state, in.data = inData, nil
	h.mu.Lock()
	if int64(size) > h.recvWindow {
		window := h.recvWindow
		h.mu.Unlock()
		h.info("client violated connection flow control: received DATA frame length %d, available window %d", size, window)
		return http2FlowControlError, false
	}
	if h.recvWindow -= int64(size); h.recvWindow < http2MaxWindow/4 {
		h.updateWindow(0, http2MaxWindow-h.recvWindow)
		h.recvWindow = http2MaxWindow
	}
	s := h.find(in.id)
	if s == nil || s == in.open {
		h.mu.Unlock()
		in.skip()
		return 0, true
	}
	fault, code := "", http2Error(0)
	window := s.recvWindow
	switch {
	case int64(size) > window:
		fault, code = "client violated flow control for stream %d: received DATA frame length %d, available window %d", http2FlowControlError
	case s.inClosed:
		fault, code = "client sent DATA frame for half-closed stream %d", http2StreamClosed
	}
	if fault != "" && !s.left.Load() {
		hook := s.terminate(code)
		h.mu.Unlock()
		if code == http2StreamClosed {
			h.info(fault, in.id)
		} else {
			h.info(fault, in.id, size, window)
		}
		if hook != nil {
			hook.Func()
		}
		in.skip()
		return 0, true
	}
	s.recvWindow -= int64(size)
	h.mu.Unlock()
	in.data = s
	if in.length == in.pad {
		h.takeData(nil)
	}
	return 0, true
}

// takeData hands a piece of a body to its stream; the last one ends it when the
// frame says so (ngx_http_v2_state_read_data).
func (h *http2conn) takeData(p []byte) {
	in := &h.in
	in.length -= len(p)
	end := in.length == in.pad
	s := in.data
	if s != nil {
		h.mu.Lock()
		r := s.r
		if !s.skip && (r.In.ContentLength >= 0 || r.In.Chunked) {
			s.data = append(s.data, p...)
			h.payload += int64(len(p))
			if end && in.flags&flagEndStream != 0 {
				s.inClosed = true
			}
		} else if end && in.flags&flagEndStream != 0 {
			s.inClosed = true
		}
		s.wakeReader()
		h.mu.Unlock()
	}
	if end {
		in.data = nil
		in.skip()
	}
}

// endBody ends the body of a stream: its trailer has come.
func (h *http2conn) endBody(id uint32) {
	h.mu.Lock()
	if s := h.find(id); s != nil {
		s.inClosed = true
		s.wakeReader()
	}
	h.mu.Unlock()
}

func (s *http2stream) wakeReader() {
	if s.waits {
		s.waits = false
		s.rw.Wake()
	}
}

// bodyWindow is how much a client may send ahead of the one who reads: a body
// that goes to memory or a file is drained at once, one that is passed on is
// let in as fast as it goes out.
func (s *http2stream) bodyWindow(r *Request) int64 {
	n := max(s.conn.server.http2().Preread.V, r.Loc.core.BodyBufferSize.V)
	if r.Body.whole {
		n = max(n, http2WholeWindow)
	}
	return min(n, http2MaxWindow)
}

// http2WholeWindow is the window of a body that is read in full.
const http2WholeWindow = 1 << 20

// readBody implements stream.
func (s *http2stream) readBody(r *Request, p []byte) (int, error) {
	h := s.h
	want := s.bodyWindow(r)
	h.mu.Lock()
	for len(s.data) == s.taken && !s.inClosed && !s.stopped && !s.left.Load() {
		// What is let in is told when all that came is used up.
		s.data, s.taken = s.data[:0], 0
		update := s.recvWindow < want && (s.recvWindow <= want/2 || !s.opened)
		if update {
			s.opened = true
			h.updateWindow(s.id, want-s.recvWindow)
			s.recvWindow = want
		}
		s.waits = true
		h.mu.Unlock()
		h.flush()
		ok := s.rw.WaitTimeout(r.Loc.core.BodyTimeout.V)
		h.mu.Lock()
		if !ok && s.waits {
			s.waits, s.skip = false, true
			h.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		}
	}
	if s.stopped {
		s.stopped = false
		h.mu.Unlock()
		return 0, event.ErrInterrupted
	}
	left := s.left.Load()
	// A body that ends early is refused before its last piece is passed on.
	arrived := s.received + int64(len(s.data)-s.taken)
	short := s.inClosed && r.In.ContentLength > arrived
	n := copy(p, s.data[s.taken:])
	s.taken += n
	s.received += int64(n)
	over := r.In.ContentLength >= 0 && arrived > r.In.ContentLength
	// The end comes by itself, so that the last piece is judged as the others.
	end := n == 0 && s.inClosed
	if left || over || short {
		s.skip = true
	}
	h.mu.Unlock()
	r.Received += int64(n)
	switch {
	case left:
		r.Logf(errlog.Info, "client prematurely closed stream")
		s.conn.failed = errClosed
		return 0, statusError(499)
	case over:
		r.Logf(errlog.Info, "client intended to send body data larger than declared")
		return 0, statusError(400)
	case short:
		r.Logf(errlog.Info, "client prematurely closed stream: only %d out of %d bytes of request body received", arrived, r.In.ContentLength)
		return 0, statusError(400)
	case !end:
		return n, nil
	}
	return n, io.EOF
}

// bodyHere tells whether readBody would answer without waiting: with bytes, or the end.
func (s *http2stream) bodyHere() bool {
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	return len(s.data) > s.taken || s.inClosed
}

// discard implements stream: the rest of the body is not let in, and at the end
// the stream is reset without an error.
func (s *http2stream) discard(*Request) bool {
	s.h.mu.Lock()
	s.skip, s.data, s.taken = true, nil, 0
	s.h.mu.Unlock()
	return true
}

// expect implements stream: nginx leaves Expect alone in HTTP/2.
func (s *http2stream) expect(*Request) error { return nil }
