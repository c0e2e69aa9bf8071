package socket

import (
	"encoding/binary"
	"net/netip"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func flag(fd, level, opt int, on bool) error {
	v := 0
	if on {
		v = 1
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, level, opt, v))
}

// SetNoDelay is tcp_nodelay: small segments are sent at once.
func SetNoDelay(fd int, on bool) error { return flag(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, on) }

// SetNoPush is tcp_nopush: only full segments are sent, until it is taken back.
func SetNoPush(fd int, on bool) error { return flag(fd, unix.IPPROTO_TCP, unix.TCP_CORK, on) }

// SetKeepAlive turns the kernel's probes of an idle connection on or off.
func SetKeepAlive(fd int, on bool) error { return flag(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, on) }

// SetTransparent lets a socket use an address that is not the machine's own
// (proxy_bind ... transparent). The right name of the option depends on the
// family of the socket.
func SetTransparent(fd int, ipv6 bool) error {
	if ipv6 {
		return flag(fd, unix.IPPROTO_IPV6, unix.IPV6_TRANSPARENT, true)
	}
	return flag(fd, unix.IPPROTO_IP, unix.IP_TRANSPARENT, true)
}

// SetBuffers sets the kernel's buffers; what is not positive stays as it is.
func SetBuffers(fd, rcv, snd int) error {
	if rcv > 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, rcv); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	if snd > 0 {
		return os.NewSyscallError("setsockopt", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, snd))
	}
	return nil
}

// SetReset makes the next close send a reset and forget what was not sent yet
// (reset_timedout_connection, return 444).
func SetReset(fd int) error {
	return os.NewSyscallError("setsockopt", unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
}

// PendingError takes the error that waits on the socket; nil if there is none.
func PendingError(fd int) error {
	v, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return os.NewSyscallError("getsockopt", err)
	}
	if v != 0 {
		return syscall.Errno(v)
	}
	return nil
}

// TCPInfo holds the $tcpinfo_* variables, times in microseconds.
type TCPInfo struct{ RTT, RTTVar, SndCwnd, RcvSpace uint32 }

// GetTCPInfo asks the kernel about a TCP connection.
func GetTCPInfo(fd int) (TCPInfo, error) {
	ti, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return TCPInfo{}, os.NewSyscallError("getsockopt", err)
	}
	return TCPInfo{ti.Rtt, ti.Rttvar, ti.Snd_cwnd, ti.Rcv_space}, nil
}

// soOriginalDst is SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST of the netfilter
// headers; they have the same number.
const soOriginalDst = 80

// OriginalDst is where a connection was going before the packet filter
// redirected it here.
func OriginalDst(fd int, ipv6 bool) (netip.AddrPort, error) {
	var b [28]byte
	level := uintptr(unix.IPPROTO_IP)
	if ipv6 {
		level = unix.IPPROTO_IPV6
	}
	n := uint32(len(b))
	_, _, e := syscall.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), level, soOriginalDst, uintptr(unsafe.Pointer(&b)), uintptr(unsafe.Pointer(&n)), 0)
	if e != 0 {
		return netip.AddrPort{}, os.NewSyscallError("getsockopt", e)
	}
	port := binary.BigEndian.Uint16(b[2:])
	if ipv6 {
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), port), nil
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[4:8])), port), nil
}
