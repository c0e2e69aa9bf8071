package event

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Sockaddr is an address as the kernel writes it. It lives on the stack or in
// a record of its user's, so an accepted peer costs no allocation.
type Sockaddr struct {
	raw unix.RawSockaddrAny
	len uint32
}

// Family is unix.AF_INET, AF_INET6, AF_UNIX, or 0.
func (s *Sockaddr) Family() int {
	if s.len < 2 {
		return 0
	}
	return int(s.raw.Addr.Family)
}

// AddrPort is the address of an IP socket, the zero value for any other.
func (s *Sockaddr) AddrPort() netip.AddrPort {
	switch s.Family() {
	case unix.AF_INET:
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(&s.raw))
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), swap(sa.Port))
	case unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(&s.raw))
		a := netip.AddrFrom16(sa.Addr)
		if sa.Scope_id != 0 {
			a = a.WithZone(strconv.Itoa(int(sa.Scope_id)))
		}
		return netip.AddrPortFrom(a, swap(sa.Port))
	}
	return netip.AddrPort{}
}

// Path is the name of a unix socket, "" for an unnamed one; an abstract name
// begins with "@".
func (s *Sockaddr) Path() string {
	if s.Family() != unix.AF_UNIX || s.len <= 2 {
		return ""
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&s.raw)), int(s.len))[2:]
	if b[0] == 0 {
		return "@" + string(b[1:])
	}
	for i, c := range b {
		if c == 0 {
			b = b[:i]
			break
		}
	}
	return string(b)
}

// String is the address as "192.0.2.1:80", "[2001:db8::1]:80" or "unix:/path".
func (s *Sockaddr) String() string {
	if s.Family() == unix.AF_UNIX {
		return "unix:" + s.Path()
	}
	return s.AddrPort().String()
}

// SetAddrPort makes s the address of an IP socket.
func (s *Sockaddr) SetAddrPort(ap netip.AddrPort) {
	s.raw = unix.RawSockaddrAny{}
	if a := ap.Addr(); a.Is4() {
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(&s.raw))
		sa.Family, sa.Port, sa.Addr = unix.AF_INET, swap(ap.Port()), a.As4()
		s.len = unix.SizeofSockaddrInet4
	} else {
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(&s.raw))
		sa.Family, sa.Port, sa.Addr = unix.AF_INET6, swap(ap.Port()), a.As16()
		sa.Scope_id = scope(a.Zone())
		s.len = unix.SizeofSockaddrInet6
	}
}

// SetPath makes s the address of a unix socket; "@" begins an abstract name. It
// reports whether the name fits.
func (s *Sockaddr) SetPath(path string) bool {
	s.raw = unix.RawSockaddrAny{}
	sa := (*unix.RawSockaddrUnix)(unsafe.Pointer(&s.raw))
	if path == "" || len(path) >= len(sa.Path) {
		return false
	}
	sa.Family = unix.AF_UNIX
	for i := range len(path) {
		sa.Path[i] = int8(path[i])
	}
	s.len = uint32(2 + len(path))
	if path[0] == '@' {
		sa.Path[0] = 0
	} else {
		s.len++
	}
	return true
}

func scope(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	if ifr, err := unix.NewIfreq(zone); err == nil {
		if fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err == nil {
			defer unix.Close(fd)
			if unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifr) == nil {
				return ifr.Uint32()
			}
		}
	}
	return 0
}

// swap turns a port from the network's byte order and into it.
func swap(p uint16) uint16 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], p)
	return binary.BigEndian.Uint16(b[:])
}
