package event

import (
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Handler is told when a parked connection needs somebody. Ready runs on the
// goroutine that leads the loop and owns the connection from then on: until it
// parks or closes it, nobody else will touch it. It may wait.
type Handler interface {
	Ready(c *Conn, why Why)
}

// Why says what ended a parking.
type Why uint8

const (
	Readable Why = iota // bytes, or the end of the stream, or an error to be read
	TimedOut            // the time given to Park has passed
	Stopped             // the loop asks idle connections to go away
)

// States of a connection. A ready bit says that the kernel announced something
// since the bit was last cleared; it is cleared before the system call that
// may exhaust what was announced, so an announcement that comes meanwhile
// stays. A busy bit says that a goroutine is inside a read or write: Close
// leaves the descriptor to it, so that no call ever reaches a reused number.
const (
	rdReady uint32 = 1 << iota
	wrReady        // also true, unsaid, before outArmed
	rdBusy
	wrBusy
	peerGone   // RDHUP, HUP or ERR seen: read to the end
	failed     // ERR seen
	closed     // Close was called
	outArmed   // EPOLLOUT is in the registration
	intrRead   // Interrupt was called, for the reader
	intrWrite  // and for the writer
	persistent // listener, eventfd: level-triggered, Ready is called on each event
	datagram   // a Poll: what a short read means is unknown
	spared     // StopIdle and DrainIdle leave it alone while parked
	expendable // only DrainIdle may take it while parked
)

// A Conn is a connected stream socket in a loop. Its methods wait by parking
// the calling goroutine and giving away the leadership of the loop if the
// caller has it. One goroutine may read while another writes; Close may be
// called by any.
//
// Records are not pooled: a stale pointer to a closed Conn stays harmless, and
// an allocation of this size costs less than a hundredth of what the kernel
// takes for a connection.
type Conn struct {
	loop     *Loop
	h        Handler
	rw, ww   atomic.Pointer[parker] // who waits to read (or &parked), to write
	rdl, wdl atomic.Int64           // their deadlines, 0: none
	rto, wto int64                  // time allowed for one wait
	hook     atomic.Pointer[CloseHook]
	slot     slot
	fd       int32
	gen      uint32
	state    atomic.Uint32
}

// parked stands in Conn.rw for "nobody waits, call the handler".
var parked parker

// ErrInterrupted is what a waiting read or write returns after Interrupt. It is
// temporary in net.Error's sense, so that a TLS connection above survives it.
var ErrInterrupted error = interruptedError{}

type interruptedError struct{}

func (interruptedError) Error() string   { return "interrupted" }
func (interruptedError) Timeout() bool   { return false }
func (interruptedError) Temporary() bool { return true }

// errBusy: two goroutines read, or write, at the same time.
var errBusy = errors.New("connection is in use by another goroutine")

// Adopt takes a connected non-blocking stream socket into the loop. The caller
// owns it, as after a call of Ready; to wait for the first bytes it parks it.
// When Adopt fails the descriptor is still the caller's.
func (l *Loop) Adopt(fd int, h Handler) (*Conn, error) {
	return l.add(fd, h, epollIn, 0)
}

func (l *Loop) add(fd int, h Handler, events, state uint32) (*Conn, error) {
	c := &Conn{loop: l, h: h, fd: int32(fd), gen: l.gen.Add(1)}
	c.state.Store(state)
	l.table.set(c.fd, c)
	if err := l.control(unix.EPOLL_CTL_ADD, c.fd, c.gen, events); err != nil {
		l.table.clear(c.fd, c)
		return nil, err
	}
	l.conns.Add(1)
	return c, nil
}

// enter begins a read or write: it takes the busy bit and clears the ready bit
// in one step, and returns the state before.
func (c *Conn) enter(busy, ready uint32) (uint32, error) {
	for {
		s := c.state.Load()
		if s&(closed|busy) != 0 {
			if s&closed != 0 {
				return s, net.ErrClosed
			}
			return s, errBusy
		}
		if c.state.CompareAndSwap(s, (s|busy)&^ready) {
			return s, nil
		}
	}
}

// leave ends it. Whoever leaves a closed connection last closes the descriptor.
func (c *Conn) leave(busy uint32) {
	if s := c.state.And(^busy); s&closed != 0 && s&(rdBusy|wrBusy) == busy {
		c.release()
	}
}

// Close closes the connection. Goroutines that wait in it return net.ErrClosed.
// A second Close returns net.ErrClosed and does nothing.
func (c *Conn) Close() error {
	s := c.state.Or(closed)
	if s&closed != 0 {
		return net.ErrClosed
	}
	c.loop.table.clear(c.fd, c)
	c.hook.Store(nil)
	if c.slot.when.Load() != 0 {
		c.loop.timers.disarm(&c.slot)
	}
	if p := c.rw.Swap(nil); p != nil && p != &parked {
		p.wake()
	}
	c.wakeWriter()
	c.loop.conns.Add(-1)
	if s&(rdBusy|wrBusy) == 0 {
		c.release()
	}
	return nil
}

func (c *Conn) release() { syscall.RawSyscall(unix.SYS_CLOSE, uintptr(c.fd), 0, 0) }

// FD is the descriptor, for socket options. It stays the connection's.
func (c *Conn) FD() int { return int(c.fd) }

// Loop is the loop the connection belongs to.
func (c *Conn) Loop() *Loop { return c.loop }

// Handler returns what Adopt or SetHandler was given.
func (c *Conn) Handler() Handler { return c.h }

// SetHandler changes who is told when the connection, once parked, is ready.
// Only the owner may call it.
func (c *Conn) SetHandler(h Handler) { c.h = h }

// SetReadTimeout limits each wait for the peer's bytes, as nginx's timeouts do:
// the time between two successive reads, not the whole. 0 means no limit.
func (c *Conn) SetReadTimeout(d time.Duration) { c.rto = int64(d) }

// SetWriteTimeout does the same for writes.
func (c *Conn) SetWriteTimeout(d time.Duration) { c.wto = int64(d) }

// Closed reports whether Close was called on this side.
func (c *Conn) Closed() bool { return c.state.Load()&closed != 0 }
