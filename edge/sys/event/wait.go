package event

import (
	"net"
	"os"
	"sync/atomic"
)

// waitRead parks the calling goroutine, which holds rdBusy, until the kernel
// announced something to read. The wait is published first and the state is
// looked at after, while whoever brings news does it the other way round: so
// one of the two sees the other. A wake says only "look again".
//
// The read timeout counts from now. abs, if not nil, holds a deadline besides,
// which may change during the wait.
func (c *Conn) waitRead(abs *atomic.Int64) error {
	return c.wait(&c.rw, &c.rdl, c.rto, abs, rdReady, intrRead)
}

// waitWrite is waitRead for room in the socket's buffer.
func (c *Conn) waitWrite(abs *atomic.Int64) error {
	return c.wait(&c.ww, &c.wdl, c.wto, abs, wrReady, intrWrite)
}

func (c *Conn) wait(place *atomic.Pointer[parker], deadline *atomic.Int64, timeout int64, abs *atomic.Int64, ready, intr uint32) error {
	var limit int64
	if timeout > 0 {
		limit = nanotime() + timeout
	}
	for {
		p := takeParker()
		deadline.Store(limit)
		place.Store(p)
		until := earlier(limit, abs)
		if until != 0 {
			deadline.Store(until)
			c.loop.timers.arm(c, &c.slot, until)
		}
		if c.state.Load()&(ready|closed|intr) == 0 && (until == 0 || until > nanotime()) {
			Block()
			p.sleep() // whoever wakes it has read the clock
		} else if !place.CompareAndSwap(p, nil) {
			p.sleep() // somebody has taken it, the token is on its way
		}
		p.free()
		s := c.state.Load()
		switch {
		case s&closed != 0:
			return net.ErrClosed
		case s&intr != 0:
			c.state.And(^intr)
			return ErrInterrupted
		case s&ready != 0:
			return nil
		}
		if until = earlier(limit, abs); until != 0 && until <= nanotime() {
			return os.ErrDeadlineExceeded
		}
	}
}

// earlier is the deadline that counts; 0 means none.
func earlier(limit int64, abs *atomic.Int64) int64 {
	if abs != nil {
		if a := abs.Load(); a != 0 && (limit == 0 || a < limit) {
			return a
		}
	}
	return limit
}

// wakeWriter wakes the goroutine that waits to write; it returns how many.
func (c *Conn) wakeWriter() int32 {
	if p := c.ww.Load(); p != nil && c.ww.CompareAndSwap(p, nil) {
		p.wake()
		return 1
	}
	return 0
}

// wakeReader wakes the goroutine that waits to read, but no parked connection.
func (c *Conn) wakeReader() {
	if p := c.rw.Load(); p != nil && p != &parked && c.rw.CompareAndSwap(p, nil) {
		p.wake()
	}
}

// Interrupt makes the current read and write of other goroutines, or the next
// ones if there are none, return ErrInterrupted. A parked connection stays
// parked.
func (c *Conn) Interrupt() {
	c.state.Or(intrRead | intrWrite)
	c.wakeReader()
	c.wakeWriter()
}

// ClearInterrupt takes back an Interrupt that nobody has noticed yet.
func (c *Conn) ClearInterrupt() { c.state.And(^(intrRead | intrWrite)) }

// expire is the timer's look at the connection: it ends the waits whose
// deadline has passed, and says when to look again.
func (c *Conn) expire(t *timers, now int64) (next int64) {
	if p := c.rw.Load(); p != nil {
		if d := c.rdl.Load(); d > now {
			next = d
		} else if d != 0 && c.rw.CompareAndSwap(p, nil) {
			if p == &parked {
				t.due = append(t.due, job{c: c, why: TimedOut})
			} else {
				p.wake()
			}
		}
	}
	if p := c.ww.Load(); p != nil {
		if d := c.wdl.Load(); d > now {
			if next == 0 || d < next {
				next = d
			}
		} else if d != 0 && c.ww.CompareAndSwap(p, nil) {
			p.wake()
		}
	}
	return next
}

func (c *Conn) timerSlot() *slot { return &c.slot }
