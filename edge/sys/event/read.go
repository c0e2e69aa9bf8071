package event

import (
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func sysErr(call string, err error) error {
	if err == nil {
		return nil
	}
	return os.NewSyscallError(call, err)
}

// Read waits for bytes. It returns io.EOF at the end of the stream,
// os.ErrDeadlineExceeded after the read timeout, net.ErrClosed when the
// connection is closed meanwhile, and the kernel's errors as *os.SyscallError.
func (c *Conn) Read(p []byte) (int, error) { return c.read(p, nil) }

func (c *Conn) read(p []byte, abs *atomic.Int64) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s, err := c.enter(rdBusy, rdReady)
	if err != nil {
		return 0, err
	}
	for {
		if s&rdReady == 0 {
			if err = c.waitRead(abs); err != nil {
				c.leave(rdBusy)
				return 0, err
			}
			c.state.And(^rdReady)
		}
		n, e := c.recv(p)
		switch {
		case n > 0:
			c.leave(rdBusy)
			return n, nil
		case e == unix.EAGAIN:
			s = 0
			continue
		case e == 0:
			err = io.EOF
		default:
			err = os.NewSyscallError("recv", e)
		}
		c.leave(rdBusy)
		return 0, err
	}
}

// TryRead is Read that does not wait: again says that there is nothing now. It
// makes no system call unless the kernel has announced something.
func (c *Conn) TryRead(p []byte) (n int, again bool, err error) {
	s, err := c.enter(rdBusy, rdReady)
	if err != nil {
		return 0, false, err
	}
	if s&rdReady == 0 {
		c.leave(rdBusy)
		return 0, true, nil
	}
	n, e := c.recv(p)
	c.leave(rdBusy)
	switch {
	case n > 0:
		return n, false, nil
	case e == unix.EAGAIN:
		return 0, true, nil
	case e == 0 && len(p) > 0:
		return 0, false, io.EOF
	case e == 0:
		return 0, false, nil
	}
	return 0, false, os.NewSyscallError("recv", e)
}

// recv makes the call with rdReady cleared, and sets it again if more may be
// there: the buffer was filled, or the end of the stream is still to be read. A
// short read means that the socket is empty, and the kernel will announce what
// comes next, so no read has to fail with EAGAIN to find that out
// (ngx_unix_recv does the same when it has EPOLLRDHUP).
func (c *Conn) recv(p []byte) (int, syscall.Errno) {
	for {
		n, _, e := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(c.fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
		if e == unix.EINTR {
			continue
		}
		if e == unix.EAGAIN {
			return 0, e
		}
		if e != 0 || int(n) == len(p) || n == 0 || c.state.Load()&peerGone != 0 {
			c.state.Or(rdReady)
		}
		if e != 0 {
			return 0, e
		}
		return int(n), 0
	}
}

// WaitRead waits until something can be read, without reading it.
func (c *Conn) WaitRead() error {
	s, err := c.enter(rdBusy, 0)
	if err != nil {
		return err
	}
	if s&rdReady == 0 {
		err = c.waitRead(nil)
	}
	c.leave(rdBusy)
	return err
}

// HasInput reports whether a read would probably not wait.
func (c *Conn) HasInput() bool { return c.state.Load()&rdReady != 0 }

// AssumeInput makes the next read try the socket before it waits: for a
// connection accepted from a listener that defers until data is there.
func (c *Conn) AssumeInput() { c.state.Or(rdReady) }
