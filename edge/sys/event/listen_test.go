package event

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestListenerPauses(t *testing.T) {
	l := startLoop(t)
	fd, addr := listenTCP(t)
	var n atomic.Int32
	got := make(chan string, 10)
	ln, err := l.Listen(fd, true, func(fd int, peer *Sockaddr) {
		n.Add(1)
		got <- peer.String()
		unix.Close(fd)
	})
	if err != nil {
		t.Fatal(err)
	}
	dial := func() string {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.LocalAddr().String()
	}
	if me := dial(); <-got != me {
		t.Error("the peer's address is wrong")
	}
	ln.Pause()
	dial()
	dial()
	time.Sleep(20 * time.Millisecond)
	if n.Load() != 1 {
		t.Error("accepted while paused")
	}
	if err := ln.Resume(); err != nil {
		t.Fatal(err)
	}
	<-got
	<-got
	if ln.Close() != nil || ln.Close() != net.ErrClosed || l.Conns() != 0 {
		t.Error("Close")
	}
}

// Without descriptors the listener rests for half a second and then goes on.
func TestListenerWithoutDescriptors(t *testing.T) {
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	fd, addr := listenTCP(t)
	accepted := make(chan time.Time, 2)
	faults := make(chan error, 100)
	ln, err := l.Listen(fd, false, func(fd int, _ *Sockaddr) {
		unix.Close(fd)
		accepted <- time.Now()
	})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	ln.Error = func(err error) { faults <- err }
	runLoop(t, l)
	// The client's descriptors are opened before the limit falls.
	c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(c)
	var lim unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_NOFILE, &lim)
	low := lim
	low.Cur = 3
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &low); err != nil {
		t.Skip(err)
	}
	ap := netip.MustParseAddrPort(addr)
	err = unix.Connect(c, &unix.SockaddrInet4{Addr: ap.Addr().As4(), Port: int(ap.Port())})
	start := time.Now()
	var first error
	if err == nil {
		first = <-faults
	}
	unix.Setrlimit(unix.RLIMIT_NOFILE, &lim)
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(first, syscall.EMFILE) {
		t.Errorf("fault %v", first)
	}
	if d := (<-accepted).Sub(start); d < 400*time.Millisecond {
		t.Errorf("accepted after %v", d)
	}
	if len(faults) != 0 {
		t.Errorf("%d more faults", len(faults))
	}
}

