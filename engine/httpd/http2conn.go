package httpd

import (
	"errors"
	"io"
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
)

// http2conn is a connection that speaks HTTP/2. What stands above mu belongs to
// the goroutine that has the connection unparked, one at a time; what stands
// below is shared by it and the streams.
type http2conn struct {
	c    *Conn
	log  errlog.Log
	in   http2in
	link http2link

	mu         sync.Mutex
	out        []byte // frames that are not written yet
	control    int    // how many of them are control frames
	writing    bool
	room       []*http2stream // wait for out to be written
	starved    []*http2stream // wait for the connection's window
	granted    *http2stream   // has it, before those
	streams    []*http2stream // by id
	last       uint32         // the highest id
	sendWindow int64
	recvWindow int64
	newWindow  int64 // what a stream's window for sending begins with
	frameSize  int
	requests   int
	total      int64 // bytes both ways, and what of them was good for something
	payload    int64
	wakes      int           // from idling
	unstarted  int           // streams whose goroutine has not begun yet
	until      time.Duration // when idling ends, 0: from now on keepalive_timeout
	acked      bool          // our SETTINGS
	resized    bool          // the client's table: the next header block must say so
	goaway     bool          // sent: no new streams
	dead       bool          // nothing is read any more
	broken     bool          // nor written
	parked     bool
	idle       bool
	lingering  bool
	done       bool // somebody closes it
}

// testPreface looks whether a plain connection begins with the preface of
// HTTP/2 (ngx_http_wait_request_handler). False when it is not HTTP/1, or when
// that is not known yet.
func (c *Conn) testPreface() bool {
	c.takeIn()
	if len(c.in)-c.pos < len(http2Preface) {
		n, again, err := c.ev.TryRead(c.in[len(c.in):cap(c.in)])
		c.in = c.in[:len(c.in)+n]
		switch {
		case again && c.pos == len(c.in):
			c.releaseIn()
			c.ev.ParkBusy(c.w.restOfTimeout(c))
			return false
		case again || n > 0:
		case c.pos < len(c.in):
			return true // HTTP/1 knows what to say
		default:
			if errors.Is(err, io.EOF) {
				c.logf(errlog.Info, "client closed connection", "waiting for request")
			} else {
				c.logRecv(err, "waiting for request")
			}
			c.close()
			return false
		}
	}
	match, whole := http1.Preface(c.in[c.pos:])
	switch {
	case !match:
		return true
	case !whole:
		c.ev.ParkBusy(c.w.restOfTimeout(c))
		return false
	}
	c.serveHTTP2()
	return false
}

// serveHTTP2 begins (ngx_http_v2_init).
func (c *Conn) serveHTTP2() {
	h := &http2conn{c: c, until: event.Mono() + c.w.restOfTimeout(c), sendWindow: http2DefaultWindow, recvWindow: http2MaxWindow,
		newWindow: http2DefaultWindow, frameSize: http2DefaultFrameSize}
	c.appendClient(nil) // known from now on: the log asks for it on any goroutine
	h.log = c.log
	h.log.From = h
	conf := c.server.http2()
	h.in.priorities = max(conf.Streams.V, 100)
	c.h2, c.state = h, stateHTTP2
	c.w.stats.Waiting.Add(-1)
	c.w.http2.add(h)
	h.takeOut()
	b := appendFrame(h.out, 18, frameSettings, 0, 0)
	b = appendUint32(append(b, 0, settingMaxStreams), uint32(conf.Streams.V))
	b = appendUint32(append(b, 0, settingInitialWindow), uint32(conf.Preread.V))
	b = appendUint32(append(b, 0, settingMaxFrameSize), http2MaxFrameSize)
	b = appendFrame(b, 4, frameWindowUpdate, 0, 0)
	h.out = appendUint32(b, http2MaxWindow-http2DefaultWindow)
	if c.w.quitting.Load() {
		h.finish(http2NoError)
		return
	}
	if c.server.ground.core.TCPNoDelay.V {
		c.noDelay()
	}
	h.receive(c.in[c.pos:])
}

