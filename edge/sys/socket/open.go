package socket

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Open makes a socket and binds it, ready to accept: the part of
// ngx_open_listening_sockets for one address. testing is nginx -t: an address
// that is taken is no fault then (the descriptor returned is -1), and no file
// stays behind.
//
// A file at the path of a unix socket is not removed, unless Options.Reclaim says so: as in
// nginx, the address counts as taken, and whoever closes the socket for good calls Remove.
func Open(a Addr, o *Options, testing bool) (fd int, err error) {
	typ, proto := unix.SOCK_STREAM, 0
	if o.Datagram {
		typ = unix.SOCK_DGRAM
	} else if o.Multipath && !a.IsUnix() {
		proto = unix.IPPROTO_MPTCP
	}
	name := a.String()
	fd, err = unix.Socket(a.family(), typ|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return -1, fault(err, "socket() "+name+" failed")
	}
	keep := false
	defer func() {
		if !keep {
			unix.Close(fd)
			fd = -1
		}
	}()
	if !o.Datagram || !testing {
		if err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return fd, fault(err, "setsockopt(SO_REUSEADDR) "+name+" failed")
		}
	}
	if o.ReusePort && !testing {
		if err = SetReusePort(fd); err != nil {
			return fd, fault(err, "setsockopt(SO_REUSEPORT) "+name+" failed")
		}
	}
	if a.family() == unix.AF_INET6 {
		only := 0
		if o.IPv6Only {
			only = 1
		}
		if err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only); err != nil {
			return fd, fault(err, "setsockopt(IPV6_V6ONLY) "+name+" failed, ignored")
		}
	}
	err = unix.Bind(fd, a.sockaddr())
	if err == unix.EADDRINUSE && o.Reclaim && !testing {
		err = reclaim(fd, a, o)
	}
	if err != nil {
		if testing && err == unix.EADDRINUSE {
			return fd, nil
		}
		return fd, fault(err, "bind() to "+name+" failed")
	}
	if p := a.Path(); p != "" && p[0] != '@' {
		if err = os.Chmod(p, 0o666); err != nil {
			return fd, &Fault{"chmod() \"" + p + "\" failed", err}
		}
		if testing {
			if err = Remove(a); err != nil {
				return fd, err
			}
		}
	}
	if !o.Datagram {
		if err = unix.Listen(fd, o.Backlog); err != nil {
			if testing && err == unix.EADDRINUSE {
				return fd, nil
			}
			return fd, fault(err, "listen() to "+name+", backlog "+strconv.Itoa(o.Backlog)+" failed")
		}
	}
	keep = true
	return fd, nil
}

// Remove deletes the file of a unix socket. For any other address it does
// nothing.
func Remove(a Addr) error {
	p := a.Path()
	if p == "" || p[0] == '@' {
		return nil
	}
	if err := os.Remove(p); err != nil {
		return &Fault{"unlink() \"" + p + "\" failed", err}
	}
	return nil
}

// SetReusePort lets other sockets bind to the address of fd too. On a socket
// that is open already it makes room for new ones with reuseport.
func SetReusePort(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}
