package event

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkRequest is a request on a parked connection over a socket pair, both
// ends in this process: two system calls are the client's.
func BenchmarkRequest(b *testing.B) { benchRequest(b, false) }

// BenchmarkRequestHandoff is the same when the handler gives the leadership away.
func BenchmarkRequestHandoff(b *testing.B) { benchRequest(b, true) }

func benchRequest(b *testing.B, block bool) {
	l := startLoop(b)
	done := make(chan struct{}, 1)
	buf := make([]byte, 256)
	c, peer := pair(b, l, handlerFunc(func(c *Conn, w Why) {
		n, _ := c.Read(buf)
		if block {
			Block()
		}
		c.Write(buf[:n])
		c.Park(time.Minute)
		done <- struct{}{}
	}))
	defer c.Close()
	c.Park(time.Minute)
	f := rawFD(b, peer)
	msg, got := make([]byte, 100), make([]byte, 256)
	b.ReportAllocs()
	for b.Loop() {
		unix.Write(f, msg)
		<-done
		unix.Read(f, got)
	}
}

// BenchmarkWaiter is one goroutine waking another and waiting for it.
func BenchmarkWaiter(b *testing.B) {
	var ping, pong Waiter
	stop := false
	go func() {
		for !stop {
			ping.Wait()
			pong.Wake()
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		ping.Wake()
		pong.Wait()
	}
	stop = true
	ping.Wake()
}

// BenchmarkDeadline is what a timeout costs a connection that is busy.
func BenchmarkDeadline(b *testing.B) {
	l := startLoop(b)
	c, _ := pair(b, l, handlerFunc(func(*Conn, Why) {}))
	defer c.Close()
	b.ReportAllocs()
	for b.Loop() {
		c.Park(time.Hour)
		c.rw.Store(nil)
	}
}