// ready is called by the event loop for the parked connection.
func (h *http2conn) ready(why event.Why) {
	h.mu.Lock()
	h.parked = false
	if h.dead && !h.lingering {
		h.mu.Unlock()
		h.rest()
		return
	}
	flood := h.leaveIdle(why)
	lingering := h.lingering
	h.mu.Unlock()
	switch {
	case lingering:
		h.drain(why)
	case flood:
		h.info("http2 flood detected")
		h.finish(http2NoError)
	case why == event.Readable:
		h.receive(nil)
	case why == event.TimedOut && h.headTimedOut():
		h.settle(false)
	case why == event.TimedOut && h.in.unfinished():
		h.info("client timed out (110: Connection timed out)")
		h.finish(http2ProtocolError)
	default:
		h.finish(http2NoError)
	}
}

// leaveIdle ends idling. It tells whether that has happened too often
// (ngx_http_v2_idle_handler).
func (h *http2conn) leaveIdle(why event.Why) (flood bool) {
	if !h.idle {
		return false
	}
	h.idle = false
	h.c.w.waiting(-1)
	if why != event.Readable {
		return false
	}
	h.wakes++
	return h.wakes > 10*h.c.server.ground.core.KeepAliveRequests.V
}

// maxReads is how often the socket is read before others get their turn.
const maxReads = 16

// receive reads all that has come and parses it. Bytes that were read before
// HTTP/2 began come first.
func (h *http2conn) receive(first []byte) {
	more := true
	buf := h.takeIn()
	for n := 0; n < maxReads; n++ {
		p := first
		if len(p) == 0 {
			k, again, err := h.c.tryRead((*buf)[http2Saved:])
			if again {
				more = false
				break
			}
			if k == 0 {
				h.giveIn(buf)
				h.lost(err)
				return
			}
			p = h.in.joined(*buf, k)
		}
		size := len(p)
		code, ok := h.parse(p)
		if ok && h.flooded(size) {
			h.info("http2 flood detected")
			code, ok = http2NoError, false
		}
		if !ok {
			h.giveIn(buf)
			h.finish(code)
			return
		}
		first = nil
	}
	h.giveIn(buf)
	h.c.releaseIn()
	h.settle(more)
}

// flooded counts what was received and judges it (the end of
// ngx_http_v2_read_handler).
func (h *http2conn) flooded(n int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total += int64(n)
	return h.total/8 > h.payload+http2FloodSlack || h.control > http2MaxControlFrames
}

// settle gives the connection back to the event loop, sends what has gathered
// and runs the last of the requests that have come.
func (h *http2conn) settle(more bool) {
	s := h.in.ready
	h.in.ready = nil
	h.mu.Lock()
	if h.dead {
		h.mu.Unlock()
		if s != nil {
			s.run()
		}
		h.rest()
		return
	}
	// Who has only just come while the address is about to move is served first.
	if w := h.c.w; w.exiting() && (h.last != 0 || w.quitting.Load()) {
		h.sendGoaway(http2NoError)
	}
	close := false
	if more {
		h.c.w.Loop.Go(func() { h.receive(nil) })
	} else {
		close = !h.park()
	}
	pending := len(h.out) > 0
	h.mu.Unlock()
	if pending {
		h.flush()
	}
	switch {
	case s != nil:
		s.run()
	case close:
		h.linger()
	}
}

// park waits for more: idling when nothing is going on. It is false when the
// connection has served its last request; then it is the caller's to close.
func (h *http2conn) park() bool {
	ev := h.c.ev
	if len(h.streams) > 0 || len(h.out) > 0 || h.writing {
		h.parked = true
		ev.ParkBusy(h.headTimeout())
		return true
	}
	if h.goaway {
		h.dead, h.done = true, true
		return false
	}
	h.parked, h.idle = true, true
	h.c.w.waiting(1)
	now := event.Mono()
	if h.until == 0 {
		h.until = now + h.c.server.ground.core.KeepAliveTimeout.V.Timeout
	}
	ev.Park(max(h.until-now, time.Millisecond))
	return true
}

// rest is called when a stream has ended or all is written: the connection may
// have nothing left to do.
func (h *http2conn) rest() {
	h.mu.Lock()
	if len(h.streams) > 0 || h.writing || h.idle || h.done || len(h.out) > 0 && !h.broken {
		h.mu.Unlock()
		return
	}
	if !h.dead {
		// Whoever reads looks for himself when he parks the connection.
		if !h.parked || !h.c.ev.Unpark() {
			h.mu.Unlock()
			return
		}
		h.parked = false
		if h.park() {
			h.mu.Unlock()
			return
		}
	}
	h.done = true
	broken := h.broken
	h.mu.Unlock()
	if broken {
		h.close()
		return
	}
	h.linger()
}
