package shm

import (
	"testing"

	"golang.org/x/sys/unix"
)

// waitDead waits until the process is a zombie, and leaves it one.
func waitDead(t *testing.T, pid int) {
	t.Helper()
	var info unix.Siginfo
	for {
		err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT, nil)
		if err == nil {
			return
		}
		if err != unix.EINTR {
			t.Fatal(err)
		}
	}
}

func dup(t testing.TB, s *Segment) int {
	t.Helper()
	fd, err := unix.Dup(s.FD())
	if err != nil {
		t.Fatal(err)
	}
	return fd
}
