package proc

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Usage is the processor time that something has used.
type Usage struct{ User, System time.Duration }

// Used is what this process has used, and its children that have ended and were
// waited for.
func Used() (self, children Usage) {
	return usage(syscall.RUSAGE_SELF), usage(syscall.RUSAGE_CHILDREN)
}

func usage(who int) Usage {
	var r syscall.Rusage
	if syscall.Getrusage(who, &r) != nil {
		return Usage{}
	}
	return Usage{time.Duration(r.Utime.Nano()), time.Duration(r.Stime.Nano())}
}

// Monotonic is the time since the machine was started (CLOCK_MONOTONIC).
func Monotonic() time.Duration {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return time.Duration(t.Nano())
}
