package event

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxEvents is the size of a batch, nginx's default for epoll_events.
const maxEvents = 512

// Interest of a stream: one registration for its whole life. EPOLLOUT joins
// when a write first finds the socket's buffer full.
const (
	epollIn  = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLET&0xffffffff
	epollOut = epollIn | unix.EPOLLOUT
)

// control adds or changes fd in the set. The generation travels in the upper
// half of the event's data, so that an event that was already fetched when the
// descriptor was closed and reused is told from one of its new life.
func (l *Loop) control(op int, fd int32, gen uint32, events uint32) error {
	ev := unix.EpollEvent{Events: events, Fd: fd, Pad: int32(gen)}
	_, _, e := syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(l.epfd), uintptr(op), uintptr(fd), uintptr(unsafe.Pointer(&ev)), 0, 0)
	if e != 0 {
		return os.NewSyscallError("epoll_ctl", e)
	}
	return nil
}

// fetch takes the events that are there now, without waiting. It is handed to
// the runtime's poller, which calls it again when the set becomes readable.
func (l *Loop) fetch(uintptr) bool {
	for {
		n, _, e := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(l.epfd), uintptr(unsafe.Pointer(&l.events[0])), maxEvents, 0, 0, 0)
		if e == 0 {
			l.next, l.count = 0, int(n)
			return n != 0
		}
		if e != unix.EINTR {
			l.next, l.count = 0, 0
			return true
		}
	}
}
