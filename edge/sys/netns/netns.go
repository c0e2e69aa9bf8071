// Package netns works in network namespaces: keepalived's net_namespace, and tests
// that must leave nothing behind.
//
// A namespace belongs to a thread. Sockets stay in the namespace where they were
// opened, and processes start in that of the thread that starts them. A daemon in
// a namespace is therefore best started inside: all of its threads are there then.
//
// It owns the descriptors by which it holds namespaces.
package netns

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

const (
	own = "/proc/thread-self/ns/net"
	dir = "/run/netns" // of "ip netns"
)

// A Space is a network namespace, which lives at least until Close.
type Space struct{ fd int }

// Open finds a namespace that "ip netns" has made, or, if the name has a slash, by its file.
func Open(name string) (*Space, error) {
	path := File(name)
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return &Space{fd}, nil
}

// File is where Open looks.
func File(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	return filepath.Join(dir, name)
}

// New makes a namespace with nothing in it but lo, which is down.
func New() (*Space, error) {
	var s *Space
	err := away(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return caps.Explain(os.NewSyscallError("unshare", err), caps.SysAdmin)
		}
		var err error
		s, err = Open(own)
		return err
	})
	return s, err
}

// Current is the namespace of the calling thread.
func Current() (*Space, error) { return Open(own) }

// Enter moves the calling thread, which must be locked to its goroutine.
func (s *Space) Enter() error {
	return caps.Explain(os.NewSyscallError("setns", unix.Setns(s.fd, unix.CLONE_NEWNET)), caps.SysAdmin)
}

// Do runs f inside, on one thread. Goroutines that f starts are outside.
func (s *Space) Do(f func() error) error {
	return away(func() error {
		if err := s.Enter(); err != nil {
			return err
		}
		return f()
	})
}

// away runs f on a thread that may go elsewhere, and brings it back. A thread that cannot
// come back stays locked, and so ends with its goroutine.
func away(f func() error) error {
	runtime.LockOSThread()
	home, err := Current()
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer func() {
		back := home.Enter()
		home.Close()
		if back == nil {
			runtime.UnlockOSThread()
		}
	}()
	return f()
}

// Same tells whether both are one namespace.
func (s *Space) Same(o *Space) (bool, error) {
	var a, b unix.Stat_t
	if err := errors.Join(unix.Fstat(s.fd, &a), unix.Fstat(o.fd, &b)); err != nil {
		return false, fmt.Errorf("comparing namespaces: %w", err)
	}
	return a.Dev == b.Dev && a.Ino == b.Ino, nil
}

// Path names the namespace for other programs ("ip link set eth0 netns /proc/7/fd/9") as long as
// this process lives and holds it.
func (s *Space) Path() string { return fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), s.fd) }

// Close lets go of it.
func (s *Space) Close() error { return unix.Close(s.fd) }
