package socket

import (
	"os"

	"golang.org/x/sys/unix"
)

// reclaim binds where the file of a socket is that nobody listens on any more: a program
// that was killed leaves it. What is no socket, or somebody else's, stays.
func reclaim(fd int, a Addr, o *Options) error {
	if !abandoned(a, o) || Remove(a) != nil {
		return unix.EADDRINUSE
	}
	return unix.Bind(fd, a.sockaddr())
}

func abandoned(a Addr, o *Options) bool {
	f, err := os.Lstat(a.Path())
	if err != nil || f.Mode().Type() != os.ModeSocket {
		return false
	}
	typ := unix.SOCK_STREAM
	if o.Datagram {
		typ = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(unix.AF_UNIX, typ|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Connect(fd, a.sockaddr()) == unix.ECONNREFUSED
}
