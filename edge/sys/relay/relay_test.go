package relay

import (
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

// pair is a connection's two ends.
func pair(t *testing.T) (a, b *net.TCPConn) {
	t.Helper()
	l, err := Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	b, err = l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); b.Close() })
	for _, c := range []net.Conn{c, b} {
		c.SetDeadline(time.Now().Add(10 * time.Second))
	}
	return c.(*net.TCPConn), b
}

func TestPump(t *testing.T) {
	sender, src := pair(t)
	dst, reader := pair(t)
	data := make([]byte, 5<<20)
	rand.NewChaCha8([32]byte{}).Read(data)
	go func() {
		sender.Write(data[:1])
		sender.Write(data[1:])
		sender.CloseWrite()
	}()
	moved := 0
	done := make(chan error, 1)
	go func() {
		done <- Pump(dst, src, func(n int) { moved += n })
		dst.CloseWrite()
	}()
	got, err := io.ReadAll(reader)
	if err != nil || sha256.Sum256(got) != sha256.Sum256(data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if err := <-done; err != nil || moved != len(data) {
		t.Errorf("moved %d of %d: %v", moved, len(data), err)
	}
	// The pipe went back empty.
	p, err := takePipe()
	if err != nil {
		t.Fatal(err)
	}
	defer givePipe(p, true)
	if n, err := syscall.Read(p.r, make([]byte, 1)); err != syscall.EAGAIN {
		t.Errorf("a pipe was given back with bytes in it: %d %v", n, err)
	}
}

// A reset on either side is known for what it is.
func TestReset(t *testing.T) {
	for _, side := range []Side{Source, Target} {
		sender, src := pair(t)
		dst, reader := pair(t)
		done := make(chan error, 1)
		go func() { done <- Pump(dst, src, func(int) {}) }()
		if side == Source {
			Reset(sender)
		} else {
			Reset(reader)
			// The first write tells the kernel, a later one us.
			go func() {
				for {
					if _, err := sender.Write([]byte("x")); err != nil {
						return
					}
				}
			}()
		}
		var e *Error
		if err := <-done; !errors.As(err, &e) || e.Side != side || !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
			t.Errorf("side %d: %v", side, err)
		}
		src.Close()
	}
}

// Addresses that nobody has here can be listened on: TEST-NET-1 and its like.
func TestFreebind(t *testing.T) {
	for _, a := range []string{"192.0.2.1:0", "[2001:db8::1]:0"} {
		l, err := Listen(netip.MustParseAddrPort(a))
		if err != nil {
			t.Errorf("%s: %v", a, err)
			continue
		}
		l.Close()
		u, err := ListenPacket(netip.MustParseAddrPort(a))
		if err != nil {
			t.Errorf("%s: %v", a, err)
			continue
		}
		u.Close()
	}
	if Descriptors() < 64 {
		t.Error(Descriptors())
	}
}
