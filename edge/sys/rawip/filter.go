package rawip

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// nothing is the filter of a socket that only sends.
var nothing = []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}}

// everything is the filter that takes all.
var everything = []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0xffffffff}}

func attach(fd int, prog []unix.SockFilter) error {
	p := unix.SockFprog{Len: uint16(len(prog)), Filter: unsafe.SliceData(prog)}
	return os.NewSyscallError("setsockopt", unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &p))
}

// KeepBytes has the kernel throw away each packet whose byte at offset, counted from
// the end of the IP header, is none of those given: for VRRP, the number of the
// virtual router. None given means that all packets are taken.
func (r *Receiver) KeepBytes(offset int, values ...uint8) error {
	if len(values) == 0 {
		return attach(r.fd, everything)
	}
	return attach(r.fd, keep(r.v6, offset, values))
}

// keep makes the filter: a set of 256 bits in eight words, of which the program picks
// one by a binary search, so that it costs the same for one value as for all.
//
//	A = byte; X = A & 31; A >>= 5; pick word[A]; return word >> X & 1 ? all : nothing
func keep(v6 bool, offset int, values []uint8) []unix.SockFilter {
	var set [8]uint32
	for _, v := range values {
		set[v>>5] |= 1 << (v & 31)
	}
	op := func(code uint16, k uint32) unix.SockFilter { return unix.SockFilter{Code: code, K: k} }
	load := []unix.SockFilter{
		op(unix.BPF_LDX|unix.BPF_B|unix.BPF_MSH, 0), // X = length of the IPv4 header
		op(unix.BPF_LD|unix.BPF_B|unix.BPF_IND, uint32(offset)),
	}
	if v6 { // the kernel shows such a socket what follows the header
		load = []unix.SockFilter{op(unix.BPF_LD|unix.BPF_B|unix.BPF_ABS, uint32(offset))}
	}
	prog := append(load,
		op(unix.BPF_ST, 0),
		op(unix.BPF_ALU|unix.BPF_AND|unix.BPF_K, 31),
		op(unix.BPF_MISC|unix.BPF_TAX, 0),
		op(unix.BPF_LD|unix.BPF_MEM, 0),
		op(unix.BPF_ALU|unix.BPF_RSH|unix.BPF_K, 5),
	)
	prog = append(prog, pick(set[:], 0)...)
	return prog
}

// pick is the search among the words for byte values from 32*first on. Each of its leaves ends the program.
func pick(words []uint32, first int) []unix.SockFilter {
	if len(words) == 1 {
		return []unix.SockFilter{
			{Code: unix.BPF_LD | unix.BPF_IMM, K: words[0]},
			{Code: unix.BPF_ALU | unix.BPF_RSH | unix.BPF_X},
			{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: 1, Jf: 1},
			{Code: unix.BPF_RET | unix.BPF_K, K: 0xffffffff},
			{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		}
	}
	half := len(words) / 2
	low, high := pick(words[:half], first), pick(words[half:], first+half)
	prog := []unix.SockFilter{{Code: unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K, K: uint32(first + half), Jt: uint8(len(low))}}
	return append(append(prog, low...), high...)
}
