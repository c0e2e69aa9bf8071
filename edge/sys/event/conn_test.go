package event

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// within fails the test if fn takes longer than any machine needs.
func within(t testing.TB, what string, fn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { fn(); close(done) }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s does not end", what)
	}
}

// during says whether d lies in [want, want+slack].
func during(t testing.TB, d, want time.Duration) {
	t.Helper()
	if d < want-2*time.Millisecond || d > want+500*time.Millisecond {
		t.Errorf("took %v, want about %v", d, want)
	}
}

func TestReadTimesOut(t *testing.T) {
	l := startLoop(t)
	c, _ := pair(t, l, nil)
	defer c.Close()
	c.SetReadTimeout(30 * time.Millisecond)
	for range 3 {
		start := time.Now()
		_, err := c.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
		during(t, time.Since(start), 30*time.Millisecond)
	}
}

func TestReadTimeoutCountsPerWait(t *testing.T) {
	l := startLoop(t)
	c, peer := pair(t, l, nil)
	defer c.Close()
	c.SetReadTimeout(200 * time.Millisecond)
	go func() {
		for range 6 {
			time.Sleep(60 * time.Millisecond)
			peer.Write([]byte("x"))
		}
	}()
	for i := range 6 {
		if _, err := c.Read(make([]byte, 10)); err != nil {
			t.Fatalf("read %d: %v", i, err)
		}
	}
}

