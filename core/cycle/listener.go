package cycle

import (
	"errors"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/socket"
)

// Listener is a listening socket of a generation. With reuseport there is one
// for each worker, so that the kernel shares connections out.
type Listener struct {
	Addr    socket.Addr
	Options socket.Options
	FD      int // -1 until opened
	Worker  int // the only one that accepts from it (reuseport), or -1

	clones  []*Listener // all of a reuseport address, this one first
	claimed bool        // the next generation has taken the descriptor over
}

// Key says what the socket is: the same key in another generation or process
// means that the socket can be taken over.
func (l *Listener) Key() string {
	if l.Options.Datagram {
		return "udp " + l.Addr.String()
	}
	return l.Addr.String()
}

// ForWorker is the descriptor that a worker accepts from; ok is false for one
// that has no socket of this address.
func (l *Listener) ForWorker(index int) (fd int, ok bool) {
	if l.clones == nil {
		return l.FD, l.FD >= 0
	}
	for _, c := range l.clones {
		if c.Worker == index && c.FD >= 0 {
			return c.FD, true
		}
	}
	return -1, false
}

// Listen asks for a listening socket; it is opened when the whole
// configuration is known to be good.
func (b *Builder) Listen(a socket.Addr, o socket.Options) (*Listener, error) {
	l := &Listener{Addr: a, Options: o, FD: -1, Worker: -1}
	if o.ReusePort {
		for i := range max(b.workers(), 1) {
			c := l
			if i > 0 {
				c = &Listener{Addr: a, Options: o, FD: -1}
			}
			c.Worker = i
			l.clones = append(l.clones, c)
			b.Listeners = append(b.Listeners, c)
		}
		return l, nil
	}
	b.Listeners = append(b.Listeners, l)
	return l, nil
}

// workers is how many processes will serve. The directives stand before the
// blocks that listen, as a rule; nginx clones sockets just as early.
func (b *Builder) workers() int {
	if b.Core.MasterProcess.Written && !b.Core.MasterProcess.V || !b.Core.WorkerProcesses.Written {
		return 1
	}
	return b.Core.WorkerProcesses.V
}

// openSockets is ngx_open_listening_sockets, after claiming what the old
// generation, the parent or the old binary has open already.
func (b *Builder) openSockets() error {
	b.onUndo(b.undoSockets)
	for _, l := range b.Listeners {
		if b.Child() {
			b.takeGiven(l)
			continue
		}
		if b.claimOld(l) {
			continue
		}
		if err := b.claimInherited(l); err != nil {
			return err
		}
	}
	if b.Child() {
		return nil
	}
	return b.openRest()
}

// takeGiven finds the parent's descriptor.
func (b *Builder) takeGiven(l *Listener) {
	for _, s := range b.given.Sockets {
		if s.Key == l.Key() && s.Worker == l.Worker {
			l.FD = s.FD
			return
		}
	}
}

// claimOld takes over the socket of the same address in the old generation.
func (b *Builder) claimOld(l *Listener) bool {
	if b.Old == nil {
		return false
	}
	for _, o := range b.Old.Listeners {
		if o.claimed || o.FD < 0 || o.Key() != l.Key() || o.Worker != l.Worker {
			continue
		}
		l.FD, o.claimed = o.FD, true
		b.configure(l, &o.Options)
		return true
	}
	return false
}

// claimInherited looks through the sockets of the old binary (NGINX=).
func (b *Builder) claimInherited(l *Listener) error {
	for i, fd := range b.given.Inherited {
		if fd < 0 {
			continue
		}
		a, o, err := socket.Inherited(fd)
		if err != nil {
			b.Log.Crit(err, "inherited socket #%d", fd)
			b.given.Inherited[i] = -1
			continue
		}
		if a == l.Addr && o.Datagram == l.Options.Datagram {
			l.FD = fd
			b.given.Inherited[i] = -1
			b.configure(l, &o)
			return nil
		}
	}
	return nil
}

// configure sets the options that may change while a socket is open.
func (b *Builder) configure(l *Listener, was *socket.Options) {
	socket.Configure(l.FD, l.Addr, &l.Options, was, func(err error) { b.Log.Alert(nil, "%s", err) })
}

// openRest opens what nobody had, with nginx's five tries while an address is
// taken.
func (b *Builder) openRest() error {
	const tries, pause = 5, 500 * time.Millisecond
	for try := 1; ; try++ {
		taken := false
		for _, l := range b.Listeners {
			if l.FD >= 0 {
				continue
			}
			fd, err := socket.Open(l.Addr, &l.Options, b.Purpose == Test)
			switch {
			case err == nil:
				l.FD = fd
				if fd >= 0 {
					b.configure(l, nil)
				}
			case socket.InUse(err):
				taken = true
				b.logFault(err)
			default:
				b.logFault(err)
				return ErrRefused
			}
		}
		if !taken {
			return nil
		}
		if try == tries {
			b.Log.Emerg(nil, "still could not bind()")
			return ErrRefused
		}
		b.Log.Notice(nil, "try again to bind() after 500ms")
		time.Sleep(pause)
	}
}

func (b *Builder) logFault(err error) {
	var f *socket.Fault
	if errors.As(err, &f) {
		b.Log.Emerg(f.Err, "%s", f.Text)
		return
	}
	b.Log.Emerg(nil, "%s", err)
}

// undoSockets closes what was opened and gives back what was claimed.
func (b *Builder) undoSockets() {
	for _, l := range b.Listeners {
		if l.FD < 0 {
			continue
		}
		if b.Old != nil && b.giveBack(l) {
			continue
		}
		l.close(&b.Log, true)
	}
}

func (b *Builder) giveBack(l *Listener) bool {
	for _, o := range b.Old.Listeners {
		if o.claimed && o.FD == l.FD {
			o.claimed, l.FD = false, -1
			return true
		}
	}
	return false
}

// close closes the descriptor; remove deletes the path of a unix socket too.
func (l *Listener) close(log *errlog.Log, remove bool) {
	if l.FD < 0 {
		return
	}
	if err := socket.Close(l.FD, l.Addr); err != nil {
		log.Emerg(nil, "%s", err)
	}
	if remove {
		if err := socket.Remove(l.Addr); err != nil {
			log.Emerg(nil, "%s", err)
		}
	}
	l.FD = -1
}

// CloseUnclaimed closes the sockets that only this generation had.
func (c *Cycle) CloseUnclaimed(next *Cycle) {
	for _, l := range c.Listeners {
		if !l.claimed {
			l.close(&next.Log, true)
		}
	}
}
