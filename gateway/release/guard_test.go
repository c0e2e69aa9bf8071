package release

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestRamp(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := Ramp{{1000, 10 * time.Minute}, {5000, time.Hour}, {All, 0}}
	if err := r.Check(); err != nil || r.Length() != 70*time.Minute {
		t.Error(err, r.Length())
	}
	for after, want := range map[time.Duration]struct {
		share Share
		step  int
		due   time.Duration // 0 is never
	}{
		-time.Second:       {0, -1, 0},
		0:                  {1000, 0, 10 * time.Minute},
		10*time.Minute - 1: {1000, 0, 10 * time.Minute},
		10 * time.Minute:   {5000, 1, 70 * time.Minute},
		70 * time.Minute:   {All, 2, 0},
		100000 * time.Hour: {All, 2, 0},
	} {
		share, step, due := r.At(start, start.Add(after))
		wantDue := time.Time{}
		switch {
		case after < 0:
			wantDue = start
		case want.due > 0:
			wantDue = start.Add(want.due)
		}
		if share != want.share || step != want.step || !due.Equal(wantDue) {
			t.Errorf("after %s: %s, step %d, due %s", after, share, step, due)
		}
	}
	if share, step, _ := (Ramp{}).At(start, start); share != 0 || step != -1 {
		t.Error("no steps", share, step)
	}
	for want, bad := range map[string]Ramp{
		"a ramp needs a step":                 {},
		"/0: 100.01 % is not from 0 to 100 %": {{All + 1, 0}},
		"/1: 1 % is less than the step before, 2.5 %: clients would move back": {{250, time.Minute}, {100, 0}},
		"/0: only the last step may have no duration":                          {{1, 0}, {2, 0}},
		"/1: a negative duration":                                              {{1, 1}, {2, -1}},
	} {
		if err := bad.Check(); err == nil || err.Error() != want {
			t.Error(err)
		}
	}
}

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{0: "0 %", 100: "100 %", 12.5: "12.5 %", 0.01: "0.01 %", 33.333: "33.33 %", 99.99: "99.99 %", 10: "10 %"} {
		if s, err := Percent(p); err != nil || s.String() != want {
			t.Error(p, s, err)
		}
	}
	nan := 0.0
	for _, p := range []float64{-0.1, 100.1, nan / nan} {
		if _, err := Percent(p); err == nil {
			t.Error(p, "is taken")
		}
	}
}

// Quantiles are within 5 % of those of the sorted list, for any spread of latencies.
func TestQuantile(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for name, draw := range map[string]func() time.Duration{
		"even":        func() time.Duration { return time.Duration(rnd.Int64N(int64(time.Second))) },
		"exponential": func() time.Duration { return time.Duration(rnd.ExpFloat64() * float64(20*time.Millisecond)) },
		"two humps": func() time.Duration {
			return time.Duration(float64(2*time.Millisecond)*(1+rnd.Float64())) + time.Duration(rnd.IntN(20)/18)*time.Second
		},
		"microseconds": func() time.Duration { return time.Duration(20+rnd.IntN(100)) * time.Microsecond },
		"minutes":      func() time.Duration { return time.Duration(rnd.Int64N(int64(4 * time.Minute))) },
	} {
		var a, b Counts
		var all []time.Duration
		for i := range 20_000 {
			d := draw()
			all = append(all, d)
			if i%3 == 0 {
				a.Add(d, false)
			} else {
				b.Add(d, false)
			}
		}
		a.Merge(&b)
		slices.Sort(all)
		for _, q := range []float64{0.5, 0.95, 0.99, 1} {
			want := all[int(q*float64(len(all)))-1]
			if got := a.Quantile(q); float64(got) < 0.95*float64(want) || float64(got) > 1.05*float64(want) {
				t.Errorf("%s: quantile %v is %s, want %s", name, q, got, want)
			}
		}
	}
	var c Counts
	c.Add(-time.Second, false)
	if c.Quantile(0.95) != 0 || (&Counts{}).Quantile(0.95) != 0 {
		t.Error("nothing is not 0")
	}
	c.Add(time.Hour, true)
	if got := c.Quantile(1); got < 4*time.Minute {
		t.Errorf("an hour is %s", got)
	}
}

func TestBucketsHaveNoGaps(t *testing.T) {
	last := 0
	for us := range 1 << 16 {
		b := Bucket(time.Duration(us) * time.Microsecond)
		if b != last && b != last+1 {
			t.Fatalf("%d µs is in bucket %d, the one before in %d", us, b, last)
		}
		if m := middle(b); Bucket(m) != b {
			t.Fatalf("the middle of bucket %d, %s, is in bucket %d", b, m, Bucket(m))
		}
		last = b
	}
}

