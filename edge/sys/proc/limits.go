package proc

import (
	"math/bits"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Limit names a resource limit.
type Limit int

// The limits that nginx.conf can set.
const (
	NoFile Limit = syscall.RLIMIT_NOFILE
	Core   Limit = syscall.RLIMIT_CORE
)

// SetLimit sets the soft and the hard limit.
func SetLimit(l Limit, n uint64) error {
	return syscall.Setrlimit(int(l), &syscall.Rlimit{Cur: n, Max: n})
}

// GetLimit returns the soft and the hard limit. Go raises the soft limit of open
// files to the hard one when a program starts.
func GetLimit(l Limit) (soft, hard uint64, err error) {
	var r syscall.Rlimit
	err = syscall.Getrlimit(int(l), &r)
	return r.Cur, r.Max, err
}

// eachThread calls f for every thread, twice over, since a thread may have been
// started by one that f had not reached yet.
func eachThread(f func(tid int) error) error {
	for range 2 {
		tasks, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return f(0)
		}
		for _, t := range tasks {
			tid, err := strconv.Atoi(t.Name())
			if err != nil {
				continue
			}
			if err := f(tid); err != nil && err != error(syscall.ESRCH) {
				return err
			}
		}
	}
	return nil
}

// SetPriority sets the nice value of all threads.
func SetPriority(n int) error {
	return eachThread(func(tid int) error { return syscall.Setpriority(syscall.PRIO_PROCESS, tid, n) })
}

// CPUSet is a set of processors; bit n of the sequence stands for processor n.
type CPUSet [16]uint64

// MaxCPU is how many processors a CPUSet can name (CPU_SETSIZE).
const MaxCPU = 1024

// Add puts a processor into the set.
func (s *CPUSet) Add(cpu int) { s[cpu/64] |= 1 << (cpu % 64) }

// Has tells whether a processor is in the set.
func (s *CPUSet) Has(cpu int) bool { return s[cpu/64]&(1<<(cpu%64)) != 0 }

// Count is how many processors are in the set.
func (s *CPUSet) Count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// SetAffinity lets all threads run on the given processors only.
func SetAffinity(s *CPUSet) error {
	var set unix.CPUSet
	for cpu := range MaxCPU {
		if s.Has(cpu) {
			set.Set(cpu)
		}
	}
	return eachThread(func(tid int) error { return unix.SchedSetaffinity(tid, &set) })
}

// CPUs is how many processors are on line, as sysconf(_SC_NPROCESSORS_ONLN)
// says it: not how many this process may use.
func CPUs() int {
	b, err := os.ReadFile("/sys/devices/system/cpu/online")
	if err != nil {
		return runtime.NumCPU()
	}
	if n := countRanges(strings.TrimSpace(string(b))); n > 0 {
		return n
	}
	return runtime.NumCPU()
}

// countRanges counts the numbers in a list like "0-3,6,8-9", 0 for nonsense.
func countRanges(list string) int {
	n := 0
	for part := range strings.SplitSeq(list, ",") {
		lo, hi, ranged := strings.Cut(part, "-")
		if !ranged {
			hi = lo
		}
		a, err1 := strconv.Atoi(lo)
		b, err2 := strconv.Atoi(hi)
		if err1 != nil || err2 != nil || b < a {
			return 0
		}
		n += b - a + 1
	}
	return n
}

// SetDumpable lets the process leave a core file although it changed its user.
func SetDumpable() error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) }

// DieWithParent asks the kernel for a signal when the thread that started this
// process ends.
func DieWithParent(s Signal) error { return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(s), 0, 0, 0) }

// OS names the kernel as uname does.
func OS() (name, release string) {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "Linux", ""
	}
	return unix.ByteSliceToString(u.Sysname[:]), unix.ByteSliceToString(u.Release[:])
}

// System names the kernel as uname does, with how it was built.
func System() (name, release, build string) {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return "Linux", "", ""
	}
	return unix.ByteSliceToString(u.Sysname[:]), unix.ByteSliceToString(u.Release[:]), unix.ByteSliceToString(u.Version[:])
}
