package futex

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	opWait = 0 // FUTEX_WAIT, shared between processes
	opWake = 1 // FUTEX_WAKE
)

// Supported says whether this system has futexes.
const Supported = true

// Wait sleeps while *addr is val, for at most d. It is true when the time ran
// out; a wake, a signal or another value all give false, and the caller looks at
// the word again. The scheduler is told, so other goroutines of this process run
// meanwhile, at the price of a possible change of processor on return.
func Wait(addr *uint32, val uint32, d time.Duration) bool {
	ts := unix.NsecToTimespec(int64(d))
	_, _, e := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(addr)), opWait,
		uintptr(val), uintptr(unsafe.Pointer(&ts)), 0, 0)
	return e == unix.ETIMEDOUT
}

// WaitBriefly is Wait without telling the scheduler: the calling P stands still.
// It is cheaper for waits of some ten microseconds (no hand-over of the P, no
// queueing behind other goroutines afterwards) and wrong for anything longer,
// because a stop-the-world would have to wait for it.
func WaitBriefly(addr *uint32, val uint32, d time.Duration) bool {
	ts := unix.NsecToTimespec(int64(d))
	_, _, e := unix.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(addr)), opWait,
		uintptr(val), uintptr(unsafe.Pointer(&ts)), 0, 0)
	return e == unix.ETIMEDOUT
}

// Wake wakes up to n waiters of addr. It never blocks.
func Wake(addr *uint32, n int) {
	unix.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(addr)), opWake, uintptr(n), 0, 0, 0)
}
