package event

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestAfterFunc(t *testing.T) {
	l := startLoop(t)
	start := time.Now()
	fired := make(chan time.Duration, 10)
	note := func() { fired <- time.Since(start) }
	l.AfterFunc(40*time.Millisecond, note)
	l.AfterFunc(10*time.Millisecond, note)
	stopped := l.AfterFunc(20*time.Millisecond, note)
	if !stopped.Stop() || stopped.Stop() {
		t.Error("Stop")
	}
	later := l.AfterFunc(5*time.Millisecond, note)
	if !later.Reset(70 * time.Millisecond) {
		t.Error("Reset")
	}
	for _, want := range []time.Duration{10, 40, 70} {
		during(t, <-fired, want*time.Millisecond)
	}
	if later.Stop() {
		t.Error("stopped after it fired")
	}
	later.Reset(time.Millisecond)
	<-fired
}

// The heap keeps its order and its marks under every kind of change.
func TestHeap(t *testing.T) {
	ts := &timers{loop: &Loop{}}
	live := map[*parker]int64{}
	check := func() {
		if len(ts.heap) != len(live) {
			t.Fatalf("%d entries, want %d", len(ts.heap), len(live))
		}
		for i, it := range ts.heap {
			p := it.o.(*parker)
			if int(p.slot.idx) != i || p.slot.when.Load() != it.when || live[p] != it.when {
				t.Fatalf("entry %d is marked %d, %d", i, p.slot.idx, p.slot.when.Load())
			}
			if i > 0 && ts.heap[(i-1)/4].when > it.when {
				t.Fatalf("entry %d is before its parent", i)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		switch r.IntN(3) {
		case 0:
			p := new(parker)
			live[p] = 1 + r.Int64N(1000)
			ts.put(p, &p.slot, live[p])
		case 1:
			for p, w := range live {
				if w > 1 {
					live[p] = 1 + r.Int64N(w-1)
					ts.put(p, &p.slot, live[p])
				}
				break
			}
		case 2:
			for p := range live {
				ts.disarm(&p.slot)
				delete(live, p)
				break
			}
		}
		check()
	}
}

func TestWaiter(t *testing.T) {
	l := startLoop(t)
	var w Waiter
	w.Wake()
	w.Wake()
	w.Wait()
	start := time.Now()
	if w.WaitTimeout(20 * time.Millisecond) {
		t.Error("two wakes counted as two")
	}
	during(t, time.Since(start), 20*time.Millisecond)
	w.Wake()
	w.Reset()
	if w.WaitTimeout(time.Millisecond) || w.WaitTimeout(0) {
		t.Error("Reset does not forget")
	}
	l.Go(w.Wake)
	if !w.WaitTimeout(10 * time.Second) {
		t.Error("not woken")
	}
}

func TestWaiterWithoutLoop(t *testing.T) {
	var w Waiter
	if w.waitAlone(time.Millisecond) {
		t.Error("woken by nobody")
	}
	go w.Wake()
	if !w.waitAlone(10 * time.Second) {
		t.Error("not woken")
	}
	Sleep(time.Millisecond)
	Block()
}

func TestSleep(t *testing.T) {
	l := startLoop(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Add(1)
		d := time.Duration(i*3) * time.Millisecond
		l.Go(func() {
			defer wg.Done()
			start := time.Now()
			Sleep(d)
			during(t, time.Since(start), d)
		})
	}
	wg.Wait()
}

// A Wake and a timeout at the same time: one of them counts, nothing is lost
// and nothing is left for the next wait.
func TestHammerWaiter(t *testing.T) {
	startLoop(t)
	var w Waiter
	var wakes, got atomic.Int64
	for range 500 {
		d := time.Duration(rand.IntN(60)) * time.Microsecond
		done := make(chan struct{})
		go func() {
			time.Sleep(time.Duration(rand.IntN(60)) * time.Microsecond)
			w.Wake()
			wakes.Add(1)
			close(done)
		}()
		if w.WaitTimeout(d) {
			got.Add(1)
		} else {
			w.Wait()
			got.Add(1)
		}
		<-done
	}
	if wakes.Load() != got.Load() {
		t.Errorf("%d wakes, %d seen", wakes.Load(), got.Load())
	}
}

func TestNow(t *testing.T) {
	UpdateTime()
	if d := time.Since(Now()); d < 0 || d > time.Second {
		t.Errorf("off by %v", d)
	}
	m := Mono()
	time.Sleep(time.Millisecond)
	if Mono() != m {
		t.Log("another loop read the clock")
	}
	UpdateTime()
	if Mono() <= m {
		t.Error("the clock stands")
	}
}
