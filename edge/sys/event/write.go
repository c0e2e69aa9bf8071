package event

import (
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Write waits until all of p is in the socket's buffer. After the write timeout
// without progress it returns os.ErrDeadlineExceeded and what was written.
func (c *Conn) Write(p []byte) (int, error) { return c.write(p, nil) }

func (c *Conn) write(p []byte, abs *atomic.Int64) (int, error) {
	if _, err := c.enter(wrBusy, wrReady); err != nil {
		return 0, err
	}
	done := 0
	for done < len(p) {
		n, _, e := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(c.fd), uintptr(unsafe.Pointer(&p[done])), uintptr(len(p)-done), unix.MSG_NOSIGNAL, 0, 0)
		switch e {
		case 0:
			if done += int(n); done == len(p) {
				break
			}
			fallthrough
		case unix.EAGAIN:
			if err := c.waitRoom(abs); err != nil {
				c.leave(wrBusy)
				return done, err
			}
		case unix.EINTR:
		default:
			c.leave(wrBusy)
			return done, os.NewSyscallError("send", e)
		}
	}
	c.leave(wrBusy)
	return done, nil
}

// TryWrite writes what fits and does not wait; a short count is no error.
func (c *Conn) TryWrite(p []byte) (int, error) {
	if _, err := c.enter(wrBusy, wrReady); err != nil {
		return 0, err
	}
	for {
		n, _, e := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(c.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_NOSIGNAL, 0, 0)
		if e == unix.EINTR {
			continue
		}
		c.leave(wrBusy)
		switch e {
		case 0:
			return int(n), nil
		case unix.EAGAIN:
			return 0, nil
		}
		return 0, os.NewSyscallError("send", e)
	}
}

// waitRoom waits for room after a write that took less than it was given. Only
// now is EPOLLOUT asked for, and it stays: edge-triggered, it is announced when
// a full buffer gets room and not otherwise. Adding it to the registration
// makes the kernel look at once, so room that appeared meanwhile is not missed.
func (c *Conn) waitRoom(abs *atomic.Int64) error {
	if c.state.Load()&outArmed == 0 {
		c.state.Or(outArmed)
		if err := c.loop.control(unix.EPOLL_CTL_MOD, c.fd, c.gen, epollOut); err != nil {
			return err
		}
	}
	if err := c.waitWrite(abs); err != nil {
		return err
	}
	c.state.And(^wrReady)
	return nil
}

// maxIovecs is how many buffers one call takes; more take more calls.
const maxIovecs = 32

// Writev writes all buffers, gathered, and waits as Write does. It does not
// change bufs.
func (c *Conn) Writev(bufs [][]byte) (int64, error) {
	if _, err := c.enter(wrBusy, wrReady); err != nil {
		return 0, err
	}
	var (
		iov  [maxIovecs]unix.Iovec
		done int64
		i    int // first buffer that is not written whole
		off  int // how much of it is
	)
	for {
		k, want := 0, 0
		for j := i; j < len(bufs) && k < maxIovecs; j++ {
			b := bufs[j]
			if j == i {
				b = b[off:]
			}
			if len(b) == 0 {
				continue
			}
			iov[k].Base = unsafe.SliceData(b)
			iov[k].SetLen(len(b))
			want += len(b)
			k++
		}
		if k == 0 {
			c.leave(wrBusy)
			return done, nil
		}
		n, _, e := syscall.RawSyscall(unix.SYS_WRITEV, uintptr(c.fd), uintptr(unsafe.Pointer(&iov)), uintptr(k))
		if e == unix.EINTR {
			continue
		}
		if e != 0 && e != unix.EAGAIN {
			c.leave(wrBusy)
			return done, os.NewSyscallError("writev", e)
		}
		if e != 0 {
			n = 0
		}
		done += int64(n)
		for left := int(n); i < len(bufs); {
			if rest := len(bufs[i]) - off; left < rest {
				off += left
				break
			} else {
				left -= rest
			}
			i, off = i+1, 0
		}
		if int(n) == want {
			continue
		}
		if err := c.waitRoom(nil); err != nil {
			c.leave(wrBusy)
			return done, err
		}
	}
}

// WaitWrite waits until the socket has room.
func (c *Conn) WaitWrite() error {
	if _, err := c.enter(wrBusy, wrReady); err != nil {
		return err
	}
	err := c.waitRoom(nil)
	c.leave(wrBusy)
	return err
}
