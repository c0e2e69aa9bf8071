package event

// Parking: the connection goes back to the loop and holds no goroutine.

import "time"

// Park gives the connection back to the loop, which calls the handler's Ready
// when something can be read, the peer has closed, timeout has passed (0: never)
// or StopIdle is called. The caller must not touch the connection afterwards.
// What is already readable is delivered soon, never inside Park.
func (c *Conn) Park(timeout time.Duration) { c.park(timeout, 0) }

// ParkBusy is Park for a connection that is not idle but in the middle of
// something: StopIdle and DrainIdle leave it alone.
func (c *Conn) ParkBusy(timeout time.Duration) { c.park(timeout, spared) }

// ParkExpendable is Park for a connection that has nothing to lose, but is not
// idle: one that has just been accepted, or that lingers. A process that quits
// waits for it (StopIdle leaves it alone), but it goes when others need its
// place.
func (c *Conn) ParkExpendable(timeout time.Duration) { c.park(timeout, expendable) }

const parkings = spared | expendable

func (c *Conn) park(timeout time.Duration, kind uint32) {
	s := c.state.Load()
	if s&parkings != kind {
		for !c.state.CompareAndSwap(s, s&^parkings|kind) {
			s = c.state.Load()
		}
	}
	var until int64
	if timeout > 0 {
		until = clockMono.Load() + int64(timeout)
	}
	c.rdl.Store(until)
	c.rw.Store(&parked)
	if until != 0 {
		c.loop.timers.arm(c, &c.slot, until)
	}
	s = c.state.Load()
	if s&(rdReady|closed) == 0 && (kind != 0 || !c.loop.quitting.Load()) {
		return
	}
	if !c.rw.CompareAndSwap(&parked, nil) || s&closed != 0 {
		return
	}
	if s&rdReady != 0 {
		c.loop.post(job{c: c, why: Readable})
	} else {
		c.loop.post(job{c: c, why: Stopped})
	}
}

// deliver calls the handler for whoever took &parked out of c.rw. The news may
// be old: between the taking and now the connection may have been closed, and a
// timer may have fired on the deadline of an earlier parking.
func (c *Conn) deliver(why Why) {
	s := c.state.Load()
	if s&closed != 0 {
		return
	}
	if s&datagram != 0 {
		c.state.And(^rdReady)
	}
	switch {
	case why != TimedOut:
	case s&rdReady != 0:
		why = Readable
	case c.rdl.Load() > nanotime():
		c.park(time.Duration(c.rdl.Load()-clockMono.Load()), s&parkings)
		return
	}
	c.h.Ready(c, why)
}

// StopIdle delivers Stopped to every parked connection, and to every one that
// is parked from now on without something to read. The goroutine that calls it
// runs the handlers, one after the other.
func (l *Loop) StopIdle() {
	l.quitting.Store(true)
	l.SweepIdle()
}

// SweepIdle delivers Stopped to every connection that is parked now, and leaves
// alone what comes later.
func (l *Loop) SweepIdle() {
	l.table.each(func(c *Conn) bool {
		if c.state.Load()&(parkings|persistent|datagram) == 0 && c.rw.CompareAndSwap(&parked, nil) {
			c.deliver(Stopped)
		}
		return true
	})
}

// Idle counts the parked connections that StopIdle would reach.
func (l *Loop) Idle() (n int) {
	l.table.each(func(c *Conn) bool {
		if c.rw.Load() == &parked && c.state.Load()&(parkings|persistent|datagram) == 0 {
			n++
		}
		return true
	})
	return n
}

// DrainIdle delivers Stopped to about n of the connections that have been
// parked longest, for when worker_connections are used up
// (ngx_drain_connections). It judges by the deadline and looks at no more than
// 1024 parked connections per call, going on the next time where it ended; it
// returns how many it reached.
func (l *Loop) DrainIdle(n int) int {
	type candidate struct {
		c     *Conn
		until int64
	}
	var oldest []candidate // sorted, the one to go first in front
	seen, last := 0, int32(-1)
	look := func(c *Conn) bool {
		if c.rw.Load() != &parked || c.state.Load()&(spared|persistent|datagram) != 0 {
			return true
		}
		seen++
		last = c.fd
		until := c.rdl.Load()
		i := len(oldest)
		for i > 0 && oldest[i-1].until > until {
			i--
		}
		if i < n {
			if len(oldest) < n {
				oldest = append(oldest, candidate{})
			}
			copy(oldest[i+1:], oldest[i:])
			oldest[i] = candidate{c, until}
		}
		return seen < 1024
	}
	from := l.hand
	l.table.each(func(c *Conn) bool { return c.fd <= from || look(c) })
	if seen < 1024 {
		l.table.each(func(c *Conn) bool { return c.fd <= from && look(c) })
	}
	l.hand = last
	done := 0
	for _, o := range oldest {
		if o.c.rw.CompareAndSwap(&parked, nil) {
			o.c.deliver(Stopped)
			done++
		}
	}
	return done
}
