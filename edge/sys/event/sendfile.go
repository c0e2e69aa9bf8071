package event

import (
	"io"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"

	"moongate/edge/sys/file"
)

// SendFile sends n bytes of file from off on, inside the kernel, and waits until
// they are in the socket's buffer. It returns io.ErrUnexpectedEOF when the file
// is shorter than promised. After each most bytes others have their turn, so
// that a fast client of a large file does not hold the worker; 0 means no limit.
//
// Where reading waits for a disk, the loop has another leader meanwhile.
func (c *Conn) SendFile(fd int, off, n, most int64) (int64, error) {
	if _, err := c.enter(wrBusy, wrReady); err != nil {
		return 0, err
	}
	if most <= 0 {
		most = n
	}
	var done int64
	for done < n {
		if file.Slow() {
			Block()
		}
		want := min(n-done, most)
		sent, e := file.Send(int(c.fd), fd, &off, want)
		switch syscall.Errno(e) {
		case 0:
			if sent == 0 {
				c.leave(wrBusy)
				return done, io.ErrUnexpectedEOF
			}
			// A short count is a full socket or the end of the file; the next
			// call tells which.
			if done += sent; sent == want && done < n {
				Block()
				runtime.Gosched()
			}
		case unix.EAGAIN:
			if err := c.waitRoom(nil); err != nil {
				c.leave(wrBusy)
				return done, err
			}
		case unix.EINTR:
		default:
			c.leave(wrBusy)
			return done, os.NewSyscallError("sendfile", syscall.Errno(e))
		}
	}
	c.leave(wrBusy)
	return done, nil
}
