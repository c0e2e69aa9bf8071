package upstream

import (
	"errors"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/certs"
	"moongate/engine/resolver"
)

// Conn is a connection to a peer. In use it belongs to one request; idle it lies
// in its group's Pool, parked in the loop.
type Conn struct {
	ev  *event.Conn
	tls *certs.Conn
	net *event.NetConn // under tls

	Requests int           // served so far, the current one included
	Sent     int64         // bytes, in the current request
	started  time.Duration // event.Mono when it was made
	// Kept is what the protocol knows of the connection beyond a request: nil when it is new.
	Kept any

	// In the pool.
	pool       *Pool
	prev, next *Conn
	addr       resolver.Address
	tag        any
	pooled     bool
}

// Event is the connection in the loop: for timeouts, hooks and socket options.
func (c *Conn) Event() *event.Conn { return c.ev }

// TLS is the TLS layer, nil when the connection is plain.
func (c *Conn) TLS() *certs.Conn { return c.tls }

// Read waits for bytes, as event.Conn does.
func (c *Conn) Read(p []byte) (int, error) {
	if c.tls != nil {
		return c.tls.Read(p)
	}
	return c.ev.Read(p)
}

// WaitRead waits until a Read would not, without holding a buffer. A TLS
// connection may have bytes that the socket has not: it does not wait.
func (c *Conn) WaitRead() error {
	if c.tls != nil {
		return nil
	}
	return c.ev.WaitRead()
}

// TryRead is Read that does not wait.
func (c *Conn) TryRead(p []byte) (n int, again bool, err error) {
	if c.tls == nil {
		return c.ev.TryRead(p)
	}
	c.net.NoWait(true)
	n, err = c.tls.Read(p)
	c.net.NoWait(false)
	if n == 0 && errors.Is(err, event.ErrAgain) {
		return 0, true, nil
	}
	return n, false, err
}

// HasInput tells whether the loop has announced bytes, or the end.
func (c *Conn) HasInput() bool { return c.ev.HasInput() }

// clean tells that the peer has neither closed nor sent what nobody asked for.
func (c *Conn) clean() bool {
	if c.ev.PeerClosed() {
		return false
	}
	if !c.ev.HasInput() {
		return true
	}
	_, again, _ := c.ev.TryRead(make([]byte, 1))
	return again
}

// Write writes all of p.
func (c *Conn) Write(p []byte) (n int, err error) {
	if c.tls != nil {
		n, err = c.tls.Write(p)
	} else {
		n, err = c.ev.Write(p)
	}
	c.Sent += int64(n)
	return n, err
}

// TryWrite writes what fits without waiting. TLS writes all.
func (c *Conn) TryWrite(p []byte) (n int, err error) {
	if c.tls != nil {
		n, err = c.tls.Write(p)
	} else {
		n, err = c.ev.TryWrite(p)
	}
	c.Sent += int64(n)
	return n, err
}

// Writev writes two pieces as one.
func (c *Conn) Writev(a, b []byte) error {
	if c.tls != nil {
		if _, err := c.Write(a); err != nil {
			return err
		}
		_, err := c.Write(b)
		return err
	}
	n, err := c.ev.Writev([][]byte{a, b})
	c.Sent += n
	return err
}

// Interrupt ends what another goroutine waits for on the connection.
func (c *Conn) Interrupt() { c.ev.Interrupt() }

// Close closes the connection; with notify a TLS peer is told.
func (c *Conn) Close(notify bool) {
	if c.tls != nil && notify {
		c.ev.SetWriteTimeout(time.Second)
		c.tls.Close()
		return
	}
	c.ev.Close()
}

// Ready implements event.Handler: an idle connection that has something to say
// has nothing to say that anybody asked for.
func (c *Conn) Ready(_ *event.Conn, _ event.Why) {
	c.pool.drop(c)
	c.ev.Close()
}
