package event

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A job is what a pooled goroutine is asked to do: lead, run a function, or
// bring news to a connection's handler.
type job struct {
	fn   func()
	c    *Conn
	why  Why
	lead bool
}

func (j *job) run() {
	if j.fn != nil {
		j.fn()
	} else {
		j.c.deliver(j.why)
	}
}

// openWake puts an eventfd into the set, through which other goroutines get
// the leader's attention.
func (l *Loop) openWake() error {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	l.wakefd = fd
	l.wakeconn, err = l.add(fd, wakeHandler{}, unix.EPOLLIN, persistent)
	l.conns.Add(-1)
	return err
}

type wakeHandler struct{}

func (wakeHandler) Ready(c *Conn, _ Why) {
	var b [8]byte
	syscall.RawSyscall(unix.SYS_READ, uintptr(c.fd), uintptr(unsafe.Pointer(&b)), 8)
}

func (l *Loop) wake() {
	b := [8]byte{1}
	syscall.RawSyscall(unix.SYS_WRITE, uintptr(l.wakefd), uintptr(unsafe.Pointer(&b)), 8)
}

// post has j run by whoever leads, at the end of the current batch.
func (l *Loop) post(j job) {
	l.mu.Lock()
	l.posted = append(l.posted, j)
	first := !l.pending.Load()
	l.pending.Store(true)
	l.mu.Unlock()
	if first && l.leader.Load() != goroutine() {
		l.wake()
	}
}

// runPosted runs what was posted before it was called, and reports whether g
// still leads. What is posted meanwhile waits for the next round, so that
// connections with endless work cannot keep new events out.
func (l *Loop) runPosted(g uintptr) bool {
	l.mu.Lock()
	n := len(l.posted)
	l.mu.Unlock()
	for ; n > 0; n-- {
		l.mu.Lock()
		j := l.posted[0]
		l.posted[0] = job{}
		if l.posted = l.posted[1:]; len(l.posted) == 0 {
			l.posted = nil
			l.pending.Store(false)
		}
		l.mu.Unlock()
		j.run()
		if l.leader.Load() != g {
			return false
		}
	}
	return true
}
