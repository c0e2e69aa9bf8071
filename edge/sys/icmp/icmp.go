package icmp

import (
	"net"
	"net/netip"
	"os"

	"moongate/edge/sys/socket"

	"golang.org/x/sys/unix"
)

// Conn is a socket for pings to one address. Answers to others' pings come out
// of a raw one too.
type Conn struct {
	net.Conn
	Raw bool // the identifier of messages is the sender's choice; it is the kernel's otherwise
}

// Options are for the new socket.
type Options struct {
	Bind   netip.Addr // not valid: any
	Mark   uint32
	Device string
}

// Dial opens a socket to an address. Errors are *os.SyscallError.
func Dial(to netip.Addr, o Options) (*Conn, error) {
	to = to.Unmap()
	family, proto := unix.AF_INET, unix.IPPROTO_ICMP
	if to.Is6() {
		family, proto = unix.AF_INET6, unix.IPPROTO_ICMPV6
	}
	raw := false
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
	if err == unix.EACCES || err == unix.EPERM || err == unix.EPROTONOSUPPORT {
		raw = true
		fd, err = unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
	}
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := setUp(fd, to, &o); err != nil {
		unix.Close(fd)
		return nil, err
	}
	// FileConn takes a descriptor of its own.
	f := os.NewFile(uintptr(fd), "icmp")
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	return &Conn{c, raw}, nil
}

func setUp(fd int, to netip.Addr, o *Options) error {
	if err := socket.Mark(fd, o.Mark, o.Device); err != nil {
		return err
	}
	if o.Bind.IsValid() {
		if err := unix.Bind(fd, sockaddr(o.Bind)); err != nil {
			return os.NewSyscallError("bind", err)
		}
	}
	return os.NewSyscallError("connect", unix.Connect(fd, sockaddr(to)))
}

func sockaddr(a netip.Addr) unix.Sockaddr {
	if a = a.Unmap(); a.Is4() {
		return &unix.SockaddrInet4{Addr: a.As4()}
	}
	sa := &unix.SockaddrInet6{Addr: a.As16()}
	if a.Zone() != "" {
		if i, err := net.InterfaceByName(a.Zone()); err == nil {
			sa.ZoneId = uint32(i.Index)
		}
	}
	return sa
}
