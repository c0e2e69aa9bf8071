package proc

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// NetNS is an open network namespace. The zero NetNS is the one that the process
// is in.
type NetNS struct{ f *os.File }

// OpenNetNS opens a network namespace by its file.
func OpenNetNS(path string) (NetNS, error) {
	f, err := os.Open(path)
	return NetNS{f}, err
}

// Do calls f on a thread that is in the namespace: sockets that f opens and
// processes that it starts are there. A namespace belongs to a thread, so the
// thread ends with f when it can't go back.
func (n NetNS) Do(f func() error) error {
	if n.f == nil {
		return f()
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- n.on(f)
	}()
	return <-done
}

// on leaves the thread locked, and with that to its end, where it is elsewhere
// than the process.
func (n NetNS) on(f func() error) error {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer home.Close()
	if err := unix.Setns(int(n.f.Fd()), unix.CLONE_NEWNET); err != nil {
		return err
	}
	err = f()
	if unix.Setns(int(home.Fd()), unix.CLONE_NEWNET) == nil {
		runtime.UnlockOSThread()
	}
	return err
}

// Close closes it.
func (n NetNS) Close() error {
	if n.f == nil {
		return nil
	}
	return n.f.Close()
}
