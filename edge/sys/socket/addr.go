package socket

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// An Addr is where a socket listens. Addrs that mean the same address compare
// equal, so it serves as a key.
type Addr struct {
	ip   netip.AddrPort
	path string // of a unix socket
}

// IP is the address of an IP socket.
func IP(a netip.AddrPort) Addr { return Addr{ip: a} }

// Unix is the address of a unix socket; "@" begins an abstract name.
func Unix(path string) Addr { return Addr{path: path} }

// String is the address as nginx prints it: "0.0.0.0:80", "[::]:80",
// "unix:/run/x.sock".
func (a Addr) String() string {
	switch {
	case a.path != "":
		return "unix:" + a.path
	case !a.ip.IsValid():
		return ""
	}
	return a.ip.String()
}

// AddrPort is the IP address and port, the zero value for a unix socket.
func (a Addr) AddrPort() netip.AddrPort { return a.ip }

// Path is the file of a unix socket, "" for any other.
func (a Addr) Path() string { return a.path }

// IsUnix tells unix sockets from IP sockets.
func (a Addr) IsUnix() bool { return a.path != "" }

// IsZero reports whether there is no address.
func (a Addr) IsZero() bool { return a == Addr{} }

// Wildcard reports whether a means every address of the machine.
func (a Addr) Wildcard() bool { return a.path == "" && a.ip.Addr().IsUnspecified() }

// PortKey is the same for all addresses of one family and port: those that a
// socket bound to the wildcard stands for.
func (a Addr) PortKey() string {
	switch {
	case a.path != "":
		return a.String()
	case a.ip.Addr().Is4():
		return "4:" + strconv.Itoa(int(a.ip.Port()))
	}
	return "6:" + strconv.Itoa(int(a.ip.Port()))
}

func (a Addr) family() int {
	switch {
	case a.path != "":
		return unix.AF_UNIX
	case a.ip.Addr().Is4():
		return unix.AF_INET
	}
	return unix.AF_INET6
}

func (a Addr) sockaddr() unix.Sockaddr {
	switch a.family() {
	case unix.AF_UNIX:
		return &unix.SockaddrUnix{Name: a.path}
	case unix.AF_INET:
		return &unix.SockaddrInet4{Port: int(a.ip.Port()), Addr: a.ip.Addr().As4()}
	}
	zone, _ := strconv.ParseUint(a.ip.Addr().Zone(), 10, 32)
	return &unix.SockaddrInet6{Port: int(a.ip.Port()), Addr: a.ip.Addr().As16(), ZoneId: uint32(zone)}
}

// fromSockaddr is the way back; ok is false for families nginx does not know.
func fromSockaddr(s unix.Sockaddr) (a Addr, ok bool) {
	switch s := s.(type) {
	case *unix.SockaddrInet4:
		return IP(netip.AddrPortFrom(netip.AddrFrom4(s.Addr), uint16(s.Port))), true
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(s.Addr)
		if s.ZoneId != 0 {
			ip = ip.WithZone(strconv.Itoa(int(s.ZoneId)))
		}
		return IP(netip.AddrPortFrom(ip, uint16(s.Port))), true
	case *unix.SockaddrUnix:
		return Unix(s.Name), true
	}
	return Addr{}, false
}

// LocalAddr asks the kernel where fd is bound.
func LocalAddr(fd int) (Addr, error) {
	s, err := unix.Getsockname(fd)
	if err != nil {
		return Addr{}, fault(err, "getsockname() failed")
	}
	a, _ := fromSockaddr(s)
	return a, nil
}
