package upstream

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/resolver"
)

// runLoop runs an event loop for the length of a test.
func runLoop(t *testing.T) *event.Loop {
	t.Helper()
	l, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { l.Run(); close(done) }()
	t.Cleanup(func() { l.Stop(); <-done })
	return l
}

// echo is a peer that sends back what it gets; it counts its connections.
type echo struct {
	ln   net.Listener
	addr resolver.Address
	made atomic.Int32
	mu   sync.Mutex
	open map[net.Conn]bool
}

func newEcho(t *testing.T) *echo {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &echo{ln: ln, open: map[net.Conn]bool{}}
	ap := netip.MustParseAddrPort(ln.Addr().String())
	e.addr = resolver.Address{IP: ap, Name: ap.String()}
	t.Cleanup(func() { ln.Close(); e.hangUp() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			e.mu.Lock()
			e.open[c] = true
			e.mu.Unlock()
			e.made.Add(1)
			go io.Copy(c, c)
		}
	}()
	return e
}

// hangUp closes all connections from the peer's side.
func (e *echo) hangUp() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for c := range e.open {
		c.Close()
		delete(e.open, c)
	}
}

// waitFor waits until a condition holds that the loop brings about.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func dial(t *testing.T, l *event.Loop, e *echo) *Conn {
	t.Helper()
	c, err := Dial(l, &e.addr, &DialOptions{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	c.Requests++
	return c
}

func TestPool(t *testing.T) {
	l, e := runLoop(t), newEcho(t)
	p := NewPool(KeepAlive{Max: 2, Requests: 100, Time: time.Hour, Timeout: time.Minute})
	a, b, c := dial(t, l, e), dial(t, l, e), dial(t, l, e)
	p.Put(a, &e.addr, nil)
	p.Put(b, &e.addr, nil)
	p.Put(c, &e.addr, nil) // a has been idle longest
	if p.Idle() != 2 || !a.Event().Closed() {
		t.Errorf("%d idle, the oldest closed: %v", p.Idle(), a.Event().Closed())
	}
	if got := p.Take(&e.addr, nil); got != c {
		t.Error("the one used last comes first")
	}
	if other := e.addr; true {
		other.IP = netip.MustParseAddrPort("127.0.0.1:1")
		if p.Take(&other, nil) != nil {
			t.Error("a connection to another address")
		}
	}
	p.Put(c, &e.addr, nil)
	waitFor(t, "accepted", func() bool { return e.made.Load() == 3 })
	e.hangUp()
	waitFor(t, "closed by the peer, gone from the pool", func() bool { return p.Idle() == 0 })
	if p.Take(&e.addr, nil) != nil {
		t.Error("a closed connection is given out")
	}
}

func TestPoolLimits(t *testing.T) {
	l, e := runLoop(t), newEcho(t)
	p := NewPool(KeepAlive{Max: 2, Requests: 2, Time: time.Hour, Timeout: time.Minute, Local: true})
	c := dial(t, l, e)
	here, there := new(int), new(int)
	p.Put(c, &e.addr, here)
	if p.Take(&e.addr, there) != nil {
		t.Error("given to another location")
	}
	if p.Take(&e.addr, here) != c {
		t.Fatal("not given to its own location")
	}
	c.Requests++
	p.Put(c, &e.addr, here)
	if p.Idle() != 0 || !c.Event().Closed() {
		t.Error("kept after its last request")
	}
	old := NewPool(KeepAlive{Max: 2, Requests: 2, Time: -1, Timeout: time.Minute})
	c = dial(t, l, e)
	old.Put(c, &e.addr, nil)
	if old.Idle() != 0 {
		t.Error("kept beyond keepalive_time")
	}
	brief := NewPool(KeepAlive{Max: 2, Requests: 2, Time: time.Hour, Timeout: 10 * time.Millisecond})
	c = dial(t, l, e)
	brief.Put(c, &e.addr, nil)
	waitFor(t, "keepalive_timeout", func() bool { return brief.Idle() == 0 && c.Event().Closed() })
	closing := NewPool(KeepAlive{Max: 2, Requests: 2, Time: time.Hour, Timeout: time.Minute})
	c = dial(t, l, e)
	closing.Put(c, &e.addr, nil)
	closing.Close()
	if closing.Idle() != 0 || !c.Event().Closed() {
		t.Error("kept by a pool that is closed")
	}
}

// TestHammerPool has many requests share a small pool with a peer that hangs up
// now and then: nobody may get a connection that another one uses, and nothing may
// be lost.
func TestHammerPool(t *testing.T) {
	l, e := runLoop(t), newEcho(t)
	p := NewPool(KeepAlive{Max: 8, Requests: 50, Time: time.Hour, Timeout: time.Second})
	const workers, rounds = 24, 150
	var done sync.WaitGroup
	var inUse sync.Map
	var hangUps atomic.Int32
	for w := range workers {
		done.Add(1)
		l.Go(func() {
			defer done.Done()
			for i := range rounds {
				c := p.Take(&e.addr, nil)
				if c == nil {
					var err error
					if c, err = Dial(l, &e.addr, &DialOptions{Timeout: time.Second}); err != nil {
						continue
					}
				}
				if _, other := inUse.LoadOrStore(c, w); other {
					t.Error("a connection is in use twice")
				}
				c.Requests++
				msg := []byte{byte(w), byte(i), 3, 4}
				got := make([]byte, 4)
				c.Event().SetReadTimeout(2 * time.Second)
				n := 0
				_, err := c.Write(msg)
				for err == nil && n < 4 {
					var m int
					m, err = c.Read(got[n:])
					n += m
				}
				inUse.Delete(c)
				switch {
				case err != nil:
					c.Close(false)
				case string(got) != string(msg):
					t.Errorf("sent %v, got %v", msg, got)
					c.Close(false)
				default:
					p.Put(c, &e.addr, nil)
				}
				if w == 0 && i%50 == 49 {
					hangUps.Add(1)
					e.hangUp()
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() { done.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("stuck")
	}
	if p.Idle() > 8 {
		t.Errorf("%d idle connections, 8 allowed", p.Idle())
	}
	p.Close()
	waitFor(t, "all connections closed", func() bool { return l.Conns() <= 1 })
}
