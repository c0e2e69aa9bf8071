package caps

import (
	"math/bits"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Cap is a capability, see capabilities(7).
type Cap uint8

// The capabilities that keepalived's half can need.
const (
	Chown          = Cap(unix.CAP_CHOWN)            // files for others
	DACOverride    = Cap(unix.CAP_DAC_OVERRIDE)     // files of others
	Kill           = Cap(unix.CAP_KILL)             // scripts of other users
	SetGID         = Cap(unix.CAP_SETGID)           // scripts as other users
	SetUID         = Cap(unix.CAP_SETUID)           //
	NetBindService = Cap(unix.CAP_NET_BIND_SERVICE) // ports below 1024
	NetAdmin       = Cap(unix.CAP_NET_ADMIN)        // addresses, routes, interfaces, firewall
	NetRaw         = Cap(unix.CAP_NET_RAW)          // raw and packet sockets
	IPCLock        = Cap(unix.CAP_IPC_LOCK)         // no_swap
	SysAdmin       = Cap(unix.CAP_SYS_ADMIN)        // namespaces
	SysNice        = Cap(unix.CAP_SYS_NICE)         // real-time priority
	SysResource    = Cap(unix.CAP_SYS_RESOURCE)     // limits beyond the hard ones
	BPF            = Cap(unix.CAP_BPF)              // eBPF programs and maps
	PerfMon        = Cap(unix.CAP_PERFMON)          // and their reading of kernel memory
)

var names = [...]string{"CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
	"LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
	"SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
	"LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ",
	"PERFMON", "BPF", "CHECKPOINT_RESTORE"}

// String is the name as container tools write it: NET_ADMIN.
func (c Cap) String() string {
	if int(c) < len(names) {
		return names[c]
	}
	return "capability " + strconv.Itoa(int(c))
}

// Set is a set of capabilities.
type Set uint64

// Of makes a set.
func Of(cs ...Cap) (s Set) {
	for _, c := range cs {
		s |= 1 << c
	}
	return s
}

// Has tells whether c is in the set.
func (s Set) Has(c Cap) bool { return s>>c&1 != 0 }

// Without is what is in s and not in t.
func (s Set) Without(t Set) Set { return s &^ t }

// String lists the names: "NET_ADMIN, NET_RAW".
func (s Set) String() string {
	var all []string
	for ; s != 0; s &= s - 1 {
		all = append(all, Cap(bits.TrailingZeros64(uint64(s))).String())
	}
	return strings.Join(all, ", ")
}

// Effective is what the calling thread may do now.
func Effective() (Set, error) {
	var data [2]unix.CapUserData
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data[0])
	return Set(data[0].Effective) | Set(data[1].Effective)<<32, err
}
