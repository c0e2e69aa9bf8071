package upstreamhttp

import (
	"errors"
	"io"
	"os"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// readHeader waits for the response and takes its header in
// (ngx_http_upstream_process_header).
func (u *Upstream) readHeader() (Condition, httpd.Result) {
	r := u.R
	limit := int(u.Conf.BufferSize)
	if u.kept != nil {
		limit -= u.kept.entry.HeaderStart // nginx keeps room for it in the buffer
	}
	for {
		if ft, res := u.await(); ft != 0 || res != proceed {
			return ft, res
		}
		u.takeRoom(limit)
		n, err := u.receive()
		if n == 0 {
			if !interrupted(err) {
				return u.receiveFailed(err), 0
			}
			if u.gone() {
				return 0, u.finish(499)
			}
			continue
		}
		u.responded = true
		for {
			p := u.Proto.Header(u)
			switch p {
			case HeaderMore:
				if _, framed := u.Proto.(Framed); framed && u.pos == len(u.buf) {
					u.buf, u.pos = u.buf[:0], 0 // frames that are no header
				}
				if len(u.buf) < limit {
					break
				}
				r.Logf(errlog.Error, "upstream sent too big header")
				return OnInvalidHeader, 0
			case HeaderHints:
				if !u.passHints() {
					return 0, u.finish(500)
				}
				continue
			case HeaderInvalid:
				return OnInvalidHeader, 0
			case HeaderFailed:
				return 0, u.finish(500)
			case HeaderDone:
				if _, framed := u.Proto.(Framed); u.pos > limit && !framed {
					r.Logf(errlog.Error, "upstream sent too big header")
					return OnInvalidHeader, 0
				}
				return u.judge()
			}
			break
		}
	}
}

// await waits until there is something to read, while the body may still be on
// its way to the peer.
func (u *Upstream) await() (Condition, httpd.Result) {
	c := u.conn
	b := &u.body
	for {
		limit := u.within(u.readTimeout())
		if b.active {
			if !b.ended.Load() {
				limit = 0
			} else {
				b.join()
				if ft, res := u.bodyEnded(); ft != 0 || res != proceed {
					return ft, res
				}
			}
		}
		c.Event().SetReadTimeout(limit)
		err := c.WaitRead()
		switch {
		case err == nil:
			u.R.Doing("reading response header from upstream")
			return 0, proceed
		case interrupted(err):
			if b.active && (u.NoBuffer || b.ended.Load()) {
				// Who reads a body that is passed on finds out what the client has done.
				continue
			}
			if u.gone() {
				return 0, u.finish(499)
			}
		case errors.Is(err, os.ErrDeadlineExceeded):
			u.R.Doing("reading response header from upstream")
			return OnTimeout, 0
		default:
			return u.receiveFailed(err), 0
		}
	}
}

// bodyEnded looks at how the sending went, after join.
func (u *Upstream) bodyEnded() (Condition, httpd.Result) {
	b := &u.body
	switch {
	case b.err == nil:
		u.bodySent = true
	case b.status != 0:
		return 0, u.finish(b.status)
	case u.gone():
		return 0, u.finish(499)
	case u.conn.HasInput():
		// The peer did not want all of it, but has something to say.
	default:
		return u.sendFailed(b.err), 0
	}
	return 0, proceed
}

// takeRoom gets the buffer that the response is read into, when there is
// something to read.
func (u *Upstream) takeRoom(limit int) {
	switch {
	case u.buf != nil:
	case limit > bufferSize:
		u.buf = make([]byte, 0, limit)
	default:
		u.room = buffers.Get().(*buffer)
		u.buf = u.room[:0]
	}
}

// receive reads behind what is there.
func (u *Upstream) receive() (int, error) {
	n, err := u.conn.Read(u.buf[len(u.buf):cap(u.buf)])
	if n > 0 {
		u.buf = u.buf[:len(u.buf)+n]
		u.state().BytesReceived += int64(n)
	}
	return n, err
}

// receiveFailed words the end of a connection without an answer.
func (u *Upstream) receiveFailed(err error) Condition {
	r := u.R
	r.Doing("reading response header from upstream")
	switch {
	case errors.Is(err, io.EOF):
		r.Logf(errlog.Error, "upstream prematurely closed connection")
	case errors.Is(err, os.ErrDeadlineExceeded):
		return OnTimeout
	default:
		r.LogErr(errlog.Error, err, "recv() failed")
	}
	return OnError
}

// judge decides whether the response is good enough for the client
// (ngx_http_upstream_test_next, ngx_http_upstream_intercept_errors).
func (u *Upstream) judge() (Condition, httpd.Result) {
	u.state().HeaderTime = event.Mono() - u.start
	status := u.In.Status
	if status < 300 {
		u.tellHeader()
		return 0, proceed
	}
	if ft := statusCondition(status); ft != 0 && (u.Choice.Tries > 1 || u.mayAgain()) && u.mayRepeat(ft) {
		return ft, 0
	} else if ft != 0 && u.staleFor(ft) {
		return 0, u.sendInstead(CacheStale)
	}
	switch {
	case u.unchanged(status):
		return 0, u.renewed()
	case status == 404 && u.Conf.Intercept404:
		return 0, u.finish(404)
	case u.Conf.InterceptErrors && u.R.HasErrorPage(status):
		if status == 401 {
			u.copyChallenge()
		}
		u.rememberAnswer(status)
		return 0, u.finish(httpd.Result(status))
	}
	u.tellHeader()
	return 0, proceed
}

// tellHeader tells balancers that care.
func (u *Upstream) tellHeader() {
	if g := u.Choice.Group; g != nil && g.Watcher != nil {
		u.Choice.HeaderTime = u.state().HeaderTime.Milliseconds()
		g.Watcher.HeaderCame(&u.Choice)
	}
}
