package httpd

import (
	"slices"
	"sort"
	"sync/atomic"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// http2stream is one request of a connection: the request's stream, and the
// connection as far as the request knows it. What is below conn is guarded by
// the connection's lock, but for what says otherwise.
type http2stream struct {
	h      *http2conn
	id     uint32
	r      *Request
	conn   Conn
	status Result // the answer when the head was refused
	cookie []string
	raw    string // :authority as sent

	left      atomic.Bool  // nobody hears the answer any more
	ww, rw    event.Waiter // its writer and its reader wait here
	hook      *event.CloseHook
	inClosed  bool
	outClosed bool
	rstSent   bool
	skip      bool // what comes of the body is thrown away
	exhausted bool // the writer waits for the stream's window
	waits     bool // the reader waits for the body
	opened    bool // the window was made larger for the body
	stopped   bool // see interruptBody

	sendWindow int64
	recvWindow int64
	data       []byte // received and not yet read
	taken      int    // how much of it is
	received   int64
}

// newStream is ngx_http_v2_create_stream.
func (h *http2conn) newStream(id uint32) *http2stream {
	c := h.c
	s := &http2stream{h: h, id: id}
	s.conn = Conn{w: c.w, ev: c.ev, listen: c.listen, client: c.client, log: c.log, Number: c.Number, remote: c.remote, local: c.LocalAddr(),
		started: c.started, state: stateRequest, tls: c.tls, proxied: c.proxied, server: c.server, nodelay: true, requests: h.requests}
	s.conn.log.From = &s.conn
	r := s.conn.newRequest()
	r.stream = s
	r.stage.set("reading client request headers")
	r.Version, r.Proto = http1.HTTP20, "HTTP/2.0"
	r.In.ConnClose = true
	s.r = r
	h.requests = s.conn.requests
	h.mu.Lock()
	s.sendWindow = h.newWindow
	s.recvWindow = c.server.http2().Preread.V
	h.streams = append(h.streams, s)
	h.until = 0
	h.mu.Unlock()
	return s
}

// find is the open stream of an id. h.mu is held.
func (h *http2conn) find(id uint32) *http2stream {
	i := sort.Search(len(h.streams), func(i int) bool { return h.streams[i].id >= id })
	if i < len(h.streams) && h.streams[i].id == id {
		return h.streams[i]
	}
	return nil
}

// forget takes a stream out. h.mu is held.
func (h *http2conn) forget(s *http2stream) {
	i := sort.Search(len(h.streams), func(i int) bool { return h.streams[i].id >= s.id })
	if i < len(h.streams) && h.streams[i] == s {
		copy(h.streams[i:], h.streams[i+1:])
		h.streams[len(h.streams)-1] = nil
		h.streams = h.streams[:len(h.streams)-1]
	}
	h.yield(s)
	if len(h.streams) == 0 && cap(h.streams) > 8 {
		h.streams = nil
	}
}

// launch has a complete request run. The last one of a batch waits for the
// goroutine that parses, which runs it itself.
func (h *http2conn) launch(s *http2stream) {
	if before := h.in.ready; before != nil {
		h.mu.Lock()
		h.unstarted++
		h.mu.Unlock()
		h.c.w.Loop.Go(func() {
			h.begun()
			before.run()
		})
	}
	h.in.ready = s
}

// begun counts a stream that was waiting for its goroutine. Answers of others
// were held back for it, to go out together; the last one sends them.
func (h *http2conn) begun() {
	h.mu.Lock()
	h.unstarted--
	send := h.unstarted == 0 && len(h.out) > 0
	h.mu.Unlock()
	if send {
		h.flush()
	}
}

// run is the request's life.
func (s *http2stream) run() {
	switch {
	case s.left.Load():
		s.r.answer(499) // given up before it began
	case s.status != 0:
		s.r.answer(s.status)
	default:
		s.r.serve()
	}
}

// leave says that the client does not want the stream any more. h.mu is held;
// what it returns is called without.
func (s *http2stream) leave() *event.CloseHook {
	s.left.Store(true)
	s.inClosed, s.outClosed, s.skip = true, true, true
	s.ww.Wake()
	s.rw.Wake()
	k := s.hook
	s.hook = nil
	return k
}

// terminate is ngx_http_v2_terminate_stream.
func (s *http2stream) terminate(code http2Error) *event.CloseHook {
	if s.rstSent {
		return nil
	}
	s.h.resetStream(s.id, code)
	s.rstSent = true
	return s.leave()
}

// grant gives the connection's window to the stream that has waited longest, so
// that each has its turn. h.mu is held, as in yield.
func (h *http2conn) grant() {
	if h.sendWindow > 0 && h.granted == nil && len(h.starved) > 0 {
		s := h.starved[0]
		h.starved = h.starved[:copy(h.starved, h.starved[1:])]
		h.granted = s
		s.ww.Wake()
	}
}

// yield passes the turn on when a stream does not need it any more.
func (h *http2conn) yield(s *http2stream) {
	if i := slices.Index(h.starved, s); i >= 0 {
		h.starved = slices.Delete(h.starved, i, i+1)
	}
	if h.granted == s {
		h.granted = nil
		h.grant()
	}
}

// mayUse tells whether it is a stream's turn to use the window.
func (h *http2conn) mayUse(s *http2stream) bool {
	return h.sendWindow > 0 && (h.granted == s || h.granted == nil && len(h.starved) == 0)
}

func (s *http2stream) wakeWriter() {
	if s.exhausted {
		s.exhausted = false
		s.ww.Wake()
	}
}

// watch and gone implement watcher, interruptBody what client.go asks for.
func (s *http2stream) watch(k *event.CloseHook) {
	s.h.mu.Lock()
	gone := s.left.Load()
	if !gone {
		s.hook = k
	}
	s.h.mu.Unlock()
	if gone && k != nil {
		k.Func()
	}
}

// interruptBody ends the present or next wait of the body's reader, or takes
// that back.
func (s *http2stream) interruptBody(on bool) {
	s.h.mu.Lock()
	s.stopped = on
	if on {
		s.wakeReader()
	}
	s.h.mu.Unlock()
}

func (s *http2stream) gone() bool { return s.left.Load() || s.conn.failed != nil }

// end implements stream.
func (s *http2stream) end(r *Request) bool {
	s.close(r)
	return false
}

// abort ends a request whose answer can't be sent, or not in full.
func (s *http2stream) abort(r *Request) { s.close(r) }

// close is ngx_http_v2_close_stream.
func (s *http2stream) close(r *Request) {
	h := s.h
	h.mu.Lock()
	if !s.rstSent && !h.broken && !s.left.Load() {
		switch {
		case !s.outClosed && s.conn.timedOut:
			h.resetStream(s.id, http2ProtocolError)
		case !s.outClosed:
			h.resetStream(s.id, http2InternalError)
		case !s.inClosed:
			h.resetStream(s.id, http2NoError)
		}
	}
	s.rstSent, s.skip, s.hook, s.data = true, true, nil, nil
	s.inClosed, s.outClosed = true, true
	h.mu.Unlock()
	s.push()
	r.destroy()
	h.mu.Lock()
	h.forget(s)
	last := len(h.streams) == 0
	h.mu.Unlock()
	if last {
		h.rest()
	}
}

// push has the frames written, unless streams that have yet to begin are
// expected to add theirs.
func (s *http2stream) push() {
	h := s.h
	h.mu.Lock()
	wait := h.unstarted > 0 && len(h.out) < http2OutBatch
	h.mu.Unlock()
	if !wait {
		h.flush()
	}
}

// headTimeout is how long a header that has begun may still take.
func (h *http2conn) headTimeout() time.Duration {
	if !h.in.block || h.in.open == nil {
		return 0
	}
	return max(h.in.headUntil-event.Mono(), time.Millisecond)
}

// headTimedOut ends a stream whose header takes too long; the connection goes
// on.
func (h *http2conn) headTimedOut() bool {
	s := h.in.open
	if s == nil || !h.in.block {
		return false
	}
	s.r.Logf(errlog.Info, "client timed out (110: Connection timed out)")
	h.mu.Lock()
	h.resetStream(s.id, http2ProtocolError)
	h.mu.Unlock()
	h.dropHead(408)
	return true
}

// dropHead forgets a stream whose header is not complete.
func (h *http2conn) dropHead(status int) {
	s := h.in.open
	if s == nil {
		return
	}
	h.in.open = nil
	h.mu.Lock()
	h.forget(s)
	h.mu.Unlock()
	r := s.r
	if r.Server == nil {
		r.Server = s.conn.server
	}
	r.Server.http.grow(r)
	if r.Loc == nil {
		r.setLocation(r.Server.ground)
	}
	r.Out.Status = status
	r.destroy()
}
