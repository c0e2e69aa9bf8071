package event

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Loop is one epoll set, the goroutine that leads it and those that wait for
// their turn to lead. A worker process has one.
type Loop struct {
	epfd   int
	file   *os.File        // epfd in the runtime's poller
	raw    syscall.RawConn // waits for it
	ready  func(uintptr) bool
	leader atomic.Uintptr // identity of the goroutine that leads; 0 between two leaders

	// The batch belongs to the leader and passes on with the leadership.
	events      []unix.EpollEvent
	next, count int
	woken       atomic.Int32 // goroutines made runnable in this batch; a leader that is relieved may count still
	yielded     int64        // when the leader last let others run

	table  table
	gen    atomic.Uint32
	conns  atomic.Int64
	timers timers

	mu       sync.Mutex
	idle     *worker // stack of followers
	nidle    int
	posted   []job
	pending  atomic.Bool // posted is not empty
	wakefd   int
	wakeconn *Conn
	stopping atomic.Bool // Stop was called
	quitting atomic.Bool // StopIdle was called
	done     chan struct{}
	hand     int32 // where DrainIdle looked last
}

// loops lists the running loops: a goroutine that is about to wait asks whether
// it leads one. A worker has one loop; tests have more.
var loops struct {
	mu   sync.Mutex
	list atomic.Pointer[[]*Loop]
}

// New makes a loop. Connections can be adopted before Run is called.
func New() (*Loop, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create", err)
	}
	if err = unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	l := &Loop{
		epfd: fd, wakefd: -1, file: os.NewFile(uintptr(fd), "epoll"),
		events: make([]unix.EpollEvent, maxEvents), done: make(chan struct{}),
	}
	l.timers.loop = l
	l.ready = l.fetch
	if l.raw, err = l.file.SyscallConn(); err == nil {
		err = l.openWake()
	}
	if err != nil {
		l.file.Close()
		return nil, err
	}
	register(l)
	return l, nil
}

func register(l *Loop) {
	loops.mu.Lock()
	defer loops.mu.Unlock()
	var list []*Loop
	if p := loops.list.Load(); p != nil {
		list = append(list, *p...)
	}
	list = append(list, l)
	loops.list.Store(&list)
}

func unregister(l *Loop) {
	loops.mu.Lock()
	defer loops.mu.Unlock()
	var list []*Loop
	for _, o := range *loops.list.Load() {
		if o != l {
			list = append(list, o)
		}
	}
	loops.list.Store(&list)
}

// leading returns the loop that the running goroutine leads, or nil.
func leading() *Loop {
	list := loops.list.Load()
	if list == nil {
		return nil
	}
	g := goroutine()
	for _, l := range *list {
		if l.leader.Load() == g {
			return l
		}
	}
	return nil
}

// Run leads the loop, with its followers, until Stop. It is called once.
func (l *Loop) Run() error {
	l.start(job{lead: true})
	<-l.done
	l.close()
	return nil
}

// Stop ends Run. Connections stay open; goroutines that wait keep waiting.
func (l *Loop) Stop() {
	if !l.stopping.Swap(true) {
		l.wake()
	}
}

func (l *Loop) close() {
	unregister(l)
	l.wakeconn.Close()
	l.file.Close()
	l.dismiss()
}

// lead runs the loop until the leadership was handed on by a handler that had
// to wait, or until Stop.
func (l *Loop) lead() {
	g := goroutine()
	l.leader.Store(g)
	for {
		for l.next < l.count {
			ev := &l.events[l.next]
			l.next++
			l.dispatch(ev)
			if l.leader.Load() != g {
				return
			}
		}
		if l.pending.Load() && !l.runPosted(g) {
			return
		}
		if l.stopping.Load() {
			l.leader.Store(0)
			close(l.done)
			return
		}
		l.wait()
	}
}

// yieldAfter is how long the leader may run while the set is never empty. The
// scheduler would interrupt it after 10 ms, with a signal.
const yieldAfter = int64(2 * time.Millisecond)

// wait gets the next batch. Goroutines that the last batch woke run first:
// while the set is never empty, nothing else would let them.
func (l *Loop) wait() {
	if l.woken.Load() > 0 || clockMono.Load()-l.yielded > yieldAfter {
		l.woken.Store(0)
		runtime.Gosched()
		l.yielded = clockMono.Load()
	}
	if l.pending.Load() {
		l.fetch(0)
	} else if l.raw.Read(l.ready) != nil {
		l.stopping.Store(true) // the set was closed under us
		l.next, l.count = 0, 0
	}
	UpdateTime()
}

// dispatch tells a connection what the kernel said about it. An event for a
// descriptor that has been closed since, and perhaps reused, finds no entry or
// another generation.
func (l *Loop) dispatch(ev *unix.EpollEvent) {
	c := l.table.get(ev.Fd)
	if c == nil || c.gen != uint32(ev.Pad) {
		return
	}
	var bits uint32
	if ev.Events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		bits = rdReady
	}
	if ev.Events&(unix.EPOLLOUT|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		bits |= wrReady
	}
	if ev.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		bits |= peerGone
		if ev.Events&unix.EPOLLERR != 0 {
			bits |= failed
		}
	}
	old := c.state.Or(bits)
	if old&persistent != 0 {
		c.h.Ready(c, Readable)
		return
	}
	if bits&peerGone&^old != 0 {
		c.tellClosed()
	}
	if bits&wrReady != 0 {
		l.woken.Add(c.wakeWriter())
	}
	if bits&rdReady != 0 {
		p := c.rw.Load()
		if p == nil || !c.rw.CompareAndSwap(p, nil) {
			return
		}
		if p == &parked {
			c.deliver(Readable)
		} else {
			l.woken.Add(1)
			p.wake()
		}
	}
}

// Conns is the number of open connections and listeners of the loop, those of
// Poll included.
func (l *Loop) Conns() int { return int(l.conns.Load()) }
