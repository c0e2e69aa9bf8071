package check

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
)

func exited(code int) proc.Status { return proc.Status{Exited: true, Code: code} }

// fake is a kind whose attempts end as they are told, and are noted with the time.
type fake struct {
	tcp
	start   time.Time
	results []bool
	at      []time.Duration
}

func (f *fake) try(context.Context) outcome {
	f.at = append(f.at, time.Since(f.start))
	good := f.results[0]
	if len(f.results) > 1 {
		f.results = f.results[1:]
	}
	return outcome{good: good, why: "failed"}
}

func TestTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conf := &config.Checker{Retry: 2, RetryDelay: time.Second, Loop: 10 * time.Second}
		f := &fake{tcp: tcp{c: conf, Names: names}, start: time.Now(), results: []bool{true, false, false, false, false, true, true}}
		events := make(chan Event, 10)
		c := newCheck(conf, names, f, events)
		c.Start()
		time.Sleep(45 * time.Second)
		Stop(c)
		want := []time.Duration{0, 10, 11, 12, 22, 32, 42}
		if len(f.at) != len(want) {
			t.Fatalf("attempts at %v", f.at)
		}
		for i, at := range f.at {
			if at != want[i]*time.Second {
				t.Errorf("attempt %d at %v, want %ds", i, at, want[i])
			}
		}
		if s := c.State(); !s.Up || !s.Ran || s.Due.Sub(f.start) != 52*time.Second {
			t.Errorf("%+v", s)
		}
		if len(events) != 3 { // up, down, up
			t.Errorf("%d events", len(events))
		}
	})
}

// The first attempt comes at random within the warm-up.
func TestWarmup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conf := &config.Checker{Warmup: 10 * time.Second, Loop: time.Hour}
		seen := map[time.Duration]bool{}
		for range 20 {
			f := &fake{tcp: tcp{c: conf}, start: time.Now(), results: []bool{true}}
			c := newCheck(conf, names, f, make(chan Event, 1))
			c.Start()
			time.Sleep(11 * time.Second)
			Stop(c)
			if len(f.at) != 1 || f.at[0] >= 10*time.Second {
				t.Fatalf("attempts at %v", f.at)
			}
			seen[f.at[0]] = true
		}
		if len(seen) < 10 {
			t.Errorf("only %d different times", len(seen))
		}
	})
}

// Over a reload a check keeps its result, its count of failures and the time of its
// next attempt, and says nothing.
func TestReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conf := &config.Checker{Retry: 3, RetryDelay: time.Second, Loop: 10 * time.Second, Warmup: 10 * time.Second}
		events := make(chan Event, 10)
		start := time.Now()
		old := newCheck(conf, names, &fake{tcp: tcp{c: conf}, start: start, results: []bool{true, false, false, false, false}}, events)
		old.state.Due = start
		old.Start()
		time.Sleep(12*time.Second + 500*time.Millisecond) // good at 0, bad at 10, 11, 12
		Stop(old)
		before := len(events)
		f := &fake{tcp: tcp{c: conf}, start: start, results: []bool{false}}
		c := newCheck(conf, names, f, events)
		c.Take(old)
		if s := c.State(); !s.Up || !s.Ran || s.Tries != 3 {
			t.Fatalf("%+v", s)
		}
		c.Start()
		time.Sleep(time.Second)
		Stop(c)
		if len(f.at) != 1 || f.at[0] != 13*time.Second {
			t.Errorf("attempts at %v", f.at)
		}
		if s := c.State(); s.Up || len(events) != before+1 {
			t.Errorf("%+v, %d events", s, len(events)-before)
		}
	})
}

// A check that nobody listens to can be stopped.
func TestStopWhileTelling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conf := &config.Checker{Loop: time.Second}
		c := newCheck(conf, names, &fake{tcp: tcp{c: conf}, start: time.Now(), results: []bool{false}}, make(chan Event))
		c.Start()
		synctest.Wait()
		Stop(c)
		if s := c.State(); s.Up || !s.Ran {
			t.Errorf("what it found is lost: %+v", s)
		}
	})
}
