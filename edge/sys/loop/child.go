package loop

import (
	"moongate/edge/sys/proc"

	"golang.org/x/sys/unix"
)

// Child has ended called when the process's child pid is gone, and takes its
// zombie away. Nobody else may wait for this child.
func (l *Loop) Child(pid int, ended func(proc.Status)) error {
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ESRCH {
		return err
	}
	if err != nil {
		return l.await(pid, ended)
	}
	var f *FD
	f, err = l.Add(fd, func() {
		got, status, err := proc.Reap(pid)
		if got == 0 && err == nil {
			return
		}
		f.Remove()
		unix.Close(fd)
		ended(status)
	}, nil)
	if err != nil {
		unix.Close(fd)
	}
	return err
}

// await is for kernels before 5.3, and for sandboxes that know no pidfd.
func (l *Loop) await(pid int, ended func(proc.Status)) error {
	go func() {
		status, _ := proc.Wait(pid)
		l.Post(func() { ended(status) })
	}()
	return nil
}
