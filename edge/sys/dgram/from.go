package dgram

import (
	"net/netip"
	"syscall"
)

// DialFrom is Dial with a local address: from if it is valid, and for a unix socket one that the kernel makes up, so that
// the peer can answer.
func DialFrom(to Addr, from netip.AddrPort) (fd int, call string, err error) {
	if !from.IsValid() && to.Path == "" {
		return Dial(to)
	}
	family, sa := to.sockaddr()
	fd, err = syscall.Socket(family, syscall.SOCK_DGRAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, "socket()", err
	}
	var local syscall.Sockaddr = &syscall.SockaddrUnix{}
	call = "bind()"
	if to.Path == "" {
		_, local = Addr{IP: from}.sockaddr()
		call = "bind(" + from.Addr().String() + ")"
	}
	if err = syscall.Bind(fd, local); err != nil {
		syscall.Close(fd)
		return -1, call, err
	}
	if err = syscall.Connect(fd, sa); err != nil {
		syscall.Close(fd)
		return -1, "connect()", err
	}
	return fd, "", nil
}
