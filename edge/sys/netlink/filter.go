package netlink

import (
	"encoding/binary"
	"os"
	"unsafe"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// keepProtocols has the kernel throw away news of routes that others made, before they
// are queued. Each piece of news is a message of its own.
func keepProtocols(fd int, protocols []uint8) error {
	const (
		typeAt     = 4
		protocolAt = nlmsg.HeaderSize + 5
	)
	jump := func(value uint32, yes, no int) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: value, Jt: uint8(yes), Jf: uint8(no)}
	}
	n := len(protocols)
	prog := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: typeAt},
		jump(swapped(unix.RTM_NEWROUTE), 1, 0),
		jump(swapped(unix.RTM_DELROUTE), 0, n+2), // others are kept
		{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: protocolAt},
	}
	for i, p := range protocols {
		prog = append(prog, jump(uint32(p), n-i, 0))
	}
	prog = append(prog, unix.SockFilter{Code: unix.BPF_RET}, unix.SockFilter{Code: unix.BPF_RET, K: 0xffffffff})
	f := unix.SockFprog{Len: uint16(len(prog)), Filter: unsafe.SliceData(prog)}
	return os.NewSyscallError("setsockopt", unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &f))
}

// swapped is a number of the machine's order as a filter reads it, in network order.
func swapped(v uint16) uint32 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], v)
	return uint32(binary.BigEndian.Uint16(b[:]))
}
