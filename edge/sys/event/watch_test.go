package event

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stubborn computes, under a watch, until it is told to stop.
type stubborn struct {
	w    *Watch
	stop *atomic.Bool
	led  chan bool // whether it still led when it came out
}

func (s stubborn) Ready(c *Conn, _ Why) {
	s.w.Enter()
	for !s.stop.Load() {
		runtime.Gosched()
	}
	s.w.Leave()
	s.led <- leading() != nil
	c.Close()
}

// A handler that computes for ever doesn't keep others from being served.
func TestWatch(t *testing.T) {
	l := startLoop(t)
	var stop atomic.Bool
	var w Watch
	led := make(chan bool, 1)
	c1, a := pair(t, l, stubborn{&w, &stop, led})
	c1.Park(0)
	c2, b := pair(t, l, echo{})
	c2.Park(0)
	if _, err := a.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	for !w.Inside(func() {}) {
		runtime.Gosched()
	}
	exchange(t, b, "while the other computes")
	stop.Store(true)
	if <-led {
		t.Error("it still leads")
	}
	exchange(t, b, "and afterwards")
	if w.Inside(func() { t.Error("f was run") }) {
		t.Error("somebody is inside")
	}
}

// Short stays leave the leader alone, and the timer comes to rest.
func TestWatchRests(t *testing.T) {
	var w Watch
	for range 1000 {
		w.Enter()
		w.Leave()
	}
	within(t, "the timer's rest", func() {
		for w.armed.Load() {
			time.Sleep(time.Millisecond)
		}
	})
	w.Enter()
	if !w.armed.Load() {
		t.Error("nobody looks")
	}
	w.Leave()
}

func TestHammerWatch(t *testing.T) {
	var w Watch
	var mu sync.Mutex
	var n int
	var stop atomic.Bool
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for !stop.Load() {
				mu.Lock()
				n++
				w.Enter()
				w.Leave()
				mu.Unlock()
			}
		})
	}
	seen := 0
	for range 20000 {
		w.Inside(func() { seen = n })
	}
	stop.Store(true)
	all.Wait()
	t.Logf("%d stays, looked at until the %dth", n, seen)
}

func BenchmarkWatch(b *testing.B) {
	var w Watch
	for b.Loop() {
		w.Enter()
		w.Leave()
	}
}
