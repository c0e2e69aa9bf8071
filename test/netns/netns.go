// Package netns gives tests network namespaces of their own, joined by veth pairs,
// so that they can send what they like and leave nothing behind. It needs root and
// the ip command; without them a test is skipped.
package netns

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/netns"
)

// A Space is a network namespace. It lives as long as the test.
type Space struct {
	t testing.TB
	s *netns.Space
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
	inner, err := netns.New()
	if err != nil {
		t.Skip("no network namespaces here: ", err)
	}
	t.Cleanup(func() { inner.Close() })
	s := &Space{t, inner}
	s.Run("ip link set lo up")
	return s
}

// Do runs f inside, on one thread. Goroutines that f starts are outside; sockets
// that it opens stay inside for good.
func (s *Space) Do(f func()) {
	s.t.Helper()
	if err := s.s.Do(func() error { f(); return nil }); err != nil {
		s.t.Fatal(err)
	}
}

// Enter moves the test's own goroutine inside until the test ends.
func (s *Space) Enter() {
	s.t.Helper()
	runtime.LockOSThread()
	home, err := netns.Current()
	if err == nil {
		err = s.s.Enter()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := home.Enter(); err != nil {
			panic("a thread is lost in a namespace: " + err.Error())
		}
		home.Close()
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

// AwaitUp waits for the kernel to note that an interface has a carrier: it does so some
// time after it has one, and tells all who listen.
func (s *Space) AwaitUp(dev string) {
	s.t.Helper()
	for limit := time.Now().Add(10 * time.Second); !strings.Contains(s.Run("ip link show dev "+dev), "state UP"); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			s.t.Fatalf("%s does not come up", dev)
		}
	}
}

// Join puts a pair of veth interfaces between two namespaces, both up, with
// the given names and addresses ("10.0.0.1/24"; "" for none). IPv6 addresses
// are usable at once.
func Join(a *Space, nameA, addrA string, b *Space, nameB, addrB string) {
	a.t.Helper()
	a.Run("ip link add " + nameA + " type veth peer name " + nameB + " netns " + b.s.Path())
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
	a.AwaitUp(nameA)
	b.AwaitUp(nameB)
}
