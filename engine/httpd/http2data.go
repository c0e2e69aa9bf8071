package httpd

import (
	"os"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// body implements stream: DATA frames of http2_chunk_size, as the windows allow
// (ngx_http_v2_send_chain).
func (s *http2stream) body(r *Request, in []Buf) error {
	if s.conn.failed != nil {
		return s.conn.failed
	}
	final, last, flush := -1, false, false
	for i := range in {
		if in[i].Len() > 0 {
			final = i
		}
		last = last || in[i].Last
		flush = flush || in[i].Flush
	}
	trailers := last && len(r.Out.Trailers) > 0
	var few [8][]byte
	pieces := few[:0]
	for i := 0; i <= final; i++ {
		b := &in[i]
		fin := last && !trailers && i == final
		if b.File != nil {
			if err := s.sendFile(r, b, fin); err != nil {
				return err
			}
			continue
		}
		if len(b.B) > 0 {
			pieces = append(pieces, b.B)
		}
		if i == final || in[i+1].File != nil {
			if _, err := s.send(r, pieces, fin, false); err != nil {
				return err
			}
			pieces = pieces[:0]
		}
	}
	h := s.h
	if last {
		h.mu.Lock()
		switch {
		case s.outClosed || h.broken:
		case trailers:
			s.trailer(r)
		default:
			h.takeOut()
			h.out = appendFrame(h.out, 0, frameData, flagEndStream, s.id)
			s.outClosed = true
			r.Sent += http2FrameHead
			r.HeaderSize += http2FrameHead
		}
		h.mu.Unlock()
		return nil // the end of the request flushes
	}
	h.mu.Lock()
	flush = flush || int64(len(h.out)) >= r.Loc.core.PostponeOutput.V
	h.mu.Unlock()
	if flush {
		s.push()
	}
	return nil
}

// sendFile sends a range of a file through memory.
func (s *http2stream) sendFile(r *Request, b *Buf, fin bool) error {
	buf := fileBuf.Get().(*[32768]byte)
	defer fileBuf.Put(buf)
	var one [1][]byte
	rest := 0 // of the last read, too little for a frame
	for off := b.Off; off < b.End; {
		n, err := b.File.ReadAt(buf[rest:min(int64(len(buf)), int64(rest)+b.End-off)], off)
		if n == 0 {
			r.Logf(errlog.Alert, "pread() read only %d of %d from \"%s\": %v", off-b.Off, b.End-b.Off, b.File.Name, err)
			return s.fail(errClosed)
		}
		off += int64(n)
		one[0] = buf[:rest+n]
		left, err := s.send(r, one[:], fin && off == b.End, off < b.End)
		if err != nil {
			return err
		}
		copy(buf[:], buf[rest+n-left:rest+n])
		rest = left
	}
	return nil
}

func (s *http2stream) fail(err error) error {
	s.conn.failed = err
	return err
}

// send appends pieces of the body as frames, waiting for the windows, for the
// pace of limit_rate and for those before it to be written. With more to come
// it may leave what would not fill a frame.
func (s *http2stream) send(r *Request, pieces [][]byte, fin, more bool) (left int, err error) {
	h := s.h
	for _, p := range pieces {
		left += len(p)
	}
	all := left
	chunk := Conf[http2Conf](r, http2Module).ChunkSize.V
	off := 0
	for left > 0 {
		limit := int64(1) << 62
		if r.limited() {
			if wait := r.paceUntil - event.Mono(); wait > 0 {
				s.push()
				h.mu.Lock()
				h.yield(s)
				h.mu.Unlock()
				event.Sleep(wait)
			}
			if limit = r.allowance(); limit <= 0 {
				r.paceUntil = event.Mono() + r.pause(limit)
				continue
			}
		}
		h.mu.Lock()
		if h.broken || s.left.Load() {
			h.mu.Unlock()
			return 0, s.fail(errClosed)
		}
		if s.outClosed {
			h.mu.Unlock()
			r.Logf(errlog.Error, "output on closed stream")
			return 0, s.fail(errClosed)
		}
		if more && left < all && int64(left) < min(chunk, int64(h.frameSize)) {
			h.yield(s)
			h.mu.Unlock()
			return left, nil
		}
		if s.sendWindow <= 0 || !h.mayUse(s) || len(h.out) >= http2OutFull {
			if err := s.await(r); err != nil {
				return 0, err
			}
			continue
		}
		n := int(min(int64(left), chunk, int64(h.frameSize), s.sendWindow, h.sendWindow, limit))
		h.takeOut()
		flags := byte(0)
		if fin && n == left {
			flags = flagEndStream
			s.outClosed = true
		}
		h.out = appendFrame(h.out, n, frameData, flags, s.id)
		for k := n; k > 0; {
			m := min(k, len(pieces[0])-off)
			h.out = append(h.out, pieces[0][off:off+m]...)
			if k, off = k-m, off+m; off == len(pieces[0]) {
				pieces, off = pieces[1:], 0
			}
		}
		s.sendWindow -= int64(n)
		h.sendWindow -= int64(n)
		h.payload += int64(n)
		h.total += http2FrameHead + int64(n)
		batch := len(h.out) >= http2OutBatch
		if left -= n; left == 0 {
			h.yield(s)
		}
		h.mu.Unlock()
		before := r.Sent
		r.Sent += http2FrameHead + int64(n)
		if limit < int64(1)<<62 {
			// What was sent beyond limit_rate_after takes its time.
			over := max(r.Sent-r.LimitRateAfter.V, 0) - max(before-r.LimitRateAfter.V, 0)
			r.paceUntil = event.Mono() + time.Duration(over*1000/r.LimitRate.V)*time.Millisecond
		}
		r.HeaderSize += http2FrameHead
		if batch {
			h.flush()
		}
	}
	return 0, nil
}

// await waits until there is something to send into. h.mu is held, and let go.
func (s *http2stream) await(r *Request) error {
	h := s.h
	if !h.writing && len(h.out) > 0 {
		h.mu.Unlock()
		h.flush()
		return nil
	}
	h.yield(s)
	switch {
	case len(h.out) >= http2OutFull:
		h.room = append(h.room, s)
		h.mu.Unlock()
		s.ww.Wait() // the writer has a timeout
		return nil
	case s.sendWindow <= 0:
		s.exhausted = true
	default:
		h.starved = append(h.starved, s)
		h.grant()
	}
	h.mu.Unlock()
	if s.ww.WaitTimeout(r.Loc.core.SendTimeout.V) {
		return nil
	}
	h.mu.Lock()
	h.yield(s)
	h.mu.Unlock()
	r.LogErr(errlog.Info, errTimedOut, "client timed out")
	s.conn.timedOut = true
	return s.fail(os.ErrDeadlineExceeded)
}
