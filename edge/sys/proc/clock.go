package proc

import (
	"time"

	"golang.org/x/sys/unix"
)

// Monotonic is the time since the machine was started, as all of its processes
// read it (CLOCK_MONOTONIC).
func Monotonic() time.Duration {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // fails for no clock that there is
	return time.Duration(t.Nano())
}
