// Package netns gives tests network namespaces of their own, joined by veth pairs,
// so that they can send what they like and leave nothing behind. It needs root and
// the ip command; without them a test is skipped.
package netns

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A Space is a network namespace. It lives as long as the test.
type Space struct {
	t  testing.TB
	fd int
}

// New makes a namespace with nothing in it but lo, which is up.
func New(t testing.TB) *Space {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no ip command")
	}
	s := &Space{t: t}
	on(t, func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Skipf("no network namespaces here: %v", err)
		}
		var err error
		s.fd, err = unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		return err
	})
	t.Cleanup(func() { unix.Close(s.fd) })
	s.Run("ip link set lo up")
	return s
}

// on runs f on the calling goroutine, locked to its thread, and puts the
// thread back into the namespace where it was.
func on(t testing.TB, f func() error) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setns(home, unix.CLONE_NEWNET); err != nil {
			panic(fmt.Sprintf("a thread is lost in a namespace: %v", err))
		}
		unix.Close(home)
	}()
	if err := f(); err != nil {
		t.Fatal(err)
	}
}

// Do runs f inside, on one thread. Goroutines that f starts are outside; sockets
// that it opens stay inside for good.
func (s *Space) Do(f func()) {
	s.t.Helper()
	on(s.t, func() error {
		if err := unix.Setns(s.fd, unix.CLONE_NEWNET); err != nil {
			return err
		}
		f()
		return nil
	})
}

// Enter moves the test's own goroutine inside until the test ends.
func (s *Space) Enter() {
	s.t.Helper()
	runtime.LockOSThread()
	home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = unix.Setns(s.fd, unix.CLONE_NEWNET)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := unix.Setns(home, unix.CLONE_NEWNET); err != nil {
			panic(fmt.Sprintf("a thread is lost in a namespace: %v", err))
		}
		unix.Close(home)
		runtime.UnlockOSThread()
	})
}

// Start starts a command inside.
func (s *Space) Start(cmd *exec.Cmd) error {
	s.t.Helper()
	var err error
	s.Do(func() { err = cmd.Start() })
	return err
}

// Run runs a command line inside, words split at blanks, and returns what it wrote.
func (s *Space) Run(line string) string {
	s.t.Helper()
	out, err := s.Try(line)
	if err != nil {
		s.t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return out
}

// Try is Run for a command that may fail.
func (s *Space) Try(line string) (string, error) {
	s.t.Helper()
	words := strings.Fields(line)
	var out []byte
	var err error
	s.Do(func() { out, err = exec.Command(words[0], words[1:]...).CombinedOutput() })
	return string(out), err
}

// Join puts a pair of veth interfaces between two namespaces, both up, with
// the given names and addresses ("10.0.0.1/24"; "" for none). IPv6 addresses
// are usable at once.
func Join(a *Space, nameA, addrA string, b *Space, nameB, addrB string) {
	a.t.Helper()
	a.Run(fmt.Sprintf("ip link add %s type veth peer name %s netns /proc/%d/fd/%d", nameA, nameB, os.Getpid(), b.fd))
	for _, end := range []struct {
		s          *Space
		name, addr string
	}{{a, nameA, addrA}, {b, nameB, addrB}} {
		path := "/proc/sys/net/ipv6/conf/" + end.name + "/accept_dad"
		end.s.Do(func() { os.WriteFile(path, []byte("0"), 0) })
		end.s.Run("ip link set " + end.name + " up")
		if end.addr != "" {
			end.s.Run("ip addr add " + end.addr + " dev " + end.name)
		}
	}
}
