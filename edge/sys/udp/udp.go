// Package udp is for protocols that look at the TTL of a datagram, or choose it, as
// BFD does. Everybody else is served by package net, or by edge/sys/event on a request's path.
//
// Called by keepalived on the thread of its loop: no socket here blocks, and receiving
// does not allocate. It owns the sockets that it opens.
package udp

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Config says what a socket is like.
type Config struct {
	Local netip.AddrPort // an unspecified address: any; port 0: the kernel chooses
	TTL   int            // of what is sent; 0: the kernel's default
}

// A Socket sends and receives datagrams of one family.
type Socket struct {
	fd int
	v6 bool
	in message
}

// Open opens a socket.
func Open(c Config) (*Socket, error) {
	v6 := c.Local.Addr().Is6()
	family := unix.AF_INET
	if v6 {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	err = configure(fd, v6, c.TTL)
	if err == nil {
		err = os.NewSyscallError("bind", unix.Bind(fd, sockaddr(c.Local)))
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("socket for %v: %w", c.Local, err)
	}
	s := &Socket{fd: fd, v6: v6}
	s.in.prepare()
	return s, nil
}

func configure(fd int, v6 bool, ttl int) error {
	type option struct{ level, name, value int }
	options := []option{{unix.IPPROTO_IP, unix.IP_RECVTTL, 1}, {unix.IPPROTO_IP, unix.IP_PKTINFO, 1}}
	set := option{unix.IPPROTO_IP, unix.IP_TTL, ttl}
	if v6 {
		options = []option{{unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1}, {unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1}, {unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1}}
		set = option{unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, ttl}
	}
	if ttl != 0 {
		options = append(options, set)
	}
	for _, o := range options {
		if err := unix.SetsockoptInt(fd, o.level, o.name, o.value); err != nil {
			return fmt.Errorf("setsockopt %d.%d: %w", o.level, o.name, err)
		}
	}
	return nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16(), ZoneId: zone(a.Addr())}
}

// zone is the interface of a link-local address, which is written by name or by number.
func zone(a netip.Addr) uint32 {
	if a.Zone() == "" {
		return 0
	}
	if n, err := strconv.ParseUint(a.Zone(), 10, 32); err == nil {
		return uint32(n)
	}
	if i, err := net.InterfaceByName(a.Zone()); err == nil {
		return uint32(i.Index)
	}
	return 0
}

// Send sends a datagram, or fails at once.
func (s *Socket) Send(p []byte, to netip.AddrPort) error {
	for {
		err := unix.Sendto(s.fd, p, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, sockaddr(to))
		if err != unix.EINTR {
			return os.NewSyscallError("sendto", err)
		}
	}
}

// Port is the local port.
func (s *Socket) Port() (uint16, error) {
	sa, err := unix.Getsockname(s.fd)
	if err != nil {
		return 0, os.NewSyscallError("getsockname", err)
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return uint16(sa.Port), nil
	case *unix.SockaddrInet6:
		return uint16(sa.Port), nil
	}
	return 0, unix.EAFNOSUPPORT
}

// FD is the socket, to be watched by a loop.
func (s *Socket) FD() int { return s.fd }

// Close closes the socket.
func (s *Socket) Close() error { return unix.Close(s.fd) }
