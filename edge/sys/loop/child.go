package loop

import (
	"os"

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

// Process has ended called when a process is gone that need not be a child. The
// returned function ends that. It is an error on kernels without pidfds, and
// os.ErrProcessDone when the process is gone already.
func (l *Loop) Process(pid int, ended func()) (stop func(), err error) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ESRCH {
		return nil, os.ErrProcessDone
	}
	if err != nil {
		return nil, err
	}
	var f *FD
	stop = func() {
		if f != nil {
			f.Remove()
			unix.Close(fd)
			f = nil
		}
	}
	f, err = l.Add(fd, func() { stop(); ended() }, nil)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return stop, nil
}
