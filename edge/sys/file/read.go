package file

import (
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// Reading what the kernel has in memory takes a microsecond. To tell Go's
// scheduler about such a call costs more: in a worker that was idle it wakes
// the monitor thread, which then looks for long calls every 20 microseconds. So
// the calls here are raw ones, as nginx's are, as long as files answer at once.
// After one that had to wait for a disk they are calls that other goroutines run
// beside, until one is quick again.
var slow atomic.Bool

// patience is how long a read may last before it counts as one that waited.
const patience = time.Millisecond

var base = time.Now()

// Slow tells that the last read had to wait. Whoever leads an event loop gives it
// away before reading on.
func Slow() bool { return slow.Load() }

// A watch times one read.
type watch struct {
	began time.Duration
	slow  bool
}

func start() watch { return watch{time.Since(base), slow.Load()} }

func (w watch) stop() {
	if now := time.Since(base)-w.began > patience; now != w.slow {
		slow.Store(now)
	}
}

// ReadAt reads at a place of the file and returns the errno.
func ReadAt(fd int, p []byte, off int64) (n, errno int) {
	at := unsafe.Pointer(unsafe.SliceData(p))
	for {
		var r uintptr
		var e syscall.Errno
		w := start()
		if w.slow {
			r, _, e = syscall.Syscall6(syscall.SYS_PREAD64, uintptr(fd), uintptr(at), uintptr(len(p)), uintptr(off), 0, 0)
		} else {
			r, _, e = syscall.RawSyscall6(syscall.SYS_PREAD64, uintptr(fd), uintptr(at), uintptr(len(p)), uintptr(off), 0, 0)
		}
		w.stop()
		switch e {
		case 0:
			return int(r), 0
		case syscall.EINTR:
		default:
			return 0, int(e)
		}
	}
}

// Send moves at most n bytes of the file, from *off on, to a socket, and moves
// *off on (sendfile).
func Send(socket, fd int, off *int64, n int64) (sent int64, errno int) {
	var r uintptr
	var e syscall.Errno
	w := start()
	if w.slow {
		r, _, e = syscall.Syscall6(syscall.SYS_SENDFILE, uintptr(socket), uintptr(fd), uintptr(unsafe.Pointer(off)), uintptr(n), 0, 0)
	} else {
		r, _, e = syscall.RawSyscall6(syscall.SYS_SENDFILE, uintptr(socket), uintptr(fd), uintptr(unsafe.Pointer(off)), uintptr(n), 0, 0)
	}
	w.stop()
	if e != 0 {
		return 0, int(e)
	}
	return int64(r), 0
}
