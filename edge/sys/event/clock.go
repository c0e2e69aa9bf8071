package event

import (
	"sync/atomic"
	"time"
)

// The clock is read once per batch of events, as ngx_time_update() does, when
// timers fire, and by a goroutine that comes back from a Waiter, since anybody
// may have woken it. base carries the monotonic reading that all deadlines are
// counted from.
var (
	base      = time.Now().Add(-time.Second)
	clockWall atomic.Int64
	clockMono atomic.Int64
)

func init() { UpdateTime() }

// UpdateTime reads the clock and keeps the result for Now. Code that computed
// or blocked for long calls it, as Lua's ngx.update_time does.
func UpdateTime() {
	t := time.Now()
	clockWall.Store(t.UnixNano())
	clockMono.Store(int64(t.Sub(base)))
}

// Now is the wall clock at the beginning of the current batch of events.
func Now() time.Time { return time.Unix(0, clockWall.Load()) }

// UnixNano is Now in nanoseconds since 1970.
func UnixNano() int64 { return clockWall.Load() }

// Mono is the cached monotonic clock: nanoseconds since shortly before the
// process started. It never runs backwards, whatever happens to the wall clock.
func Mono() time.Duration { return time.Duration(clockMono.Load()) }

// nanotime reads the monotonic clock anew.
func nanotime() int64 { return int64(time.Since(base)) }
