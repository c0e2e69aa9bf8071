package ratelimiting

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/zone/zonetest"
	"moongate/gateway/plugin"
	"moongate/gateway/redis/redistest"
)

// node is one node's connection to Redis.
func node(t testing.TB, port int) *shared {
	t.Helper()
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	server := plugin.Redis{Host: "127.0.0.1", Port: port, Timeout: 5000}
	c := &shared{server.Client(loop)}
	t.Cleanup(func() { c.close(); loop.Stop(); <-done })
	return c
}

// storm asks 5,000 times at once, half of it of each counter, and counts who passes.
func storm(t *testing.T, l *limits, key string, counters ...counter) int64 {
	t.Helper()
	var passed atomic.Int64
	var wg sync.WaitGroup
	const askers = 50
	for i := range askers {
		wg.Go(func() {
			a := ask{limits: l, now: 1e15, key: []byte(key)}
			for range 5000 / askers {
				if err := counters[i%len(counters)].count(&a); err != nil {
					t.Error(err)
					return
				}
				if a.allowed {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return passed.Load()
}

// Of 5,000 at once just the 1,000 pass that are allowed. Two processes do the same to a
// dict in engine/zone's TestHammerUpdate.
func TestExact(t *testing.T) {
	d := zonetest.Dict(t, 1<<20)
	s := redistest.Start(t)
	one, two := node(t, s.Port), node(t, s.Port)
	for _, how := range []strategy{fixed, sliding, gcra} {
		l := newLimits(how, [units]float64{3: 1000, 5: 2000}, 0)
		if how == gcra { // what the clock of the server gives back meanwhile is not one request
			l = newLimits(how, [units]float64{5: 1000}, 0)
		}
		key := fmt.Sprint("k", how)
		if n := storm(t, l, key, local{d}, local{d}); n != 1000 {
			t.Errorf("strategy %d: %d pass", how, n)
		}
		if n := storm(t, l, key, one, two); n != 1000 {
			t.Errorf("strategy %d with Redis: %d pass", how, n)
		}
	}
}

// Redis counts as the memory of the workers does.
func TestRedisIsLocal(t *testing.T) {
	d := zonetest.Dict(t, 1<<20)
	r := node(t, redistest.Start(t).Port)
	l := newLimits(fixed, [units]float64{3, 5, 0, 20, 40, 80}, 0)
	rnd := rand.New(rand.NewPCG(1, 2))
	a, b := ask{limits: l, key: []byte("k")}, ask{limits: l, key: []byte("k")}
	now := time.Now().UnixMicro()
	for i := range 1000 {
		now += rnd.Int64N(int64(1) << rnd.IntN(42))
		a.now, b.now = now, now
		if err := (local{d}).count(&a); err != nil {
			t.Fatal(err)
		}
		if err := r.count(&b); err != nil {
			t.Fatal(err)
		}
		if a.verdict != b.verdict {
			t.Fatalf("step %d: local %+v, Redis %+v", i, a.verdict, b.verdict)
		}
	}
}

func BenchmarkLocal(b *testing.B) {
	c := local{zonetest.Dict(b, 1<<20)}
	a := ask{limits: newLimits(fixed, [units]float64{1: 1e9, 2: 1e9}, 0), now: 1e15, key: []byte("rate-limiting:some-id:fixed:minute:hour:127.0.0.1")}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.count(&a); err != nil {
			b.Fatal(err)
		}
	}
}
