package active

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"moongate/engine/zone/zonetest"
	"moongate/gateway/entity"
	"moongate/gateway/health"
)

// rig is a checker with a clock that only goes on when all wait, and targets that answer
// as the test says.
type rig struct {
	Checker
	mu    sync.Mutex
	dead  map[string]bool
	asked map[string][]time.Duration // when, since the start
	now   int                        // under way
	most  int
	took  time.Duration
	turns []string
}

func newRig(t *testing.T, table *health.Table) *rig {
	began := time.Now()
	r := &rig{dead: map[string]bool{}, asked: map[string][]time.Duration{}}
	r.Table = table
	r.Log = func(text string) { t.Error(text) }
	r.Turned = func(p *Place, healthy bool, reason string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.turns = append(r.turns, fmt.Sprintf("%s %v %s", p.Target, healthy, reason))
	}
	r.ask = func(q *probe, ctx context.Context) Answer {
		name := q.place.Target
		r.mu.Lock()
		r.asked[name] = append(r.asked[name], time.Since(began))
		r.now++
		r.most = max(r.most, r.now)
		dead, took := r.dead[name], r.took
		r.mu.Unlock()
		select {
		case <-time.After(took):
		case <-ctx.Done():
		}
		r.mu.Lock()
		r.now--
		r.mu.Unlock()
		if dead {
			return Answer{health.TCPFailure, "refused"}
		}
		return Answer{health.Success, "200"}
	}
	return r
}

func (r *rig) set(ctx context.Context, active entity.ActiveCheck, names ...string) {
	u := Upstream{ID: "u"}
	u.Checks.Active = active
	for i, n := range names {
		u.Places = append(u.Places, Place{"u", n, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 80), n})
	}
	r.Set(ctx, []Upstream{u})
}

func (r *rig) times(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.asked[name])
}

// pass lets time go by, and all come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func every(healthy, unhealthy float64) (a entity.ActiveCheck) {
	a.Type, a.Timeout, a.Concurrency = "tcp", 1, 10
	a.Healthy.Interval, a.Healthy.Successes = healthy, 2
	a.Unhealthy.Interval, a.Unhealthy.TCPFailures = unhealthy, 3
	return a
}

func TestIntervals(t *testing.T) {
	table := newTable(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := newRig(t, table)
		r.set(ctx, every(10, 1), "a")
		pass(100 * time.Second)
		if n := r.times("a"); n < 9 || n > 12 {
			t.Errorf("asked %d times in 100 s, every 10", n)
		}
		r.mu.Lock()
		r.dead["a"] = true
		r.mu.Unlock()
		pass(40 * time.Second)
		if len(r.turns) != 1 || r.turns[0] != "a false active check: 3 failed connections, the last one: refused" {
			t.Errorf("%q", r.turns)
		}
		n := r.times("a")
		pass(10 * time.Second)
		if n = r.times("a") - n; n < 8 || n > 12 {
			t.Errorf("unhealthy: asked %d times in 10 s, every second", n)
		}
		r.mu.Lock()
		r.dead["a"] = false
		r.mu.Unlock()
		pass(4 * time.Second)
		if len(r.turns) != 2 || r.turns[1] != "a true active check: 2 good answers, the last one: 200" {
			t.Errorf("%q", r.turns)
		}
	})
}

// Without an interval for its state an address is not asked; another's word changes that.
func TestWake(t *testing.T) {
	table := newTable(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := newRig(t, table)
		r.set(ctx, every(0, 1), "a")
		pass(time.Minute)
		if n := r.times("a"); n != 0 {
			t.Errorf("asked %d times while it was healthy", n)
		}
		key := health.Key("u", "a", "10.0.0.0:80")
		table.Set(key, false)
		r.Wake("u", key)
		pass(3 * time.Second)
		if len(r.turns) != 1 || !table.Healthy(key) {
			t.Errorf("it did not heal: %q", r.turns)
		}
		n := r.times("a")
		pass(time.Minute)
		if r.times("a") != n {
			t.Error("it is asked on and on")
		}
	})
}

// Many addresses are not asked all at once: neither by the clock, nor when they are slow.
func TestNoBurst(t *testing.T) {
	table := newTable(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := newRig(t, table)
		var names []string
		for i := range 1000 {
			names = append(names, fmt.Sprint("t", i))
		}
		r.took = 5 * time.Millisecond
		r.set(ctx, every(10, 0), names...)
		pass(11 * time.Second)
		by := map[time.Duration]int{}
		for _, n := range names {
			if len(r.asked[n]) == 0 {
				t.Fatalf("%s was not asked", n)
			}
			by[r.asked[n][0].Truncate(time.Second)]++
		}
		for s, n := range by {
			if n > 200 {
				t.Errorf("%d of 1000 were asked in the second of %s", n, s)
			}
		}
		if r.most > 10 {
			t.Errorf("%d at once, 10 are allowed", r.most)
		}
		r.mu.Lock()
		r.took, r.most = 3*time.Second, 0
		r.mu.Unlock()
		if pass(20 * time.Second); r.most != 10 {
			t.Errorf("%d slow ones at once, 10 are allowed", r.most)
		}
	})
}

// What is checked no longer is forgotten; what stays is not disturbed.
func TestSetAgain(t *testing.T) {
	table := newTable(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := newRig(t, table)
		r.set(ctx, every(1, 1), "a", "b")
		table.Set(health.Key("u", "b", "10.0.0.1:80"), false)
		r.set(ctx, every(1, 1), "a")
		if !table.Blank() {
			t.Error("b is remembered")
		}
		a, b := r.times("a"), r.times("b")
		pass(10 * time.Second)
		if r.times("a") < a+8 || r.times("b") > b {
			t.Errorf("a %d times, b %d times", r.times("a")-a, r.times("b")-b)
		}
		table.Set(health.Key("u", "a", "10.0.0.0:80"), false)
		if r.set(ctx, every(0, 0), "a"); table.Blank() {
			t.Error("other settings made it healthy")
		}
		if r.Set(ctx, nil); !table.Blank() {
			t.Error("an upstream that is gone is remembered")
		}
	})
}

func newTable(t *testing.T) *health.Table {
	t.Helper()
	return health.NewTable(zonetest.Dict(t, 1<<20))
}
