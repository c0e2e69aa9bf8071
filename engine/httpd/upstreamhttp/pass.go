package upstreamhttp

import (
	"errors"
	"io"
	"os"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// What reading a body has come to.
type reading uint8

const (
	more  reading = iota // there is more to come
	done                 // the body is complete
	ended                // the peer has closed, and the body may end there
	cut                  // the peer has closed too early
	bad                  // an error
	wrong                // not in the format
	late                 // the peer has sent nothing for too long
	left                 // the client has gone
	stuck                // the client can't be written to
)

// take runs what has been received through the protocol's filter; data that is
// to be passed on is appended to u.parts. The bytes stay where they are.
func (u *Upstream) take(in []byte) reading {
	for {
		n, data, res := u.Proto.Body(u, in)
		in = in[n:]
		if len(data) > 0 {
			u.parts = append(u.parts, httpd.Buf{B: data, Keep: true})
		}
		switch res {
		case BodyDone:
			return done
		case BodyFailed:
			return wrong
		case BodyMore:
			return more
		}
	}
}

// readMore reads once into p, waiting if it must, and takes what has come.
func (u *Upstream) readMore(p []byte) (int, reading) {
	for {
		n, err := u.conn.Read(p)
		if n > 0 {
			return n, u.count(p[:n])
		}
		switch {
		case !interrupted(err):
			return 0, u.readFailed(err)
		case u.broken.Load() && !u.saving():
			return 0, stuck
		case u.gone():
			return 0, left
		}
		u.joinSender()
	}
}

// tryMore is readMore without the waiting.
func (u *Upstream) tryMore(p []byte) (n int, x reading, again bool) {
	n, again, err := u.conn.TryRead(p)
	switch {
	case again:
		return 0, more, true
	case n > 0:
		return n, u.count(p[:n]), false
	}
	return 0, u.readFailed(err), false
}

func (u *Upstream) count(p []byte) reading {
	s := u.state()
	s.BytesReceived += int64(len(p))
	s.ResponseLength += int64(len(p))
	return u.take(p)
}

// joinSender looks after a bodySender that ended while the response was coming.
func (u *Upstream) joinSender() {
	if u.body.active && u.body.ended.Load() {
		u.body.join()
		u.bodySent = u.body.err == nil
		u.conn.Event().SetReadTimeout(u.readTimeout())
	}
}

func (u *Upstream) readFailed(err error) reading {
	switch {
	case errors.Is(err, io.EOF):
		if u.Proto.AtEnd(u) {
			return ended
		}
		return cut
	case errors.Is(err, os.ErrDeadlineExceeded):
		u.R.LogErr(errlog.Error, errTimedOut, "upstream timed out")
		return late
	default:
		u.R.LogErr(errlog.Error, err, "recv() failed")
	}
	return bad
}

// result is the status that a reading leads to when the header has been sent.
func (u *Upstream) result(x reading) httpd.Result {
	switch x {
	case cut:
		return u.premature()
	case bad, late:
		return 502
	case left:
		return 499
	case wrong, stuck:
		return httpd.Error
	}
	return httpd.OK
}

// flushParts writes what has been collected; last says that it is the end of the
// response.
func (u *Upstream) flushParts(last bool) error {
	if last {
		u.copyTrailers()
		if n := len(u.parts); n > 0 {
			u.parts[n-1].Last = true
		} else {
			u.parts = append(u.parts, httpd.Buf{Last: true})
		}
		u.lastSent = true
	}
	if len(u.parts) == 0 {
		return nil
	}
	if u.saving() {
		u.save(u.parts, last)
	}
	var err error
	if !u.lost {
		err = u.R.WriteBufs(u.parts)
	}
	clear(u.parts)
	u.parts = u.parts[:0]
	return u.goesOn(err, last)
}

// push has the client get what was written.
func (u *Upstream) push() error {
	if u.lost {
		return nil
	}
	return u.goesOn(u.R.Push(), false)
}

// goesOn tells whether the response is read on: without the client only for the cache,
// until it has all.
func (u *Upstream) goesOn(err error, last bool) error {
	switch {
	case err == nil && (!u.lost || last || u.saving()):
		return nil
	case err != nil && u.saving():
		u.lost = true
		return nil
	case err == nil:
		return errLeft
	}
	return err
}

var errLeft = errors.New("nobody wants the response")

// unbuffered passes each piece on as it comes (proxy_buffering off).
func (u *Upstream) unbuffered() httpd.Result {
	r := u.R
	r.LimitRate = httpd.Value64{Set: true}
	x := u.first()
	if len(u.parts) == 0 && x == more {
		if r.WriteBufs(flushBuf[:]) != nil || r.Push() != nil {
			return u.finish(httpd.Error)
		}
	}
	room, again := u.rest(), false
	for {
		if x == done || x == ended {
			u.release()
			if u.flushParts(true) != nil {
				return u.finish(httpd.Error)
			}
			return u.finish(httpd.OK)
		}
		if x == wrong {
			return u.finish(httpd.Error) // nothing of it is passed on
		}
		for i := range u.parts {
			u.parts[i].Flush, u.parts[i].Keep = true, false
		}
		r.Doing("sending to client")
		if u.flushParts(false) != nil {
			return u.finish(httpd.Error)
		}
		switch x {
		case bad, late, cut, left:
			return u.finish(u.result(x))
		}
		if _, x, again = u.tryMore(room); again {
			r.Doing("reading upstream")
			_, x = u.readMore(room)
		}
	}
}

// first takes the part of the body that came with the header.
func (u *Upstream) first() reading {
	if u.Buffering || u.Conf.Store != nil {
		u.R.Doing("reading upstream")
	}
	if u.conn != nil {
		u.conn.Event().SetReadTimeout(u.readTimeout())
	}
	in := u.buf[u.pos:]
	u.state().ResponseLength = int64(len(in))
	u.pos = len(u.buf)
	if len(in) == 0 {
		// A body may be known to be empty.
		return u.take(nil)
	}
	return u.take(in)
}

// rest is room to read into: what the header has left of its buffer, if that is
// enough, or another one.
func (u *Upstream) rest() []byte {
	if free := u.buf[len(u.buf):cap(u.buf)]; len(free) >= bufferSize/2 {
		return free
	}
	return u.another()
}

func (u *Upstream) another() []byte {
	b := buffers.Get().(*buffer)
	u.extra = append(u.extra, b)
	return b[:]
}

// slowly passes a body on at the pace of proxy_limit_rate.
func (u *Upstream) slowly(rate int64, x reading) httpd.Result {
	began := event.UnixNano() / 1e9
	room := u.rest()
	length := u.state().ResponseLength
	for {
		if x == done || x == ended {
			u.release()
			if u.flushParts(true) != nil {
				return u.finish(httpd.Error)
			}
			return u.finish(httpd.OK)
		}
		if u.flushParts(false) != nil || u.push() != nil {
			return u.finish(httpd.Error)
		}
		if x != more {
			return u.finish(u.result(x))
		}
		allowed := rate*(event.UnixNano()/1e9-began+1) - length
		if allowed <= 0 {
			event.Sleep(time.Duration(-allowed*1000/rate+1) * time.Millisecond)
			if u.gone() {
				return u.finish(499)
			}
			continue
		}
		var n int
		n, x = u.readMore(room[:min(int64(len(room)), allowed)])
		length += int64(n)
		for i := range u.parts {
			u.parts[i].Keep = false
		}
		if n > 0 {
			event.Sleep(time.Duration(int64(n)*1000/rate) * time.Millisecond)
		}
	}
}
