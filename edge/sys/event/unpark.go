package event

// Unpark takes a parked connection back from the loop. It reports whether the
// caller has it now: if not, the loop was first, and the handler's Ready has been
// called or is about to be.
func (c *Conn) Unpark() bool {
	return c.rw.CompareAndSwap(&parked, nil) && c.state.Load()&closed == 0
}

// WriteBlocked tells that somebody waits for room in the socket's buffer.
func (c *Conn) WriteBlocked() bool { return c.ww.Load() != nil }
