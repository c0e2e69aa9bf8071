package event

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// WriteMore is Write for bytes that others will follow at once: the kernel may
// keep back a packet that is not full (MSG_MORE), so that a header and the file
// sent behind it share their first one.
func (c *Conn) WriteMore(p []byte) (int, error) {
	if _, err := c.enter(wrBusy, wrReady); err != nil {
		return 0, err
	}
	n, _, e := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(c.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_NOSIGNAL|unix.MSG_MORE, 0, 0)
	c.leave(wrBusy)
	if e != 0 || int(n) < len(p) {
		// Rare: the plain way waits, or words the error.
		done := 0
		if e == 0 {
			done = int(n)
		}
		m, err := c.Write(p[done:])
		return done + m, err
	}
	return int(n), nil
}

// SetNoDelay switches Nagle's algorithm off or on; a socket that is not TCP
// does not mind.
func (c *Conn) SetNoDelay(on bool) {
	v := int32(0)
	if on {
		v = 1
	}
	syscall.RawSyscall6(unix.SYS_SETSOCKOPT, uintptr(c.fd), unix.IPPROTO_TCP, unix.TCP_NODELAY, uintptr(unsafe.Pointer(&v)), 4, 0)
}
