package event

import (
	"io"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// startLoop runs a loop until the test ends.
func startLoop(t testing.TB) *Loop {
	t.Helper()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	runLoop(t, l)
	return l
}

func runLoop(t testing.TB, l *Loop) {
	ended := make(chan error, 1)
	go func() { ended <- l.Run() }()
	t.Cleanup(func() {
		l.Stop()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("Run did not end")
		}
	})
}

// pair is a connected pair of stream sockets: one in the loop, one for the test.
func pair(t testing.TB, l *Loop, h Handler) (*Conn, net.Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Adopt(fds[0], h)
	if err != nil {
		t.Fatal(err)
	}
	return c, fileConn(t, fds[1])
}

// listenTCP opens a listening socket on a free port of the loopback.
func listenTCP(t testing.TB) (fd int, addr string) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	if err == nil {
		err = unix.Listen(fd, 511)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	var s Sockaddr
	s.ask(unix.SYS_GETSOCKNAME, int32(fd))
	return fd, s.AddrPort().String()
}

// echo answers every read with what it read, in place, and parks.
type echo struct{ timeout time.Duration }

func (e echo) Ready(c *Conn, why Why) {
	if why != Readable {
		c.Close()
		return
	}
	var buf [4096]byte
	for {
		n, again, err := c.TryRead(buf[:])
		if again {
			c.Park(e.timeout)
			return
		}
		if err == nil {
			_, err = c.Write(buf[:n])
		}
		if err != nil {
			c.Close()
			return
		}
	}
}

// handlerFunc is a Handler made of a function.
type handlerFunc func(c *Conn, why Why)

func (f handlerFunc) Ready(c *Conn, why Why) { f(c, why) }

func serve(t testing.TB, l *Loop, h Handler) string {
	t.Helper()
	fd, addr := listenTCP(t)
	ln, err := l.Listen(fd, false, func(fd int, peer *Sockaddr) {
		c, err := l.Adopt(fd, h)
		if err != nil {
			t.Error(err)
			return
		}
		c.Park(time.Minute)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return addr
}

func exchange(t testing.TB, c net.Conn, text string) {
	t.Helper()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("got %q, %v; want %q", got, err, text)
	}
}

func TestEchoKeepsAlive(t *testing.T) {
	l := startLoop(t)
	addr := serve(t, l, echo{time.Minute})
	for range 20 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			exchange(t, c, "hello")
		}
		c.Close()
	}
}

func TestStopEndsRun(t *testing.T) {
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { l.Run(); close(done) }()
	l.Stop()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Run did not return")
	}
}