func TestDial(t *testing.T) {
	l := startLoop(t)
	addr := serve(t, l, echo{time.Minute})
	for _, bind := range []string{"", "127.0.0.1", "127.0.0.2"} {
		c, err := l.Dial("tcp", addr, bind, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if bind != "" && c.LocalAddr().Addr().String() != bind {
			t.Errorf("bound to %v, want %s", c.LocalAddr(), bind)
		}
		if c.RemoteAddr().String() != addr {
			t.Errorf("connected to %v", c.RemoteAddr())
		}
		exchange(t, c.NetConn(), "through the loop")
		c.Close()
	}
}

func TestDialUnix(t *testing.T) {
	l := startLoop(t)
	path := filepath.Join(t.TempDir(), "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		c, err := ln.Accept()
		if err == nil {
			c.Write([]byte("hello"))
			c.Close()
		}
	}()
	c, err := l.Dial("unix", "unix:"+path, "", time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 16)
	if n, err := c.Read(buf); string(buf[:n]) != "hello" || err != nil {
		t.Errorf("%q, %v", buf[:n], err)
	}
	if s := c.RemoteSockaddr(); s.String() != "unix:"+path {
		t.Errorf("peer %s", s.String())
	}
}

func TestDialFails(t *testing.T) {
	l := startLoop(t)
	fd, addr := listenTCP(t)
	unix.Shutdown(fd, unix.SHUT_RDWR)
	for _, c := range []struct {
		network, addr string
		call          string
		want          error
	}{
		{"tcp", addr, "connect", syscall.ECONNREFUSED},
		{"unix", "/no/such/socket", "connect", syscall.ENOENT},
		{"tcp", "255.255.255.255:1", "connect", syscall.ENETUNREACH},
	} {
		_, err := l.Dial(c.network, c.addr, "", time.Second)
		var e *os.SyscallError
		if !errors.As(err, &e) || e.Syscall != c.call || e.Err != c.want && c.want != syscall.ENETUNREACH {
			t.Errorf("%s: %v", c.addr, err)
		}
	}
	if n := l.Conns(); n != 0 {
		t.Errorf("%d connections left", n)
	}
}

// A full accept queue drops the handshake, so that connecting lasts.
func TestDialTimesOut(t *testing.T) {
	l := startLoop(t)
	fd, addr := listenTCP(t)
	unix.Listen(fd, 0)
	var open []*Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for range 10 {
		start := time.Now()
		c, err := l.Dial("tcp", addr, "", 50*time.Millisecond)
		if err == nil {
			open = append(open, c)
			continue
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		during(t, time.Since(start), 50*time.Millisecond)
		return
	}
	t.Skip("the kernel's queue takes everything")
}

func TestPollDatagrams(t *testing.T) {
	l := startLoop(t)
	socket := func() (*Poll, *Sockaddr) {
		fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err == nil {
			err = unix.Bind(fd, &unix.SockaddrInet6{Addr: netip.IPv6Loopback().As16()})
		}
		if err != nil {
			t.Skip(err)
		}
		p, err := l.Poll(fd, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { p.Close() })
		s := p.Conn().LocalSockaddr()
		return p, &s
	}
	a, aAddr := socket()
	b, bAddr := socket()
	l.Go(func() {
		var from Sockaddr
		buf := make([]byte, 100)
		for {
			n, err := b.RecvFrom(buf, &from)
			if err != nil {
				return
			}
			b.SendTo(buf[:n], &from)
		}
	})
	var from Sockaddr
	buf := make([]byte, 100)
	for _, text := range []string{"one", "", "three"} {
		if err := a.SendTo([]byte(text), bAddr); err != nil {
			t.Fatal(err)
		}
		a.SetReadTimeout(10 * time.Second)
		n, err := a.RecvFrom(buf, &from)
		if string(buf[:n]) != text || err != nil || from.AddrPort() != bAddr.AddrPort() {
			t.Errorf("%q from %v, %v", buf[:n], from.AddrPort(), err)
		}
	}
	if !aAddr.AddrPort().IsValid() {
		t.Error("no address")
	}
}

// A parked Poll is told once per announcement, also when nothing was read.
func TestPollParked(t *testing.T) {
	l := startLoop(t)
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[1])
	var p *Poll
	got := make(chan string, 10)
	p, err := l.Poll(pipe[0], handlerFunc(func(c *Conn, why Why) {
		var b [100]byte
		for {
			n, err := unix.Read(c.FD(), b[:])
			if err != nil {
				p.Park(0)
				return
			}
			got <- string(b[:n])
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	p.Park(0)
	for _, s := range []string{"one", "two", "three"} {
		unix.Write(pipe[1], []byte(s))
		select {
		case g := <-got:
			if g != s {
				t.Errorf("got %q, want %q", g, s)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("nobody told")
		}
	}
}

func TestSockaddr(t *testing.T) {
	for _, text := range []string{"192.0.2.1:80", "[2001:db8::1]:8080", "[fe80::1%3]:1"} {
		var s Sockaddr
		s.SetAddrPort(netip.MustParseAddrPort(text))
		if s.String() != text {
			t.Errorf("%s, want %s", s.String(), text)
		}
	}
	for _, path := range []string{"/run/x", "@abstract"} {
		var s Sockaddr
		if !s.SetPath(path) || s.Path() != path || s.AddrPort().IsValid() {
			t.Errorf("%q, want %q", s.Path(), path)
		}
	}
	var s Sockaddr
	if s.SetPath(string(make([]byte, 200))) || s.String() != "invalid AddrPort" {
		t.Errorf("%q", s.String())
	}
}
