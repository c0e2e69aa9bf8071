package rawip

import (
	"encoding/binary"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Packet is what was received. It is valid until its Batch is used again.
type Packet struct {
	Data      []byte // IPv4: with its header; IPv6: what follows the header
	Src, Dst  netip.Addr
	TTL       uint8 // IPv6: the hop limit
	Index     int   // of the interface it came in by
	Truncated bool  // it was longer than the batch has room for
}

// A Batch is room for packets. The receivers of one thread share one.
type Batch struct {
	packets []Packet
	heads   []unix.Mmsghdr
	iovs    []unix.Iovec
	names   []unix.RawSockaddrInet6 // the larger one
	control []byte
	data    []byte
	size    int
}

// controlSize is room for an in6_pktinfo or in_pktinfo and a hop limit.
const controlSize = 128

// NewBatch makes room for n packets of up to size bytes each.
func NewBatch(n, size int) *Batch {
	b := &Batch{packets: make([]Packet, n), heads: make([]unix.Mmsghdr, n), iovs: make([]unix.Iovec, n), names: make([]unix.RawSockaddrInet6, n),
		control: make([]byte, n*controlSize), data: make([]byte, n*size), size: size}
	for i := range b.heads {
		b.iovs[i].Base = &b.data[i*size]
		b.iovs[i].SetLen(size)
		h := &b.heads[i].Hdr
		h.Iov = &b.iovs[i]
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&b.names[i]))
		h.Control = &b.control[i*controlSize]
	}
	return b
}

// Recv takes what has arrived, as much as the batch has room for, and nothing when
// there is nothing.
func (r *Receiver) Recv(b *Batch) ([]Packet, error) {
	for i := range b.heads {
		b.heads[i].Hdr.Namelen = uint32(unsafe.Sizeof(b.names[i]))
		b.heads[i].Hdr.SetControllen(controlSize)
	}
	for {
		n, _, e := syscall.RawSyscall6(unix.SYS_RECVMMSG, uintptr(r.fd), uintptr(unsafe.Pointer(&b.heads[0])), uintptr(len(b.heads)), unix.MSG_DONTWAIT, 0, 0)
		switch e {
		case 0:
			for i := range int(n) {
				b.describe(i, r.v6)
			}
			return b.packets[:n], nil
		case unix.EAGAIN:
			return nil, nil
		case unix.EINTR:
		default:
			return nil, os.NewSyscallError("recvmmsg", e)
		}
	}
}

func (b *Batch) describe(i int, v6 bool) {
	p, h := &b.packets[i], &b.heads[i]
	*p = Packet{Data: b.data[i*b.size:][:h.Len], Truncated: h.Hdr.Flags&unix.MSG_TRUNC != 0}
	if v6 {
		p.Src = netip.AddrFrom16(b.names[i].Addr)
	} else if len(p.Data) >= 20 {
		p.Src, p.Dst, p.TTL = netip.AddrFrom4([4]byte(p.Data[12:])), netip.AddrFrom4([4]byte(p.Data[16:])), p.Data[8]
	}
	p.ancillary(b.control[i*controlSize:][:h.Hdr.Controllen])
}

// ancillary reads what the kernel says beside the packet.
func (p *Packet) ancillary(c []byte) {
	const head = unix.SizeofCmsghdr
	for len(c) >= head {
		n := int(binary.NativeEndian.Uint64(c))
		if n < head || n > len(c) {
			return
		}
		level, kind, v := binary.NativeEndian.Uint32(c[8:]), binary.NativeEndian.Uint32(c[12:]), c[head:n]
		switch {
		case level == unix.IPPROTO_IP && kind == unix.IP_PKTINFO && len(v) >= unix.SizeofInet4Pktinfo:
			p.Index = int(binary.NativeEndian.Uint32(v))
		case level == unix.IPPROTO_IPV6 && kind == unix.IPV6_PKTINFO && len(v) >= unix.SizeofInet6Pktinfo:
			p.Dst, p.Index = netip.AddrFrom16([16]byte(v)), int(binary.NativeEndian.Uint32(v[16:]))
		case level == unix.IPPROTO_IPV6 && kind == unix.IPV6_HOPLIMIT && len(v) >= 4:
			p.TTL = uint8(binary.NativeEndian.Uint32(v))
		}
		c = c[min((n+7)&^7, len(c)):]
	}
}
