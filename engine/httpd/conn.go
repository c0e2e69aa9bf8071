package httpd

import (
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
)

// Conn is a client's connection. Between requests it holds no buffers and no
// goroutine: it is parked in the event loop.
type Conn struct {
	w      *Worker
	ev     *event.Conn
	listen *listen
	req    *Request // what log lines are about
	doing  string
	client string // the client's address as text, once it was needed
	log    errlog.Log
	Number uint64 // *N in the log
	remote netip.AddrPort
	peer   netip.AddrPort // the socket's own address, while replaced
	realip bool           // see ReplaceRemoteAddr
	local  netip.AddrPort

	in         []byte // what was read and not yet parsed is in[pos:]
	pos        int
	out        []byte // what is not yet written
	inArray    *[readBufSize]byte
	outArray   *[outBufSize]byte
	requests   int
	started    time.Time
	state      connState
	minimum    bool // keepalive_min_timeout is over, or does not apply
	failed     error
	timedOut   bool
	nodelay    bool
	plainOnTLS bool
	keep       keepTimes
	tls        *tlsState
	h2         *http2conn
	proxied    *proxied
	server     *Server // by SNI, else the listener's default
}

type connState uint8

const (
	stateNew connState = iota // waits for the first bytes
	stateRequest
	stateIdle
	stateLingering
	stateHTTP2 // see http2conn
	stateClosed
)

var (
	inPool  = sync.Pool{New: func() any { return new([readBufSize]byte) }}
	outPool = sync.Pool{New: func() any { return new([outBufSize]byte) }}
)

const (
	// readBufSize is what a connection reads into at first; bigger headers
	// move to a buffer of their own. nginx starts with client_header_buffer_size
	// (1k), whose limits readHead keeps to all the same.
	readBufSize = 4096
	outBufSize  = 8192
	// copyLimit: parts of a body up to this size are copied behind the header
	// and leave in one plain write; larger ones are written from where they are.
	copyLimit = 4096
)

// Ready implements event.Handler: the parked connection has something to say.
func (c *Conn) Ready(_ *event.Conn, why event.Why) {
	switch c.state {
	case stateNew:
		switch why {
		case event.TimedOut:
			c.logf(errlog.Info, "client timed out (110: Connection timed out)", c.opening())
			c.close()
			return
		case event.Stopped:
			c.close()
			return
		}
		c.open()
	case stateIdle:
		if why == event.TimedOut && c.minimum && c.keep.timeout > c.keep.min && !c.w.exiting() {
			// keepalive_min_timeout is over: from now on the connection may be
			// closed at any time, but stays for the rest of keepalive_timeout.
			c.minimum = false
			c.ev.Park(c.w.restOfKeepAlive(c))
			return
		}
		if why != event.Readable {
			c.close()
			return
		}
		c.serve()
	case stateLingering:
		c.lingerOn(why)
	case stateHTTP2:
		c.h2.ready(why)
	default:
		c.close()
	}
}

// Requests counts the requests of the connection, this one included.
func (c *Conn) Requests() int { return c.requests }

// serve reads and answers requests until the connection is parked or closed.
func (c *Conn) serve() {
	defer c.survive()
	for {
		r := c.readHead()
		if r == nil {
			return
		}
		if !r.serve() {
			return
		}
		if !c.nextRequest() {
			return
		}
	}
}

// survive ends a connection whose request met a panic, and nothing else: see
// the package's doc.
func (c *Conn) survive() {
	p := recover()
	if p == nil {
		return
	}
	c.log.Log(errlog.Alert, nil, "panic: %v\n%s", p, debug.Stack())
	c.req = nil
	c.failed = errClosed
	c.close()
}

// nextRequest prepares for another request on the connection. It is false when
// the connection was parked, since nothing more has arrived yet.
func (c *Conn) nextRequest() bool {
	if c.pos < len(c.in) {
		return true // pipelined
	}
	if c.tls != nil {
		if more, ok := c.tlsPeek(); !ok {
			return false
		} else if more {
			return true
		}
	}
	c.releaseIn()
	c.releaseOut()
	c.park()
	return false
}

func (c *Conn) park() {
	c.minimum = c.keep.min > 0
	if c.w.exiting() && !c.minimum {
		c.close()
		return
	}
	c.state = stateIdle
	c.w.waiting(1)
	if c.minimum {
		c.ev.ParkBusy(min(c.keep.min, c.keep.timeout))
		return
	}
	c.ev.Park(c.keep.timeout)
}

func (c *Conn) takeIn() {
	if c.in == nil {
		c.inArray = inPool.Get().(*[readBufSize]byte)
		c.in, c.pos = c.inArray[:0], 0
	}
}

// growIn makes room for more of a request's head. The old bytes stay where
// they are for those who have views of them.
func (c *Conn) growIn() {
	rest := c.in[c.pos:]
	b := make([]byte, len(rest), 2*cap(c.in))
	copy(b, rest)
	c.in, c.pos, c.inArray = b, 0, nil
}

func (c *Conn) releaseIn() {
	if c.in != nil {
		if c.inArray != nil {
			inPool.Put(c.inArray)
		}
		c.in, c.pos, c.inArray = nil, 0, nil
	}
}

func (c *Conn) takeOut() {
	if c.out == nil {
		c.outArray = outPool.Get().(*[outBufSize]byte)
		c.out = c.outArray[:0]
	}
}

func (c *Conn) releaseOut() {
	if c.out != nil {
		outPool.Put(c.outArray)
		c.out, c.outArray = nil, nil
	}
}

// close ends the connection now.
func (c *Conn) close() {
	if c.state == stateClosed {
		return
	}
	was := c.state
	c.state = stateClosed
	c.releaseIn()
	c.releaseOut()
	c.closeTLS()
	c.ev.Close()
	c.w.closed(was)
}
