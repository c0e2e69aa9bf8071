package plugin

import (
	"sync/atomic"
	"time"

	"moongate/edge/sys/event"
)

// Seldom lets one line a second into the log of what may happen for every request.
type Seldom struct {
	last   atomic.Int64 // when, by event.Mono; 0: never
	missed atomic.Int64
}

// Now tells whether it is time for a line, and how often it was not since the last one.
func (s *Seldom) Now() (missed int64, ok bool) {
	now, last := int64(event.Mono()), s.last.Load()
	if last != 0 && now-last < int64(time.Second) || !s.last.CompareAndSwap(last, max(now, 1)) {
		s.missed.Add(1)
		return 0, false
	}
	return s.missed.Swap(0), true
}
