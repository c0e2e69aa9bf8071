package rawip

import (
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

// Path says by what way packets leave.
type Path struct {
	IPv6     bool
	Protocol int    // IPv6; in an IPv4 packet the header says it
	Device   string // bound to this interface; "": by the routing table
	Index    int    // interface of multicast; 0: by the routing table
	Loop     bool   // multicast is also delivered to this machine
	TTL      int    // IPv6: the hop limit; 0: 255
}

// Network control: what routers say to each other goes first.
const (
	trafficClass = 0xc0
	priority     = 7 // TC_PRIO_CONTROL
	maxHops      = 255
)

// A Sender is a raw socket that only sends.
type Sender struct {
	fd    int
	v6    bool
	index uint32
	msg   unix.Msghdr
	iov   unix.Iovec
	to4   unix.RawSockaddrInet4
	to6   unix.RawSockaddrInet6
	info  struct {
		head unix.Cmsghdr
		unix.Inet6Pktinfo
		_ [4]byte
	}
}

// Open opens a Sender.
func Open(p Path) (*Sender, error) {
	family, protocol := unix.AF_INET, unix.IPPROTO_RAW // which means IP_HDRINCL, and that nothing is received
	if p.IPv6 {
		family, protocol = unix.AF_INET6, p.Protocol
	}
	fd, err := socket(family, unix.SOCK_RAW, protocol)
	if err != nil {
		return nil, err
	}
	s := &Sender{fd: fd, v6: p.IPv6, index: uint32(p.Index)}
	if err := s.configure(p); err != nil {
		s.Close()
		return nil, err
	}
	s.prepare()
	return s, nil
}

func (s *Sender) configure(p Path) error {
	set := setter{fd: s.fd}
	loop := 0
	if p.Loop {
		loop = 1
	}
	set.int(unix.SOL_SOCKET, unix.SO_PRIORITY, priority)
	set.device(p.Device)
	if !s.v6 {
		set.int(unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, loop)
		if set.err == nil && p.Index != 0 {
			err := unix.SetsockoptIPMreqn(s.fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &unix.IPMreqn{Ifindex: int32(p.Index)})
			return os.NewSyscallError("setsockopt", err)
		}
		return set.err
	}
	hops := p.TTL
	if hops == 0 {
		hops = maxHops
	}
	set.int(unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, hops)
	set.int(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_HOPS, hops)
	set.int(unix.IPPROTO_IPV6, unix.IPV6_TCLASS, trafficClass)
	set.int(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, loop)
	set.int(unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, p.Index)
	if set.err != nil {
		return set.err
	}
	// The source may be an address of another interface: an advert that leaves by a virtual
	// MAC comes from the link-local address of its parent. Kernels before 4.15 don't know it.
	unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_FREEBIND, 1)
	return attach(s.fd, nothing)
}

// prepare sets what is the same in each message.
func (s *Sender) prepare() {
	s.msg.Iov = &s.iov
	s.msg.SetIovlen(1)
	if !s.v6 {
		s.to4.Family = unix.AF_INET
		s.msg.Name, s.msg.Namelen = (*byte)(unsafe.Pointer(&s.to4)), unix.SizeofSockaddrInet4
		return
	}
	s.to6.Family = unix.AF_INET6
	s.msg.Name, s.msg.Namelen = (*byte)(unsafe.Pointer(&s.to6)), unix.SizeofSockaddrInet6
	s.info.head.Level, s.info.head.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
	s.info.head.SetLen(unix.CmsgLen(unix.SizeofInet6Pktinfo))
}

// Send sends a packet: IPv4 with its header, where the kernel fills in the
// checksum and, if they are zero, source and identification; IPv6 without one, from src if that is valid.
func (s *Sender) Send(packet []byte, src, dst netip.Addr) error {
	s.iov.Base = unsafe.SliceData(packet)
	s.iov.SetLen(len(packet))
	if s.v6 {
		s.address(src, dst)
	} else {
		s.to4.Addr = dst.As4()
	}
	for {
		_, _, e := syscall.RawSyscall(unix.SYS_SENDMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.msg)), unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		if e == unix.EINTR {
			continue
		}
		s.iov.Base = nil
		if e != 0 {
			return caps.Explain(os.NewSyscallError("sendmsg", e), caps.NetRaw)
		}
		return nil
	}
}

func (s *Sender) address(src, dst netip.Addr) {
	s.to6.Addr = dst.As16()
	s.to6.Scope_id = 0
	if dst.IsLinkLocalUnicast() || dst.IsLinkLocalMulticast() {
		s.to6.Scope_id = s.index
	}
	if !src.IsValid() {
		s.msg.Control = nil
		s.msg.SetControllen(0)
		return
	}
	s.info.Inet6Pktinfo = unix.Inet6Pktinfo{Addr: src.As16(), Ifindex: s.index}
	s.msg.Control = (*byte)(unsafe.Pointer(&s.info))
	s.msg.SetControllen(unix.CmsgSpace(unix.SizeofInet6Pktinfo))
}

// FD is the socket.
func (s *Sender) FD() int { return s.fd }

// Close closes the socket.
func (s *Sender) Close() error { return unix.Close(s.fd) }
