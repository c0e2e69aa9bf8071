package proc

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// CPU is how much processor time a process has used, in steps of 10 ms; false where nobody
// can tell.
func CPU(pid int) (time.Duration, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// The second field is the name in brackets, and may hold spaces and brackets.
	text := string(b)
	f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(f) < 13 {
		return 0, false
	}
	user, err1 := strconv.ParseInt(f[11], 10, 64)
	system, err2 := strconv.ParseInt(f[12], 10, 64)
	const tick = time.Second / 100 // USER_HZ: what the kernel shows counts in it on all machines
	return time.Duration(user+system) * tick, err1 == nil && err2 == nil
}

// Resident is how many bytes of a process are in memory; false where nobody can tell.
func Resident(pid int) (int64, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, false
	}
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(f[1], 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}