func TestWriteTimesOut(t *testing.T) {
	l := startLoop(t)
	c, _ := pair(t, l, nil)
	defer c.Close()
	c.SetWriteTimeout(30 * time.Millisecond)
	start := time.Now()
	n, err := c.Write(make([]byte, 8<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 {
		t.Fatal(n, err)
	}
	during(t, time.Since(start), 30*time.Millisecond)
}

func TestWritesWaitForRoom(t *testing.T) {
	data := make([]byte, 4<<20)
	for i := range data {
		data[i] = byte(i * 7 >> 3)
	}
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	file.Write(data)
	for name, write := range map[string]func(c *Conn) (int64, error){
		"Write": func(c *Conn) (int64, error) { n, err := c.Write(data); return int64(n), err },
		"Writev": func(c *Conn) (int64, error) {
			var bufs [][]byte
			for rest := data; len(rest) > 0; {
				n := min(len(rest), 70001)
				bufs = append(bufs, rest[:n], nil)
				rest = rest[n:]
			}
			return c.Writev(bufs)
		},
		"SendFile": func(c *Conn) (int64, error) {
			return c.SendFile(int(file.Fd()), 0, int64(len(data)), 300000)
		},
		"TryWrite": func(c *Conn) (int64, error) {
			done := 0
			for done < len(data) {
				n, err := c.TryWrite(data[done:])
				if err != nil {
					return int64(done), err
				}
				if done += n; n == 0 {
					if err = c.WaitWrite(); err != nil {
						return int64(done), err
					}
				}
			}
			return int64(done), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := startLoop(t)
			c, peer := pair(t, l, nil)
			c.SetWriteTimeout(10 * time.Second)
			go func() {
				n, err := write(c)
				if n != int64(len(data)) || err != nil {
					t.Errorf("wrote %d, %v", n, err)
				}
				c.Close()
			}()
			got, err := io.ReadAll(peer)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
}

func TestSendFileTooShort(t *testing.T) {
	l := startLoop(t)
	c, _ := pair(t, l, nil)
	defer c.Close()
	file, _ := os.CreateTemp(t.TempDir(), "")
	defer file.Close()
	file.WriteString("short")
	if n, err := c.SendFile(int(file.Fd()), 0, 100, 0); n != 5 || err != io.ErrUnexpectedEOF {
		t.Error(n, err)
	}
}

func TestHalfClose(t *testing.T) {
	l := startLoop(t)
	fd, addr := listenTCP(t)
	got := make(chan string, 1)
	ln, _ := l.Listen(fd, false, func(fd int, _ *Sockaddr) {
		c, _ := l.Adopt(fd, nil)
		l.Go(func() {
			b, err := io.ReadAll(c.NetConn())
			if err != nil {
				t.Error(err)
			}
			got <- string(b)
			c.Write([]byte("after the end"))
			c.Close()
		})
	})
	defer ln.Close()
	peer, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	peer.Write(bytes.Repeat([]byte("x"), 10000))
	peer.(*net.TCPConn).CloseWrite()
	if s := <-got; len(s) != 10000 {
		t.Errorf("server read %d bytes", len(s))
	}
	if b, err := io.ReadAll(peer); string(b) != "after the end" || err != nil {
		t.Errorf("client read %q, %v", b, err)
	}
}

func TestCloseWakes(t *testing.T) {
	l := startLoop(t)
	for name, wait := range map[string]func(c *Conn) error{
		"read":  func(c *Conn) error { _, err := c.Read(make([]byte, 1)); return err },
		"write": func(c *Conn) error { _, err := c.Write(make([]byte, 8<<20)); return err },
	} {
		c, _ := pair(t, l, nil)
		ended := make(chan error, 1)
		go func() { ended <- wait(c) }()
		for c.rw.Load() == nil && c.ww.Load() == nil {
			time.Sleep(time.Millisecond)
		}
		c.Close()
		within(t, name, func() {
			if err := <-ended; err != net.ErrClosed {
				t.Errorf("%s: %v", name, err)
			}
		})
		if err := c.Close(); err != net.ErrClosed {
			t.Errorf("second Close: %v", err)
		}
		if _, err := c.Read(make([]byte, 1)); err != net.ErrClosed {
			t.Errorf("Read after Close: %v", err)
		}
	}
	if n := l.Conns(); n != 0 {
		t.Errorf("%d connections left", n)
	}
}

func TestInterrupt(t *testing.T) {
	l := startLoop(t)
	c, peer := pair(t, l, nil)
	defer c.Close()
	ended := make(chan error, 1)
	go func() { _, err := c.Read(make([]byte, 1)); ended <- err }()
	for c.rw.Load() == nil {
		time.Sleep(time.Millisecond)
	}
	c.Interrupt()
	if err := <-ended; err != ErrInterrupted {
		t.Fatal(err)
	}
	c.ClearInterrupt()
	peer.Write([]byte("x"))
	if n, err := c.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
}

func TestNotifyClose(t *testing.T) {
	l := startLoop(t)
	c, peer := pair(t, l, nil)
	defer c.Close()
	var w Waiter
	hook := &CloseHook{Func: w.Wake}
	c.NotifyClose(hook)
	if c.PeerClosed() {
		t.Error("closed before it was")
	}
	peer.Close()
	if !w.WaitTimeout(10 * time.Second) {
		t.Fatal("nobody told")
	}
	if !c.PeerClosed() {
		t.Error("not closed after it was")
	}
	c.NotifyClose(hook)
	if !w.WaitTimeout(10 * time.Second) {
		t.Error("not told of what had happened before")
	}
}

func TestResetIsAnError(t *testing.T) {
	l := startLoop(t)
	fd, addr := listenTCP(t)
	conns := make(chan *Conn, 1)
	ln, _ := l.Listen(fd, false, func(fd int, _ *Sockaddr) {
		c, _ := l.Adopt(fd, nil)
		conns <- c
	})
	defer ln.Close()
	peer, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	peer.(*net.TCPConn).SetLinger(0)
	peer.Close()
	c := <-conns
	defer c.Close()
	_, err = c.Read(make([]byte, 1))
	var e *os.SyscallError
	if !errors.As(err, &e) || e.Syscall != "recv" || e.Err != syscall.ECONNRESET {
		t.Errorf("%v", err)
	}
}

// A batch may hold an event for a descriptor that an earlier handler of the
// batch closed, and whose number is in use again.
func TestStaleEvent(t *testing.T) {
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	old, _ := pair(t, l, nil)
	fd, gen := old.fd, old.gen
	old.Close()
	var c *Conn
	for c == nil || c.fd != fd {
		c, _ = pair(t, l, handlerFunc(func(*Conn, Why) { t.Error("stale event delivered") }))
	}
	c.Park(0)
	l.dispatch(&unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLHUP, Fd: fd, Pad: int32(gen)})
	if c.HasInput() || c.PeerClosed() {
		t.Error("stale event changed the new connection")
	}
	l.close()
}

func TestShortReadNeedsNoProbe(t *testing.T) {
	l := startLoop(t)
	c, peer := pair(t, l, nil)
	defer c.Close()
	peer.Write([]byte("hello"))
	buf := make([]byte, 16)
	if n, err := c.Read(buf); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	if c.HasInput() {
		t.Error("a short read leaves the connection readable")
	}
	peer.Write([]byte("hello"))
	if n, err := c.Read(buf[:5]); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	if !c.HasInput() {
		t.Error("a full read does not")
	}
}

func TestNetConnDeadline(t *testing.T) {
	l := startLoop(t)
	c, _ := pair(t, l, nil)
	defer c.Close()
	n := c.NetConn()
	ended := make(chan error, 1)
	go func() { _, err := n.Read(make([]byte, 1)); ended <- err }()
	for c.rw.Load() == nil {
		time.Sleep(time.Millisecond)
	}
	n.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	within(t, "read", func() {
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
	})
	n.SetReadDeadline(time.Time{})
	n.NoWait(true)
	if _, err := n.Read(make([]byte, 1)); err != ErrAgain {
		t.Error(err)
	}
}

func TestFullDuplex(t *testing.T) {
	l := startLoop(t)
	c, peer := pair(t, l, nil)
	const size = 3 << 20
	go io.Copy(peer, peer)
	l.Go(func() {
		if _, err := c.Write(make([]byte, size)); err != nil {
			t.Error(err)
		}
	})
	within(t, "copy", func() {
		if n, err := io.CopyN(io.Discard, c.NetConn(), size); err != nil {
			t.Error(n, err)
		}
	})
	c.Close()
}
