package release

import (
	"sync"
	"time"
)

// slots is how many parts a window is counted in: it forgets one part at a time.
const slots = 12

// Window counts the requests of the last while, of one variant in one process. It may be used by several goroutines.
type Window struct {
	mu   sync.Mutex
	part time.Duration
	ring [slots]struct {
		when int64 // how many parts of time had gone by since 1970
		Counts
	}
}

// NewWindow makes a window that remembers for length.
func NewWindow(length time.Duration) *Window {
	return &Window{part: max(length/slots, 1)}
}

// Add counts a request.
func (w *Window) Add(now time.Time, took time.Duration, failed bool) {
	when := now.UnixNano() / int64(w.part)
	w.mu.Lock()
	defer w.mu.Unlock()
	s := &w.ring[uint64(when)%slots]
	// A clock that was put back counts into what is there.
	if s.when < when {
		s.when, s.Counts = when, Counts{}
	}
	s.Add(took, failed)
}

// Sum adds to c what was counted in the last while. The oldest part goes as a whole, so the while is up to a twelfth shorter
// than the window.
func (w *Window) Sum(now time.Time, c *Counts) {
	when := now.UnixNano() / int64(w.part)
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.ring {
		if s := &w.ring[i]; s.when > when-slots && s.Requests > 0 {
			c.Merge(&s.Counts)
		}
	}
}
