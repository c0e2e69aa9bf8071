package event

import (
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Every handler waits in some way before it answers, so that the leadership
// changes hands all the time while clients come and go.
func TestHammerHandoff(t *testing.T) {
	for _, procs := range []int{1, 2, 4} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			l := startLoop(t)
			upstream := serve(t, l, echo{time.Minute})
			var served atomic.Int64
			h := handlerFunc(func(c *Conn, why Why) {
				var buf [64]byte
				n, again, err := c.TryRead(buf[:])
				switch {
				case again:
					c.Park(time.Minute)
					return
				case err != nil || why != Readable:
					c.Close()
					return
				}
				switch rand.IntN(6) {
				case 0:
					Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
				case 1:
					var w Waiter
					l.Go(w.Wake)
					w.Wait()
				case 2:
					Block()
					runtime.Gosched()
				case 3:
					u, err := l.Dial("tcp", upstream, "", 10*time.Second)
					if err != nil {
						t.Error(err)
						break
					}
					u.Write(buf[:n])
					m, err := io.ReadFull(u.NetConn(), buf[:n])
					if m != n || err != nil {
						t.Error(m, err)
					}
					u.Close()
				case 4:
					var w Waiter
					w.WaitTimeout(time.Duration(rand.IntN(300)) * time.Microsecond)
				}
				served.Add(1)
				if _, err := c.Write(buf[:n]); err != nil {
					c.Close()
					return
				}
				c.Park(time.Duration(1+rand.IntN(1000)) * time.Second)
			})
			addr := serve(t, l, h)
			var wg sync.WaitGroup
			for range 16 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					for range 5 {
						c, err := net.Dial("tcp", addr)
						if err != nil {
							t.Error(err)
							return
						}
						for range 20 {
							exchange(t, c, "0123456789")
						}
						c.Close()
					}
				}()
			}
			within(t, "hammer", wg.Wait)
			if n := served.Load(); n != 16*5*20 {
				t.Errorf("served %d", n)
			}
		}()
	}
}

// Readers, writers, timeouts, interrupts and Close on the same connection at
// once: everybody comes back, and no call reaches a descriptor that has been
// reused.
func TestHammerClose(t *testing.T) {
	l := startLoop(t)
	for range 300 {
		c, peer := pair(t, l, nil)
		c.SetReadTimeout(time.Duration(rand.IntN(400)) * time.Microsecond)
		var wg sync.WaitGroup
		for _, f := range []func(){
			func() {
				for {
					if _, err := c.Read(make([]byte, 100)); err == net.ErrClosed || err == io.EOF {
						return
					}
				}
			},
			func() {
				for {
					if _, err := c.Write(make([]byte, 100000)); err != nil && err != ErrInterrupted {
						return
					}
				}
			},
			func() {
				for range 20 {
					c.Interrupt()
					peer.Write([]byte("x"))
				}
			},
			func() {
				time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond)
				c.Close()
			},
		} {
			wg.Add(1)
			go func() { defer wg.Done(); f() }()
		}
		within(t, "close", wg.Wait)
		peer.Close()
	}
	if n := l.Conns(); n != 0 {
		t.Errorf("%d connections left", n)
	}
}

// Parked connections that are written to, time out and are stopped at the same
// time: the handler owns the connection alone.
func TestHammerPark(t *testing.T) {
	l := startLoop(t)
	var wg sync.WaitGroup
	for range 20 {
		var owners atomic.Int32
		wg.Add(1)
		left := 200
		h := handlerFunc(func(c *Conn, why Why) {
			if owners.Add(1) != 1 {
				t.Error("two owners")
			}
			var b [8]byte
			c.TryRead(b[:])
			left--
			last := left == 0
			owners.Add(-1)
			if last {
				c.Close()
				wg.Done()
				return
			}
			c.Park(time.Duration(1+rand.IntN(200)) * time.Microsecond)
		})
		c, peer := pair(t, l, h)
		go func() {
			for {
				if _, err := peer.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(100 * time.Microsecond)
			}
		}()
		c.Park(time.Millisecond)
	}
	within(t, "park", wg.Wait)
}
