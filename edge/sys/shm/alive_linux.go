package shm

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// self is this process's pid and start time.
func self() (pid int, start uint64, err error) {
	pid = os.Getpid()
	start, err = ownStart()
	return pid, start, err
}

var ownStart = sync.OnceValues(func() (uint64, error) {
	_, _, start, err := stat(os.Getpid())
	if os.IsNotExist(err) {
		return 0, nil // no /proc here: the pid alone must do
	}
	return start, err
})

// alive says whether the process of a slot word still runs. A killed worker that
// nobody has waited for is a zombie, for which kill(pid, 0) still succeeds: so
// the state counts, and the thread count, since the first thread may be gone
// while another is still at work.
func alive(w uint64) bool {
	pid := slotPid(w)
	state, threads, start, err := stat(pid)
	if err != nil {
		return unix.Kill(pid, 0) != unix.ESRCH
	}
	if w&startMask != 0 && start&startMask != w&startMask {
		return false
	}
	return (state != 'Z' && state != 'X') || threads > 1
}

// stat reads the fields of /proc/PID/stat (proc_pid_stat(5)): 3, 20 and 22.
func stat(pid int) (state byte, threads int, start uint64, err error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0, 0, err
	}
	// The name in field 2 may hold spaces and brackets of its own.
	f := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(f) < 20 {
		return 0, 0, 0, fmt.Errorf("/proc/%d/stat: unknown form", pid)
	}
	threads, _ = strconv.Atoi(string(f[17]))
	start, err = strconv.ParseUint(string(f[19]), 10, 64)
	return f[0][0], threads, start, err
}
