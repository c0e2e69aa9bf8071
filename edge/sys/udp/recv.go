package udp

import (
	"encoding/binary"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Datagram is what was received.
type Datagram struct {
	Data  []byte
	From  netip.AddrPort
	To    netip.Addr
	TTL   uint8 // IPv6: the hop limit
	Index int   // of the interface it came in by
}

// A message is room for what the kernel says of a datagram.
type message struct {
	head    unix.Msghdr
	iov     unix.Iovec
	from    unix.RawSockaddrInet6 // the larger one
	control [128]byte
}

func (m *message) prepare() {
	m.head.Iov = &m.iov
	m.head.SetIovlen(1)
	m.head.Name = (*byte)(unsafe.Pointer(&m.from))
	m.head.Control = &m.control[0]
}

// Recv takes a datagram into b. ok is false when there is none.
func (s *Socket) Recv(b []byte) (d Datagram, ok bool, err error) {
	m := &s.in
	m.iov.Base = unsafe.SliceData(b)
	m.iov.SetLen(len(b))
	m.head.Namelen = uint32(unsafe.Sizeof(m.from))
	m.head.SetControllen(len(m.control))
	for {
		n, _, e := syscall.RawSyscall(unix.SYS_RECVMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&m.head)), unix.MSG_DONTWAIT)
		switch e {
		case 0:
			m.iov.Base = nil
			d = Datagram{Data: b[:n], From: m.sender(s.v6)}
			d.ancillary(m.control[:m.head.Controllen])
			return d, true, nil
		case unix.EAGAIN:
			return d, false, nil
		case unix.EINTR:
		default:
			return d, false, os.NewSyscallError("recvmsg", e)
		}
	}
}

func (m *message) sender(v6 bool) netip.AddrPort {
	port := binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(&m.from.Port))[:])
	if v6 {
		return netip.AddrPortFrom(netip.AddrFrom16(m.from.Addr), port)
	}
	return netip.AddrPortFrom(netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(&m.from)).Addr), port)
}

// ancillary reads what the kernel says beside the datagram.
func (d *Datagram) ancillary(c []byte) {
	const head = unix.SizeofCmsghdr
	for len(c) >= head {
		n := int(binary.NativeEndian.Uint64(c))
		if n < head || n > len(c) {
			return
		}
		level, kind, v := binary.NativeEndian.Uint32(c[8:]), binary.NativeEndian.Uint32(c[12:]), c[head:n]
		switch {
		case level == unix.IPPROTO_IP && kind == unix.IP_TTL && len(v) >= 4, level == unix.IPPROTO_IPV6 && kind == unix.IPV6_HOPLIMIT && len(v) >= 4:
			d.TTL = uint8(binary.NativeEndian.Uint32(v))
		case level == unix.IPPROTO_IP && kind == unix.IP_PKTINFO && len(v) >= unix.SizeofInet4Pktinfo:
			d.Index, d.To = int(binary.NativeEndian.Uint32(v)), netip.AddrFrom4([4]byte(v[8:]))
		case level == unix.IPPROTO_IPV6 && kind == unix.IPV6_PKTINFO && len(v) >= unix.SizeofInet6Pktinfo:
			d.To, d.Index = netip.AddrFrom16([16]byte(v)), int(binary.NativeEndian.Uint32(v[16:]))
		}
		c = c[min((n+7)&^7, len(c)):]
	}
}
