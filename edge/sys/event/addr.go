package event

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// RemoteSockaddr asks the kernel for the peer's address.
func (c *Conn) RemoteSockaddr() (s Sockaddr) {
	s.ask(unix.SYS_GETPEERNAME, c.fd)
	return s
}

// LocalSockaddr asks the kernel for the connection's own address.
func (c *Conn) LocalSockaddr() (s Sockaddr) {
	s.ask(unix.SYS_GETSOCKNAME, c.fd)
	return s
}

// RemoteAddr is the peer's IP address and port.
func (c *Conn) RemoteAddr() netip.AddrPort {
	s := c.RemoteSockaddr()
	return s.AddrPort()
}

// LocalAddr is the connection's own IP address and port.
func (c *Conn) LocalAddr() netip.AddrPort {
	s := c.LocalSockaddr()
	return s.AddrPort()
}

func (s *Sockaddr) ask(call uintptr, fd int32) {
	s.len = uint32(unsafe.Sizeof(s.raw))
	if _, _, e := syscall.RawSyscall(call, uintptr(fd), uintptr(unsafe.Pointer(&s.raw)), uintptr(unsafe.Pointer(&s.len))); e != 0 {
		s.len = 0
	}
}
