package upstreamhttp

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// tunnel passes bytes both ways after a 101, until either side ends it
// (ngx_http_upstream_upgrade). proxy_read_timeout counts from the last byte in
// either direction.
func (u *Upstream) tunnel() httpd.Result {
	r := u.R
	if u.watching {
		u.watching = false
		r.WatchClient(nil)
	}
	t, ok := r.Tunnel()
	if !ok {
		r.Logf(errlog.Error, "connection upgrade in subrequest")
		return u.finish(httpd.Error)
	}
	r.Doing("proxying upgraded connection")
	if r.WriteBufs(flushBuf[:]) != nil || r.Push() != nil {
		return u.finish(httpd.Error)
	}
	if u.body.active {
		u.body.join()
	}
	c := u.conn
	if !u.unix && r.Core().TCPNoDelay.V {
		c.Event().SetNoDelay(true)
	}
	t.SetTimeouts(0, r.Core().SendTimeout.V)
	c.Event().ClearInterrupt()
	c.Event().SetWriteTimeout(u.sendTimeout())
	w := &twoWay{u: u, t: t}
	w.touch()
	r.Loop().Go(w.fromClient)
	res := w.fromPeer()
	w.over.Store(true)
	c.Event().Close()
	for !w.done.WaitTimeout(patience) {
		t.Interrupt()
	}
	r.ClearInterrupt()
	return u.finish(res)
}

// twoWay is a tunnel's two directions.
type twoWay struct {
	u    *Upstream
	t    httpd.Tunnel
	last atomic.Int64 // event.Mono of the last byte
	over atomic.Bool
	done event.Waiter // of fromClient
	late atomic.Bool  // the peer did not take what the client sent
}

func (w *twoWay) touch() { w.last.Store(int64(event.Mono())) }

// fromPeer passes on what the peer sends, what came with the header first.
func (w *twoWay) fromPeer() httpd.Result {
	u := w.u
	if rest := u.Unread(); len(rest) > 0 {
		if _, err := w.t.Write(rest); err != nil {
			return httpd.OK
		}
	}
	room := u.another()
	limit := u.readTimeout()
	wait := limit
	for {
		u.conn.Event().SetReadTimeout(wait)
		n, err := u.conn.Read(room)
		wait = limit
		if n > 0 {
			w.touch()
			u.state().BytesReceived += int64(n)
			if _, err := w.t.Write(room[:n]); err != nil {
				return httpd.OK
			}
			continue
		}
		switch {
		case w.over.Load() && w.late.Load():
			return w.timedOut()
		case w.over.Load(), errors.Is(err, io.EOF):
			return httpd.OK
		case interrupted(err):
		case errors.Is(err, os.ErrDeadlineExceeded):
			if idle := event.Mono() - time.Duration(w.last.Load()); idle < limit {
				wait = limit - idle
				continue
			}
			return w.timedOut()
		default:
			return httpd.OK
		}
	}
}

func (w *twoWay) timedOut() httpd.Result {
	w.u.R.LogErr(errlog.Info, errTimedOut, "upstream timed out")
	return 504
}

// fromClient passes on what the client sends, on a goroutine of its own.
func (w *twoWay) fromClient() {
	c := w.u.conn
	room := buffers.Get().(*buffer)
	for !w.over.Load() {
		n, err := w.t.Read(room[:])
		if n > 0 {
			w.touch()
			if _, err = c.Write(room[:n]); err == nil {
				continue
			}
			w.late.Store(errors.Is(err, os.ErrDeadlineExceeded))
		}
		if interrupted(err) && !w.over.Load() {
			continue
		}
		break
	}
	buffers.Put(room)
	w.over.Store(true)
	c.Interrupt()
	w.done.Wake()
}
