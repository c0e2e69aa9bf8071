package cycle

import (
	"errors"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/file"
	"moongate/edge/sys/socket"
)

const (
	bindTries = 5
	bindPause = 500 * time.Millisecond
)

// openSockets gives every listener its sockets: handed over by the parent, taken
// over from the old generation or the old binary, or opened.
func (b *Builder) openSockets() error {
	for _, l := range b.Listeners {
		n := 1
		if l.Options.ReusePort && b.Core.MasterProcess.V && b.Purpose == Serve {
			n = max(1, b.Core.WorkerProcesses.V)
		}
		for range n {
			l.sockets = append(l.sockets, listening{fd: -1})
		}
	}
	if b.Child() {
		b.takeGiven()
		return nil
	}
	b.onUndo(b.undoSockets)
	b.claim()
	if err := b.openRest(); err != nil {
		return err
	}
	if b.Purpose == Test {
		b.undoSockets()
		return nil
	}
	for _, l := range b.Listeners {
		for i := range l.sockets {
			s := &l.sockets[i]
			socket.Configure(s.fd, l.Addr, &l.Options, s.was, func(err error) { logFault(&b.Log, errlog.Alert, err) })
		}
	}
	return nil
}

// takeGiven matches what the parent has handed over; a worker gets no sockets of
// other workers.
func (b *Builder) takeGiven() {
	for _, g := range b.given.Sockets {
		if !b.takeOne(g) {
			file.Close(g.FD)
		}
	}
}

func (b *Builder) takeOne(g GivenSocket) bool {
	for _, l := range b.Listeners {
		if l.Key() != g.Key {
			continue
		}
		if i := max(g.Worker, 0); i < len(l.sockets) && l.sockets[i].fd < 0 {
			l.sockets[i].fd = g.FD
			return true
		}
	}
	return false
}

// claim takes over sockets of the same kind and address.
func (b *Builder) claim() {
	type offer struct {
		fd      int
		options *socket.Options
		taken   *bool
	}
	offers := map[string][]offer{}
	var taken []*bool
	if b.Old != nil {
		for _, l := range b.Old.Listeners {
			for i := range l.sockets {
				if s := &l.sockets[i]; s.fd >= 0 {
					offers[l.Key()] = append(offers[l.Key()], offer{s.fd, &l.Options, &s.claimed})
					taken = append(taken, &s.claimed)
				}
			}
		}
	}
	var inherited []offer
	for _, fd := range b.given.Inherited {
		addr, opts, err := socket.Inherited(fd)
		if err != nil {
			logFault(&b.Log, errlog.Crit, err)
			continue
		}
		o := offer{fd, &opts, new(bool)}
		inherited = append(inherited, o)
		offers[socketKey(addr, &opts)] = append(offers[socketKey(addr, &opts)], o)
	}
	b.onUndo(func() {
		for _, t := range taken {
			*t = false
		}
	})
	for _, l := range b.Listeners {
		for i := range l.sockets {
			list := offers[l.Key()]
			if len(list) == 0 {
				break
			}
			o := list[0]
			another := o.options.Multipath != l.Options.Multipath
			if another || l.Options.ReusePort && !o.options.ReusePort {
				// Makes room for more sockets beside this one.
				if err := socket.SetReusePort(o.fd); err != nil {
					b.Log.Alert(err, "setsockopt(SO_REUSEPORT) %s failed, ignored", l.Addr)
				}
			}
			if another {
				break
			}
			offers[l.Key()] = list[1:]
			l.sockets[i].fd, l.sockets[i].was = o.fd, o.options
			*o.taken = true
		}
	}
	for _, o := range inherited {
		if !*o.taken {
			file.Close(o.fd)
		}
	}
}

// openRest opens what is not there yet. Addresses that are taken are tried again
// for a while (ngx_open_listening_sockets).
func (b *Builder) openRest() error {
	for try := 1; ; try++ {
		failed := false
		for _, l := range b.Listeners {
			for i := range l.sockets {
				s := &l.sockets[i]
				if s.fd >= 0 {
					continue
				}
				fd, err := socket.Open(l.Addr, &l.Options, b.Purpose == Test)
				if err == nil {
					s.fd, s.fresh = fd, fd >= 0
					continue
				}
				logFault(&b.Log, errlog.Emerg, err)
				if !socket.InUse(err) {
					return ErrRefused
				}
				failed = true
			}
		}
		if !failed {
			return nil
		}
		b.Log.Notice(nil, "try again to bind() after 500ms")
		time.Sleep(bindPause)
		if try == bindTries {
			return errors.New("still could not bind()")
		}
	}
}

// undoSockets closes what this generation has opened.
func (b *Builder) undoSockets() {
	for _, l := range b.Listeners {
		for i := range l.sockets {
			s := &l.sockets[i]
			if s.fresh && s.fd >= 0 {
				file.Close(s.fd)
				if l.Addr.IsUnix() && b.Purpose != Test {
					socket.Remove(l.Addr)
				}
			}
			s.fd = -1
		}
	}
}
