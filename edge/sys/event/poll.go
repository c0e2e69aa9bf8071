package event

import (
	"net"
	"os"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Poll is any other descriptor that epoll knows: UDP sockets, eventfds,
// pipes, the channel to the master. What a short read means is not known for
// these, so one reads until EAGAIN and then waits.
type Poll struct{ c *Conn }

// Poll takes a non-blocking descriptor into the loop. h is for Park and may be
// nil. The descriptor becomes the Poll's: Close closes it.
func (l *Loop) Poll(fd int, h Handler) (*Poll, error) {
	c, err := l.add(fd, h, epollOut, datagram|outArmed)
	if err != nil {
		return nil, err
	}
	return &Poll{c}, nil
}

// WaitRead waits until something was announced since the last WaitRead or Park
// returned. It may return when nothing is there: read, and wait again on EAGAIN.
func (p *Poll) WaitRead() error {
	s, err := p.c.enter(rdBusy, rdReady)
	if err != nil {
		return err
	}
	if s&rdReady == 0 {
		if err = p.c.waitRead(nil); err == nil {
			p.c.state.And(^rdReady)
		}
	}
	p.c.leave(rdBusy)
	return err
}

// WaitWrite does the same for room.
func (p *Poll) WaitWrite() error {
	s, err := p.c.enter(wrBusy, wrReady)
	if err != nil {
		return err
	}
	if s&wrReady == 0 {
		if err = p.c.waitWrite(nil); err == nil {
			p.c.state.And(^wrReady)
		}
	}
	p.c.leave(wrBusy)
	return err
}

// Park gives the descriptor back to the loop after a read that met EAGAIN; the
// handler's Ready is called when more is there. Its Conn is Conn().
func (p *Poll) Park(timeout time.Duration) { p.c.ParkBusy(timeout) }

// Conn is what the handler of a parked Poll is called with.
func (p *Poll) Conn() *Conn { return p.c }

func (p *Poll) SetReadTimeout(d time.Duration)  { p.c.SetReadTimeout(d) }
func (p *Poll) SetWriteTimeout(d time.Duration) { p.c.SetWriteTimeout(d) }
func (p *Poll) FD() int                         { return p.c.FD() }
func (p *Poll) Close() error                    { return p.c.Close() }
func (p *Poll) Interrupt()                      { p.c.Interrupt() }

// RecvFrom waits for a datagram. from may be nil. EOF does not exist here: an
// empty datagram is 0 bytes.
func (p *Poll) RecvFrom(b []byte, from *Sockaddr) (int, error) {
	for {
		n, again, err := p.TryRecvFrom(b, from)
		if !again {
			return n, err
		}
		if err = p.WaitRead(); err != nil {
			return 0, err
		}
	}
}

// TryRecvFrom is RecvFrom that does not wait.
func (p *Poll) TryRecvFrom(b []byte, from *Sockaddr) (n int, again bool, err error) {
	if p.c.Closed() {
		return 0, false, net.ErrClosed
	}
	var sa, sl unsafe.Pointer
	if from != nil {
		from.len = uint32(unsafe.Sizeof(from.raw))
		sa, sl = unsafe.Pointer(&from.raw), unsafe.Pointer(&from.len)
	}
	for {
		r, _, e := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(p.c.fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), 0, uintptr(sa), uintptr(sl))
		switch e {
		case 0:
			return int(r), false, nil
		case unix.EAGAIN:
			return 0, true, nil
		case unix.EINTR:
		default:
			return 0, false, os.NewSyscallError("recv", e)
		}
	}
}

// SendTo sends a datagram, waiting for room if it must. to is nil on a connected
// socket.
func (p *Poll) SendTo(b []byte, to *Sockaddr) error {
	var sa unsafe.Pointer
	var sl uintptr
	if to != nil {
		sa, sl = unsafe.Pointer(&to.raw), uintptr(to.len)
	}
	for {
		if p.c.Closed() {
			return net.ErrClosed
		}
		_, _, e := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(p.c.fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), unix.MSG_NOSIGNAL, uintptr(sa), sl)
		switch e {
		case 0:
			return nil
		case unix.EAGAIN:
			if err := p.WaitWrite(); err != nil {
				return err
			}
		case unix.EINTR:
		default:
			return os.NewSyscallError("send", e)
		}
	}
}
