package event

import "golang.org/x/sys/unix"

// A CloseHook is called once when the peer of a connection goes away. It is
// made by the caller and may be used again, so watching costs no allocation.
// Func runs on the goroutine that leads the loop and must not wait; typically
// it wakes a Waiter or interrupts another connection.
type CloseHook struct{ Func func() }

// NotifyClose has h called when the peer closes or resets, at once if it has
// done so already. There is one hook per connection; nil removes it. A call
// that has begun when the hook is removed is not waited for.
func (c *Conn) NotifyClose(h *CloseHook) {
	c.hook.Store(h)
	if h != nil && c.state.Load()&peerGone != 0 {
		c.tellClosed()
	}
}

func (c *Conn) tellClosed() {
	if h := c.hook.Swap(nil); h != nil {
		h.Func()
	}
}

// PeerClosed reports whether the peer has closed its side or the connection
// was reset, as far as the loop has heard. There may be bytes left to read.
func (c *Conn) PeerClosed() bool { return c.state.Load()&peerGone != 0 }

// Failed reports whether the kernel announced an error on the connection; the
// next read returns it.
func (c *Conn) Failed() bool { return c.state.Load()&failed != 0 }

// CloseWrite sends a FIN and leaves reading open, for a lingering close and for
// tunnels.
func (c *Conn) CloseWrite() error {
	if _, err := c.enter(wrBusy, 0); err != nil {
		return err
	}
	err := unix.Shutdown(int(c.fd), unix.SHUT_WR)
	c.leave(wrBusy)
	return sysErr("shutdown", err)
}

// Each calls fn for every connection of the loop, parked or not, until it says
// false.
func (l *Loop) Each(fn func(c *Conn) bool) { l.table.each(fn) }
