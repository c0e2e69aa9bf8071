package httpd

import (
	"errors"
	"io"
	"sync"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// sendGoaway says that no new streams are taken. h.mu is held.
func (h *http2conn) sendGoaway(code http2Error) {
	if h.goaway || h.broken {
		return
	}
	h.goaway = true
	h.takeOut()
	b := appendFrame(h.out, 8, frameGoaway, 0, 0)
	h.out = appendUint32(appendUint32(b, h.last), uint32(code))
	h.total += http2FrameHead + 8
}

// finish ends a connection with an error code (ngx_http_v2_finalize_connection).
// The caller has it unparked.
func (h *http2conn) finish(code http2Error) {
	s := h.in.ready
	h.in.ready = nil
	h.dropHead(0)
	h.mu.Lock()
	h.sendGoaway(code)
	h.dead = true
	hooks := h.abandon()
	h.mu.Unlock()
	callHooks(hooks)
	h.c.releaseIn()
	h.flush()
	if s != nil {
		s.run()
	}
	h.rest()
}

// lost ends a connection that the client has closed or that is broken.
func (h *http2conn) lost(err error) {
	s := h.in.ready
	h.in.ready = nil
	busy := h.in.unfinished()
	h.dropHead(0)
	h.mu.Lock()
	busy = busy || len(h.streams) > 0
	h.mu.Unlock()
	switch {
	case err == nil, errors.Is(err, io.EOF), h.c.tls != nil && hungUp(err):
		if busy {
			h.info("client prematurely closed connection")
		}
	case h.c.tls != nil:
		h.c.w.HTTP.tls.ReadFailed(h.c, err)
	case h.log.Enabled(errlog.Info):
		h.log.Log(errlog.Info, cause(err), "recv() failed")
	}
	h.breakOff(err)
	if s != nil {
		s.run()
	}
	h.rest()
}

// breakOff marks the connection as of no more use.
func (h *http2conn) breakOff(err error) {
	h.mu.Lock()
	if err == nil {
		err = errClosed
	}
	if h.c.failed == nil {
		h.c.failed = err
	}
	h.dead, h.broken = true, true
	h.giveOut(h.out)
	h.out = nil
	hooks := h.abandon()
	h.mu.Unlock()
	callHooks(hooks)
}

// abandon tells all streams that nobody hears them any more. h.mu is held; the
// hooks are called without.
func (h *http2conn) abandon() (hooks []*event.CloseHook) {
	for _, s := range h.streams {
		if k := s.leave(); k != nil {
			hooks = append(hooks, k)
		}
	}
	h.starved, h.room, h.granted = nil, nil, nil
	return hooks
}

func callHooks(hooks []*event.CloseHook) {
	for _, k := range hooks {
		k.Func()
	}
}

// linger closes a connection in a way that lets the client read all that was
// sent (ngx_http_v2_lingering_close). The caller alone has the connection.
func (h *http2conn) linger() {
	core := h.c.server.ground.core
	if core.LingeringClose.V == lingeringOff {
		h.close()
		return
	}
	if h.c.tls != nil {
		h.c.closeNotify()
	}
	if h.c.ev.CloseWrite() != nil {
		h.close()
		return
	}
	h.mu.Lock()
	h.lingering, h.parked = true, true
	h.until = event.Mono() + core.LingeringTime.V
	h.c.ev.ParkBusy(min(core.LingeringTime.V, core.LingeringTimeout.V))
	h.mu.Unlock()
}

// drain throws away what a client still sends.
func (h *http2conn) drain(why event.Why) {
	left := h.until - event.Mono()
	if why != event.Readable || left <= 0 {
		h.close()
		return
	}
	var junk [4096]byte
	for range maxReads {
		n, again, err := h.c.ev.TryRead(junk[:])
		if again {
			break
		}
		if n == 0 || err != nil {
			h.close()
			return
		}
	}
	h.mu.Lock()
	h.parked = true
	h.c.ev.ParkBusy(min(left, h.c.server.ground.core.LingeringTimeout.V))
	h.mu.Unlock()
}

func (h *http2conn) close() {
	h.c.w.http2.remove(h)
	h.mu.Lock()
	h.dead, h.broken = true, true
	h.giveOut(h.out)
	h.out = nil
	h.mu.Unlock()
	h.c.close()
}

// http2link and http2list are the connections of a worker, for those who must
// tell all of them that it ends.
type http2link struct{ next, prev *http2conn }

type http2list struct {
	mu    sync.Mutex
	first *http2conn
}

func (l *http2list) add(h *http2conn) {
	l.mu.Lock()
	h.link.next = l.first
	if l.first != nil {
		l.first.link.prev = h
	}
	l.first = h
	l.mu.Unlock()
}

func (l *http2list) remove(h *http2conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.link.next == nil && h.link.prev == nil && l.first != h {
		return
	}
	if h.link.next != nil {
		h.link.next.link.prev = h.link.prev
	}
	if h.link.prev != nil {
		h.link.prev.link.next = h.link.next
	} else {
		l.first = h.link.next
	}
	h.link = http2link{}
}

func (l *http2list) all() (list []*http2conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for h := l.first; h != nil; h = h.link.next {
		list = append(list, h)
	}
	return list
}

// quit tells clients that are busy to send no new requests. The idle ones are
// told by the event loop.
func (l *http2list) quit() {
	for _, h := range l.all() {
		h.mu.Lock()
		if !h.idle && !h.dead {
			h.sendGoaway(http2NoError)
		}
		h.mu.Unlock()
		h.c.w.Loop.Go(h.flush)
	}
}

// cut ends all at once: worker_shutdown_timeout is over.
func (l *http2list) cut() {
	for _, h := range l.all() {
		h.breakOff(errClosed)
		h.rest()
	}
}
