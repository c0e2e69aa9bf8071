package relay

import (
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Side says which of the two connections an error is of.
type Side int

// The sides of Pump.
const (
	Source Side = iota
	Target
)

// Error is why bytes went no further.
type Error struct {
	Side Side
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

const spliceFlags = unix.SPLICE_F_MOVE | unix.SPLICE_F_NONBLOCK

// Pump moves what comes from src to dst until src ends, by splice(2), and tells
// moved of each part that dst has taken.
func Pump(dst, src *net.TCPConn, moved func(n int)) error {
	from, err := src.SyscallConn()
	if err != nil {
		return &Error{Source, err}
	}
	to, err := dst.SyscallConn()
	if err != nil {
		return &Error{Target, err}
	}
	for {
		p, n, err := fill(from)
		if err != nil {
			return &Error{Source, err}
		}
		if n == 0 {
			givePipe(p, true)
			return nil
		}
		left, err := empty(to, p, n)
		moved(n - left)
		givePipe(p, left == 0)
		if err != nil {
			return &Error{Target, err}
		}
	}
}

// fill waits for bytes, and has a pipe only once there are some.
func fill(from syscall.RawConn) (p pipe, n int, err error) {
	e := from.Read(func(fd uintptr) bool {
		if p, err = takePipe(); err != nil {
			err = os.NewSyscallError("pipe2", err)
			return true
		}
		n, err = splice(int(fd), p.w, room)
		if err == unix.EAGAIN {
			givePipe(p, true)
			return false
		}
		if err != nil {
			givePipe(p, true)
			err = os.NewSyscallError("splice", err)
		}
		return true
	})
	if e != nil {
		err = e
	}
	return p, n, err
}

// empty writes what a pipe holds; left is what could not be written.
func empty(to syscall.RawConn, p pipe, n int) (left int, err error) {
	left = n
	e := to.Write(func(fd uintptr) bool {
		for left > 0 {
			var m int
			m, err = splice(p.r, int(fd), left)
			if err == unix.EAGAIN {
				return false
			}
			if err != nil {
				err = os.NewSyscallError("splice", err)
				return true
			}
			left -= m
		}
		return true
	})
	if e != nil {
		err = e
	}
	return left, err
}

func splice(from, to, n int) (int, error) {
	for {
		m, err := unix.Splice(from, nil, to, nil, n, spliceFlags)
		if err != unix.EINTR {
			return int(max(m, 0)), err
		}
	}
}
