package event

import (
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// acceptPause is how long a listener rests when descriptors have run out
// (accept_mutex_delay in ngx_event_accept.c).
const acceptPause = 500 * time.Millisecond

// Accept is called for each accepted descriptor, which is non-blocking and
// close-on-exec, by the goroutine that leads the loop. peer is valid during the
// call.
type Accept func(fd int, peer *Sockaddr)

// A Listener accepts connections on a listening socket. Registration is
// level-triggered: what one worker leaves, another worker or the next round
// gets.
type Listener struct {
	// Error, if set, is told errors of accept4 as they come; ECONNABORTED is
	// none. It is set before the loop runs.
	Error func(err error)
	// Batch is how many connections one event may accept: 1 unless set, as with
	// multi_accept off. Negative: until none is left.
	Batch int

	loop      *Loop
	conn      *Conn
	fd        int
	exclusive bool
	accept    Accept
	paused    atomic.Bool // by Pause
	resting   atomic.Bool // because descriptors ran out
	closed    atomic.Bool
}

// Listen starts accepting on fd, a non-blocking listening socket, which stays
// the caller's. With exclusive the kernel wakes few of the processes that share
// the socket instead of all (EPOLLEXCLUSIVE).
func (l *Loop) Listen(fd int, exclusive bool, accept Accept) (*Listener, error) {
	ln := &Listener{loop: l, fd: fd, exclusive: exclusive, accept: accept, Batch: 1}
	if err := ln.register(); err != nil {
		return nil, err
	}
	return ln, nil
}

func (ln *Listener) register() (err error) {
	events := uint32(unix.EPOLLIN)
	if ln.exclusive {
		events |= unix.EPOLLEXCLUSIVE
	}
	ln.loop.mu.Lock()
	defer ln.loop.mu.Unlock()
	if ln.conn == nil && !ln.closed.Load() && !ln.paused.Load() {
		ln.conn, err = ln.loop.add(ln.fd, ln, events, persistent)
	}
	return err
}

// unregister takes the socket out of the set without closing it.
func (ln *Listener) unregister() {
	ln.loop.mu.Lock()
	defer ln.loop.mu.Unlock()
	if c := ln.conn; c != nil {
		ln.conn = nil
		c.state.Or(closed)
		ln.loop.table.clear(c.fd, c)
		ln.loop.control(unix.EPOLL_CTL_DEL, c.fd, c.gen, 0)
		ln.loop.conns.Add(-1)
	}
}

// Ready accepts; the loop calls it.
func (ln *Listener) Ready(c *Conn, _ Why) {
	for n := 0; n != max(ln.Batch, 1) || ln.Batch < 0; n++ {
		if ln.paused.Load() || c.Closed() {
			return
		}
		var peer Sockaddr
		peer.len = uint32(unsafe.Sizeof(peer.raw))
		fd, _, e := syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(ln.fd), uintptr(unsafe.Pointer(&peer.raw)),
			uintptr(unsafe.Pointer(&peer.len)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
		switch e {
		case 0:
			ln.accept(int(fd), &peer)
		case unix.EAGAIN:
			return
		case unix.EINTR, unix.ECONNABORTED:
		default:
			if ln.Error != nil {
				ln.Error(os.NewSyscallError("accept4", e))
			}
			if e == unix.EMFILE || e == unix.ENFILE {
				ln.rest()
			}
			return
		}
	}
}

func (ln *Listener) rest() {
	if ln.resting.Swap(true) {
		return
	}
	ln.unregister()
	ln.loop.AfterFunc(acceptPause, func() {
		ln.resting.Store(false)
		if err := ln.register(); err != nil && ln.Error != nil {
			ln.Error(err)
		}
	})
}

// Pause stops accepting; connections gather in the kernel's queue.
func (ln *Listener) Pause() {
	ln.paused.Store(true)
	ln.unregister()
}

// Resume goes on after Pause.
func (ln *Listener) Resume() error {
	ln.paused.Store(false)
	if ln.resting.Load() {
		return nil
	}
	return ln.register()
}

// Close takes the socket out of the loop for good; the caller closes it.
func (ln *Listener) Close() error {
	if ln.closed.Swap(true) {
		return net.ErrClosed
	}
	ln.unregister()
	return nil
}

// FD is the listening socket.
func (ln *Listener) FD() int { return ln.fd }
