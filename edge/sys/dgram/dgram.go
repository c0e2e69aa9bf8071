package dgram

import (
	"net/netip"
	"syscall"
)

// Addr is where datagrams go: an IP address with a port, or the path of a unix
// socket.
type Addr struct {
	IP   netip.AddrPort
	Path string
}

func (a Addr) sockaddr() (int, syscall.Sockaddr) {
	switch {
	case a.Path != "":
		return syscall.AF_UNIX, &syscall.SockaddrUnix{Name: a.Path}
	case a.IP.Addr().Is4():
		return syscall.AF_INET, &syscall.SockaddrInet4{Port: int(a.IP.Port()), Addr: a.IP.Addr().As4()}
	default:
		return syscall.AF_INET6, &syscall.SockaddrInet6{Port: int(a.IP.Port()), Addr: a.IP.Addr().As16()}
	}
}

// Dial makes a connected socket. call names the system call that failed.
func Dial(to Addr) (fd int, call string, err error) {
	family, sa := to.sockaddr()
	fd, err = syscall.Socket(family, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, "socket()", err
	}
	if err = syscall.Connect(fd, sa); err != nil {
		syscall.Close(fd)
		return -1, "connect()", err
	}
	return fd, "", nil
}

// Send sends one datagram, or fails at once.
func Send(fd int, p []byte) error {
	for {
		err := syscall.Sendto(fd, p, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL, nil)
		if err != syscall.EINTR {
			return err
		}
	}
}

// Close closes a socket.
func Close(fd int) error { return syscall.Close(fd) }
