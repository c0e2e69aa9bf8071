package loop

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Loop runs callbacks one after the other. All of its methods but Post, Stop and
// Signals are for its own thread, or for whoever made it before Run is called.
type Loop struct {
	epfd   int
	now    time.Time
	base   time.Time // what timers are counted from
	events [64]unix.EpollEvent

	table []*FD // by descriptor
	gen   int32

	timers heaped
	clock  int           // the timerfd
	armed  time.Duration // when it fires; 0: not at all

	wakefd int
	mu     sync.Mutex
	posted []func()
	spare  []func() // posted's room of the round before
	quit   bool
}

// New makes a loop.
func New() (*Loop, error) {
	now := time.Now()
	l := &Loop{epfd: -1, clock: -1, wakefd: -1, now: now, base: now.Add(-time.Second)}
	if err := l.open(); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

func (l *Loop) open() (err error) {
	if l.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if l.wakefd, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	if _, err = l.Add(l.wakefd, l.drain, nil); err != nil {
		return err
	}
	if l.clock, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC); err != nil {
		return os.NewSyscallError("timerfd_create", err)
	}
	// Edge-triggered, so that it need not be read: setting it anew clears it.
	_, err = l.add(l.clock, unix.EPOLLIN|unix.EPOLLET&0xffffffff, l.rang, nil)
	return err
}

// Close frees what the loop owns. It must not run any more.
func (l *Loop) Close() {
	for _, fd := range []int{l.epfd, l.clock, l.wakefd} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// Now is the time at which this round began; it carries the monotonic clock.
func (l *Loop) Now() time.Time { return l.now }

// Run keeps the calling goroutine on its thread and runs callbacks until Stop.
func (l *Loop) Run() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	l.mu.Lock()
	l.quit = false
	l.mu.Unlock()
	for l.now = time.Now(); ; {
		n, err := l.wait(l.arm())
		if err != nil {
			return os.NewSyscallError("epoll_wait", err)
		}
		l.now = time.Now()
		for i := range n {
			l.dispatch(&l.events[i])
		}
		quit := l.runPosted()
		l.fire()
		if quit {
			return nil
		}
	}
}

// wait goes through the scheduler's door for calls that may block: who holds it
// up would hold up the collector.
func (l *Loop) wait(timeout int) (int, error) {
	for {
		n, _, e := syscall.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(l.epfd), uintptr(unsafe.Pointer(&l.events[0])), uintptr(len(l.events)), uintptr(timeout), 0, 0)
		if e == 0 {
			return int(n), nil
		}
		if e != unix.EINTR {
			return 0, e
		}
	}
}
