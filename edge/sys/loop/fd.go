package loop

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// An FD is a descriptor in the loop.
type FD struct {
	l           *Loop
	fd          int
	gen         int32
	mask        uint32 // what is waited for
	read, write func()

	pace    time.Duration
	last    time.Time // of the last read, if there is a pace
	resting bool      // reads wait for the pace
	rested  *Timer
}

// Add has read called while there is something to read, or the other side is gone,
// and write while there is room, once WantWrite asked for it. Either may be nil.
// The descriptor must not block.
func (l *Loop) Add(fd int, read, write func()) (*FD, error) {
	mask := uint32(0)
	if read != nil {
		mask = unix.EPOLLIN
	}
	return l.add(fd, mask, read, write)
}

func (l *Loop) add(fd int, mask uint32, read, write func()) (*FD, error) {
	l.gen++
	f := &FD{l: l, fd: fd, gen: l.gen, mask: mask, read: read, write: write}
	if err := f.control(unix.EPOLL_CTL_ADD); err != nil {
		return nil, err
	}
	for len(l.table) <= fd {
		l.table = append(l.table, nil)
	}
	l.table[fd] = f
	return f, nil
}

// The generation tells an event of a descriptor that was closed in this very
// round from one of its successor with the same number.
func (f *FD) control(op int) error {
	mask := f.mask
	if f.resting {
		mask &^= unix.EPOLLIN
	}
	ev := unix.EpollEvent{Events: mask, Fd: int32(f.fd), Pad: f.gen}
	return os.NewSyscallError("epoll_ctl", unix.EpollCtl(f.l.epfd, op, f.fd, &ev))
}

// FD is the descriptor's number.
func (f *FD) FD() int { return f.fd }

// WantRead says whether read shall be called.
func (f *FD) WantRead(on bool) error { return f.want(unix.EPOLLIN, on) }

// WantWrite says whether write shall be called.
func (f *FD) WantWrite(on bool) error { return f.want(unix.EPOLLOUT, on) }

func (f *FD) want(bit uint32, on bool) error {
	mask := f.mask &^ bit
	if on {
		mask |= bit
	}
	if mask == f.mask {
		return nil
	}
	f.mask = mask
	return f.control(unix.EPOLL_CTL_MOD)
}

// Pace has read called no more often than once in d, so that what arrives in a stream is
// taken together: a thread that has precedence would otherwise be woken for each packet of
// a flood, which costs ten times what the packet does. What comes alone is read at once.
func (f *FD) Pace(d time.Duration) {
	f.pace = d
	if f.rested == nil {
		f.rested = f.l.NewTimer(func() { f.rest(false) })
	}
}

func (f *FD) rest(on bool) {
	f.resting = on
	f.control(unix.EPOLL_CTL_MOD)
}

// hurries tells whether it is too early for another read, and sees to the next one.
func (f *FD) hurries() bool {
	if f.pace == 0 {
		return false
	}
	if f.l.now.Sub(f.last) >= f.pace {
		f.last = f.l.now
		return false
	}
	f.rest(true)
	f.rested.At(f.last.Add(f.pace))
	return true
}

// Remove takes the descriptor out, to be called before it is closed. Its callbacks
// are not called any more, not even for what this round has found already.
func (f *FD) Remove() {
	if f.l.table[f.fd] == f {
		f.l.table[f.fd] = nil
		if f.rested != nil {
			f.rested.Stop()
		}
		f.control(unix.EPOLL_CTL_DEL)
	}
}

func (l *Loop) dispatch(ev *unix.EpollEvent) {
	f := l.at(ev)
	if f == nil {
		return
	}
	const gone = unix.EPOLLERR | unix.EPOLLHUP
	if f.read != nil && (ev.Events&gone != 0 || ev.Events&unix.EPOLLIN != 0 && !f.hurries()) {
		f.read()
		if l.at(ev) == nil {
			return
		}
	}
	if f.write != nil && (ev.Events&unix.EPOLLOUT != 0 || f.read == nil && ev.Events&gone != 0) {
		f.write()
	}
}

func (l *Loop) at(ev *unix.EpollEvent) *FD {
	if f := l.table[ev.Fd]; f != nil && f.gen == ev.Pad {
		return f
	}
	return nil
}
