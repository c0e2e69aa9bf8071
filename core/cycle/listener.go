package cycle

import (
	"errors"
	"sync"

	"moongate/core/errlog"
	"moongate/edge/sys/socket"
)

// Listener is a listening address of a generation. It has one socket, or with
// reuseport one for each worker.
type Listener struct {
	Addr    socket.Addr
	Options socket.Options

	mu      sync.Mutex // for the descriptors: helpers ask for theirs while others end
	sockets []listening
}

// listening is one socket.
type listening struct {
	fd      int
	fresh   bool            // opened by this generation
	was     *socket.Options // of a claimed socket: what it has had so far
	claimed bool            // the next generation has taken it over
}

// Listen asks for a listening socket. It is open when the generation is prepared.
func (b *Builder) Listen(addr socket.Addr, opts socket.Options) (*Listener, error) {
	l := &Listener{Addr: addr, Options: opts}
	b.Listeners = append(b.Listeners, l)
	return l, nil
}

// Key tells what makes sockets the same: kind and address.
func (l *Listener) Key() string { return socketKey(l.Addr, &l.Options) }

func socketKey(a socket.Addr, o *socket.Options) string {
	if o.Datagram {
		return "udp " + a.String()
	}
	return "tcp " + a.String()
}

// ForWorker is the socket that a worker accepts from; mine is false when there
// is none for it.
func (l *Listener) ForWorker(worker int) (fd int, mine bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := 0
	if len(l.sockets) > 1 {
		i = worker
	}
	if i < 0 || i >= len(l.sockets) || l.sockets[i].fd < 0 {
		return -1, false
	}
	return l.sockets[i].fd, true
}

// Shared tells whether several workers accept from the same socket.
func (l *Listener) Shared() bool { return len(l.sockets) == 1 }

// Descriptors are all open sockets.
func (l *Listener) Descriptors() (fds []int) {
	for _, s := range l.sockets {
		if s.fd >= 0 {
			fds = append(fds, s.fd)
		}
	}
	return fds
}

// close closes the sockets that nobody has taken over; remove says whether the
// path of a unix socket goes too.
func (l *Listener) close(log *errlog.Log, remove, claimedToo bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.sockets {
		s := &l.sockets[i]
		if s.fd < 0 || s.claimed && !claimedToo {
			continue
		}
		if err := socket.Close(s.fd, l.Addr); err != nil {
			logFault(log, errlog.Emerg, err)
		}
		s.fd = -1
		if remove && l.Addr.IsUnix() {
			if err := socket.Remove(l.Addr); err != nil {
				logFault(log, errlog.Emerg, err)
			}
		}
	}
}

// logFault logs an error of package socket in nginx's form.
func logFault(log *errlog.Log, level errlog.Level, err error) {
	if f := new(socket.Fault); errors.As(err, &f) {
		log.Log(level, f.Err, "%s", f.Text)
		return
	}
	log.Message(level, err.Error())
}

// CloseListeners closes the listening sockets of this process. Only a process
// that has made them, or its successor, removes the paths of unix sockets.
func (c *Cycle) CloseListeners(remove bool) {
	for _, l := range c.Listeners {
		l.close(&c.Log, remove, true)
	}
}

// CloseUnclaimed closes the sockets that the next generation has not taken over.
func (c *Cycle) CloseUnclaimed(next *Cycle) {
	for _, l := range c.Listeners {
		open := len(l.Descriptors()) > 0
		l.close(&next.Log, false, false)
		if open && l.Addr.IsUnix() && len(l.Descriptors()) == 0 {
			next.Log.Warn(nil, "deleting socket %s", l.Addr.Path())
			if err := socket.Remove(l.Addr); err != nil {
				logFault(&next.Log, errlog.Emerg, err)
			}
		}
	}
}
