//go:build !linux

package futex

import (
	"sync/atomic"
	"time"
)

// Supported says whether this system has futexes.
const Supported = false

// Wait polls: without futexes the word is looked at every 50 microseconds.
func Wait(addr *uint32, val uint32, d time.Duration) bool {
	for end := time.Now().Add(d); atomic.LoadUint32(addr) == val; time.Sleep(50 * time.Microsecond) {
		if !time.Now().Before(end) {
			return true
		}
	}
	return false
}

// WaitBriefly is Wait.
func WaitBriefly(addr *uint32, val uint32, d time.Duration) bool { return Wait(addr, val, d) }

// Wake does nothing: waiters poll.
func Wake(addr *uint32, n int) {}
