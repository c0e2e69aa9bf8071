package gateway

import (
	"fmt"
	"moongate/core/cycle"
	"moongate/edge/sys/file"
	"net"
	"os"
)

// sockets are what the gateway process listens on. It takes them before anything that may
// wait: when the process shall end the master's are closed, whoever is about to use them.
type sockets struct {
	feed, admin, open net.Listener // nil where there is none
}

func (cf *mainConf) sockets() (s sockets, err error) {
	for _, one := range []struct {
		from *cycle.Listener
		to   *net.Listener
	}{{cf.feedSock, &s.feed}, {cf.adminSock, &s.admin}, {cf.openSock, &s.open}} {
		if one.from == nil {
			continue
		}
		if *one.to, err = listener(one.from); err != nil {
			s.close()
			return s, err
		}
	}
	return s, nil
}

// close closes those that are still open.
func (s *sockets) close() {
	for _, ln := range []net.Listener{s.feed, s.admin, s.open} {
		if ln != nil {
			ln.Close()
		}
	}
}

// listener makes one of Go's of a socket that the master has opened.
func listener(l *cycle.Listener) (net.Listener, error) {
	fd, ok := l.ForWorker(0)
	if !ok {
		return nil, fmt.Errorf("no socket for %s", l.Addr)
	}
	own, err := file.Duplicate(fd)
	if err != nil {
		return nil, fmt.Errorf("socket %s: %w", l.Addr, err)
	}
	f := os.NewFile(uintptr(own), l.Addr.String())
	defer f.Close()
	ln, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("socket %s: %w", l.Addr, err)
	}
	if u, ok := ln.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false) // the path is the master's
	}
	return ln, nil
}