func TestWindow(t *testing.T) {
	w := NewWindow(time.Minute)
	t0 := time.Unix(1_800_000_000, 0)
	sum := func(at time.Time) (c Counts) { w.Sum(at, &c); return c }
	for s := range 120 {
		w.Add(t0.Add(time.Duration(s)*time.Second), time.Millisecond, s%2 == 0)
	}
	// The part of five seconds that has just ended and the eleven before it.
	if c := sum(t0.Add(119 * time.Second)); c.Requests != 60 || c.Errors != 30 || c.Latency[Bucket(time.Millisecond)] != 60 {
		t.Errorf("%d requests, %d errors", c.Requests, c.Errors)
	}
	if c := sum(t0.Add(121 * time.Second)); c.Requests != 55 {
		t.Errorf("%d requests", c.Requests)
	}
	if c := sum(t0.Add(175 * time.Second)); c.Requests != 0 {
		t.Errorf("%d requests are never forgotten", c.Requests)
	}
	w.Add(t0.Add(60*time.Second), 0, false) // the clock was put back
	if c := sum(t0.Add(119 * time.Second)); c.Requests != 61 {
		t.Errorf("%d requests after the clock was put back", c.Requests)
	}
	if n := testing.AllocsPerRun(100, func() { w.Add(t0, 0, true) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestHammerWindow(t *testing.T) {
	w := NewWindow(time.Minute)
	now := time.Unix(1_800_000_000, 0)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 1000 {
				w.Add(now, time.Millisecond, i%10 == 0)
				if i%100 == 0 {
					w.Sum(now, &Counts{})
				}
			}
		})
	}
	wg.Wait()
	var c Counts
	if w.Sum(now, &c); c.Requests != 4000 || c.Errors != 400 {
		t.Errorf("%d requests, %d errors", c.Requests, c.Errors)
	}
}

func counts(requests, errors int, took time.Duration) *Counts {
	var c Counts
	for i := range requests {
		c.Add(took, i < errors)
	}
	return &c
}

func TestGuard(t *testing.T) {
	g := Guard{Window: time.Minute, Requests: 100, ErrorRate: new(5.0), P95: new(500 * time.Millisecond), Margin: new(2.0)}
	for _, c := range []struct {
		candidate, baseline *Counts
		want                string
	}{
		{&Counts{}, nil, ""},
		{counts(99, 99, time.Minute), counts(1000, 0, 0), ""}, // too few to say
		{counts(100, 5, 0), nil, ""},
		{counts(131, 16, time.Minute), nil, "error rate 12.2 % above 5 % over 60 s (131 requests)"},
		{counts(100, 6, 0), nil, "error rate 6 % above 5 % over 60 s (100 requests)"},
		{counts(100_000, 5001, 0), nil, "error rate 5.001 % above 5 % over 60 s (100000 requests)"},
		{counts(200, 0, 800*time.Millisecond), nil, "p95 latency 802.8 ms above 500 ms over 60 s (200 requests)"},
		{counts(200, 0, 400*time.Millisecond), nil, ""},
		{counts(100, 4, 0), counts(99, 0, 0), ""}, // too few of the baseline
		{counts(100, 4, 0), counts(1000, 20, 0), ""},
		{counts(100, 4, 0), counts(1000, 10, 0), "error rate 4 % more than 2 points above the baseline's 1.0 % over 60 s (100 requests, 1000 of the baseline)"},
	} {
		if got := g.Check(c.candidate, c.baseline); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got := (&Guard{Window: time.Minute, ErrorRate: new(0.0)}).Check(counts(1000, 1, 0), nil); got != "error rate 0.1 % above 0 % over 60 s (1000 requests)" {
		t.Error(got)
	}
	slower := Guard{Window: time.Minute, Requests: 100, P95Margin: new(50 * time.Millisecond)}
	if got := slower.Check(counts(200, 0, 400*time.Millisecond), counts(200, 0, 100*time.Millisecond)); got != "p95 latency 401.4 ms more than 50 ms above the baseline's 100.4 ms over 60 s (200 requests, 200 of the baseline)" {
		t.Error(got)
	}
	for _, usual := range []*Counts{nil, counts(99, 0, 0), counts(200, 0, 380*time.Millisecond)} {
		if got := slower.Check(counts(200, 0, 400*time.Millisecond), usual); got != "" {
			t.Error(got)
		}
	}
	off := Guard{Window: 5 * time.Minute}
	if got := off.Check(counts(10, 10, time.Hour), counts(10, 0, 0)); got != "" {
		t.Error(got)
	}
	off.ErrorRate = new(1.5)
	if got := off.Check(counts(10, 10, 0), nil); got != "error rate 100 % above 1.5 % over 5 min (10 requests)" {
		t.Error(got)
	}
}
