package realtime

import (
	"os"
	"syscall"
	"time"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

// Policy is how the kernel chooses between threads of one priority.
type Policy uint32

// The policies, see sched(7).
const (
	Normal     Policy = unix.SCHED_NORMAL
	FIFO       Policy = unix.SCHED_FIFO // runs until it waits
	RoundRobin Policy = unix.SCHED_RR   // in turns
)

// Priorities of FIFO and RoundRobin.
const (
	MinPriority = 1
	MaxPriority = 99
)

// Schedule sets the policy and the priority of the calling thread, which must be
// locked to its goroutine. Processes and threads that it starts are ordinary
// again: a notify script must not run before everybody else.
func Schedule(p Policy, priority int) error {
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: uint32(p), Flags: unix.SCHED_FLAG_RESET_ON_FORK}
	if p != Normal {
		attr.Priority = uint32(priority)
	}
	return caps.Explain(os.NewSyscallError("sched_setattr", unix.SchedSetAttr(0, &attr, 0)), caps.SysNice)
}

// Scheduled is the policy and the priority of the calling thread.
func Scheduled() (Policy, int, error) {
	attr, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		return Normal, 0, os.NewSyscallError("sched_getattr", err)
	}
	return Policy(attr.Policy), int(attr.Priority), nil
}

// LimitCPU ends the process when a real-time thread of it computes for d without
// waiting once (RLIMIT_RTTIME): an endless loop with precedence over all else
// would take the machine with it. At the soft limit the process gets SIGXCPU.
func LimitCPU(soft, hard time.Duration) error {
	r := syscall.Rlimit{Cur: uint64(soft.Microseconds()), Max: uint64(hard.Microseconds())}
	return caps.Explain(os.NewSyscallError("setrlimit", syscall.Setrlimit(unix.RLIMIT_RTTIME, &r)), caps.SysResource)
}

// LockMemory keeps what the process has touched, and will touch, out of swap. What it
// has only reserved stays unbacked: Go reserves its heap in pieces of 64 MB.
func LockMemory() error {
	err := unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
	return caps.Explain(os.NewSyscallError("mlockall", err), caps.IPCLock)
}

// UnlockMemory undoes LockMemory.
func UnlockMemory() error { return os.NewSyscallError("munlockall", unix.Munlockall()) }
