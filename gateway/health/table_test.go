package health

import (
	"sync"
	"sync/atomic"
	"testing"

	"moongate/engine/zone/zonetest"
)

func newTable(t testing.TB) *Table {
	t.Helper()
	return NewTable(zonetest.Dict(t, 1<<20))
}

// Each letter is an event, and stands before what has become of the address: "." for
// healthy, "!" for unhealthy.
func TestRecord(t *testing.T) {
	of := map[rune]Event{'g': Success, 'b': HTTPFailure, 't': TCPFailure, 'l': Timeout, '-': Nothing}
	limits := Limits{Success: 2, HTTPFailure: 3, TCPFailure: 2, Timeout: 1}
	for _, x := range []struct {
		name   string
		limits Limits
		steps  string
	}{
		{"bad answers in a row", limits, "b.b.b!"},
		{"a good one begins anew", limits, "b.b.g.b.b.b!"},
		{"kinds are counted apart", limits, "b.b.t.-.t!"},
		{"one timeout", limits, "l!"},
		{"good ones in a row heal", limits, "l!g!g."},
		{"a failure among them", limits, "l!g!b!g!g."},
		{"what was counted before is gone", limits, "b.b.l!g!g.b.b.b!"},
		{"passive only: it stays", Limits{HTTPFailure: 1}, "b!g!g!g!b!"},
		{"good ones clear, also when they heal nothing", Limits{HTTPFailure: 2}, "b.g.b.b!"},
		{"switched off", Limits{Success: 1, Timeout: 1}, "b.b.t.t.l!"},
	} {
		table := newTable(t)
		var e Event
		was := true
		for _, c := range x.steps {
			switch c {
			case '.', '!':
				s, err := table.Count("k", e, &x.limits)
				if err != nil || e != Nothing && (s.Healthy != (c == '.') || s.Turned != (s.Healthy != was)) {
					t.Errorf("%s, %s: %+v %v", x.name, x.steps, s, err)
				}
				if e != Nothing {
					was = s.Healthy
				}
				if table.Healthy("k") != was {
					t.Errorf("%s: the table says %v", x.name, !was)
				}
			default:
				e = of[c]
			}
		}
	}
}

func TestSet(t *testing.T) {
	table := newTable(t)
	if s, err := table.Set("k", false); err != nil || s.Healthy || !s.Turned || table.Healthy("k") || table.Blank() {
		t.Errorf("%+v %v", s, err)
	}
	if s, _ := table.Set("k", false); s.Turned {
		t.Error("it has turned twice")
	}
	if s, _ := table.Set("k", true); !s.Turned || !table.Blank() {
		t.Errorf("%+v: what is well takes memory", s)
	}
	table.Set("k", false)
	if table.Forget("k"); !table.Healthy("k") || !table.Blank() {
		t.Error("not forgotten")
	}
}

// Of failures that are counted at the same time just one makes the address turn, and just
// the limit is needed.
func TestHammerCount(t *testing.T) {
	table := newTable(t)
	limits := Limits{Success: 1, HTTPFailure: 50}
	for round := range 20 {
		var turns atomic.Int32
		var all sync.WaitGroup
		count := func(n int) {
			for range n {
				all.Go(func() {
					if s, err := table.Count("k", HTTPFailure, &limits); err != nil {
						t.Error(err)
					} else if s.Turned {
						turns.Add(1)
					}
				})
			}
			all.Wait()
		}
		if count(49); turns.Load() != 0 {
			t.Fatalf("round %d: turned too early", round)
		}
		if count(10); turns.Load() != 1 {
			t.Fatalf("round %d: turned %d times", round, turns.Load())
		}
		table.Count("k", Success, &limits)
	}
}

// A good answer of a target that is well costs one read of shared memory.
func BenchmarkGood(b *testing.B) {
	table, limits := newTable(b), &Limits{HTTPFailure: 3}
	for b.Loop() {
		table.Count("k", Success, limits)
	}
}

func TestSweep(t *testing.T) {
	table := newTable(t)
	all := []string{Key("u1", "a.test:80", "10.0.0.1:80"), Key("u1", "a.test:80", "[::1]:80"), Key("u1", "gone.test:80", "10.0.0.2:80"), Key("gone", "a.test:80", "10.0.0.1:80")}
	for _, key := range all {
		if _, err := table.Set(key, false); err != nil {
			t.Fatal(err)
		}
	}
	table.Sweep(func(upstream, target string) bool { return upstream == "u1" && target == "a.test:80" })
	for i, key := range all {
		if table.Healthy(key) != (i > 1) {
			t.Errorf("%s is healthy: %v", key, i <= 1)
		}
	}
}
