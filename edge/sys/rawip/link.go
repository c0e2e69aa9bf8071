package rawip

import (
	"encoding/binary"
	"os"
	"syscall"
	"unsafe"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

// A Link puts frames on the wire of Ethernet interfaces. One serves them all.
type Link struct {
	fd int
	to unix.RawSockaddrLinklayer
}

// OpenLink opens a Link. It receives nothing.
func OpenLink() (*Link, error) {
	fd, err := socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		return nil, err
	}
	l := &Link{fd: fd}
	l.to.Family, l.to.Halen = unix.AF_PACKET, 6
	set := setter{fd: fd}
	set.int(unix.SOL_SOCKET, unix.SO_PRIORITY, priority)
	if set.err != nil {
		l.Close()
		return nil, set.err
	}
	return l, nil
}

// Send sends a frame, Ethernet header and all, by the interface with this index.
func (l *Link) Send(index int, frame []byte) error {
	if len(frame) < 14 {
		return unix.EINVAL
	}
	l.to.Ifindex = int32(index)
	copy(l.to.Addr[:6], frame)
	l.to.Protocol = binary.NativeEndian.Uint16(frame[12:]) // it stays in network order
	for {
		_, _, e := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(l.fd), uintptr(unsafe.Pointer(unsafe.SliceData(frame))), uintptr(len(frame)),
			unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, uintptr(unsafe.Pointer(&l.to)), unix.SizeofSockaddrLinklayer)
		switch e {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return caps.Explain(os.NewSyscallError("sendto", e), caps.NetRaw)
		}
	}
}

// FD is the socket.
func (l *Link) FD() int { return l.fd }

// Close closes the socket.
func (l *Link) Close() error { return unix.Close(l.fd) }
