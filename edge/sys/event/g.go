package event

// goroutine returns the address of the running goroutine's descriptor. It is
// an identity and nothing else: it is compared with the identity of the
// goroutine that leads a loop and never followed. The runtime reuses
// descriptors of goroutines that ended, and never moves one; a leader gives
// the leadership away before it ends, so the stored identity always belongs to
// a live goroutine and can equal nobody else's.
func goroutine() uintptr
