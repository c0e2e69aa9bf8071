package event

import (
	"io"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sendfileChunk bounds one call, so that a fast client of a large file does not
// hold the worker (sendfile_max_chunk, 2m by default).
const sendfileChunk = 2 << 20

// SendFile sends n bytes of file from off on, inside the kernel, and waits until
// they are in the socket's buffer. It returns io.ErrUnexpectedEOF when the file
// is shorter than promised.
//
// Reading the file may wait for the disk, therefore the call is a true system
// call for Go's scheduler: if it lasts, other goroutines run.
func (c *Conn) SendFile(file int, off, n int64) (int64, error) {
	if _, err := c.enter(wrBusy, wrReady); err != nil {
		return 0, err
	}
	var done int64
	for done < n {
		want := min(n-done, sendfileChunk)
		sent, _, e := syscall.Syscall6(unix.SYS_SENDFILE, uintptr(c.fd), uintptr(file), uintptr(unsafe.Pointer(&off)), uintptr(want), 0, 0)
		switch e {
		case 0:
			if sent == 0 {
				c.leave(wrBusy)
				return done, io.ErrUnexpectedEOF
			}
			// A short count is a full socket or the end of the file; the next
			// call tells which.
			done += int64(sent)
		case unix.EAGAIN:
			if err := c.waitRoom(nil); err != nil {
				c.leave(wrBusy)
				return done, err
			}
		case unix.EINTR:
		default:
			c.leave(wrBusy)
			return done, os.NewSyscallError("sendfile", e)
		}
	}
	c.leave(wrBusy)
	return done, nil
}
