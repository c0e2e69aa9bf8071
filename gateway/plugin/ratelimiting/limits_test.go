package ratelimiting

import (
	"fmt"
	"strings"
	"testing"
)

// Each step is a time in milliseconds and what becomes of a request then: "+" or "-", and
// for each window how many remain, the seconds until the reset and until one fits.
func TestTake(t *testing.T) {
	const second, minute = 0, 1
	for _, c := range []struct {
		name  string
		how   strategy
		of    map[int]float64
		burst float64
		steps string
	}{
		{"fixed", fixed, map[int]float64{minute: 2}, 0, "1000+1/59/59 59000+0/1/1 59999-0/1/1 60000+1/60/60 180500+1/60/60"},
		{"a refusal by one window is not counted by the other", fixed, map[int]float64{second: 1, minute: 3}, 0,
			"0+0/1/1,2/60/60 1-0/1/1,2/60/60 2-0/1/1,2/60/60 1000+0/1/1,1/59/59 2000+0/1/1,0/58/58 3000-1/1/1,0/57/57"},
		{"sliding: half of the last window counts", sliding, map[int]float64{minute: 4}, 0,
			"0+3/60/1 1+2/60/1 2+1/60/1 3+0/60/75 4-0/60/75 60000-0/60/15 75000+0/45/15 89999-0/31/1 90000+0/30/15 240000+3/60/1"},
		{"gcra: a burst, then an even rate", gcra, map[int]float64{minute: 6}, 2,
			"0+1/10/1 0+0/20/10 0-0/20/10 9999-0/11/1 10000+0/20/10 30000+1/10/1 31000+0/19/9"},
		{"gcra: the whole limit at once", gcra, map[int]float64{second: 3}, 0,
			"0+2/1/1 0+1/1/1 0+0/1/1 333-0/1/1 334+0/1/1"},
		{"a limit that is no whole number is Kong's: the next one", fixed, map[int]float64{second: 1.5}, 0, "0+1/1/1 0+0/1/1 0-0/1/1"},
	} {
		var of [units]float64
		for u, n := range c.of {
			of[u] = n
		}
		l := newLimits(c.how, of, c.burst)
		mem := make([]byte, l.size())
		for i, step := range strings.Fields(c.steps) {
			at := strings.IndexAny(step, "+-")
			var ms int64
			fmt.Sscan(step[:at], &ms)
			var v verdict
			l.take(mem, ms*1000, &v)
			got := "-"
			if v.allowed {
				got = "+"
			}
			for k := range l.windows {
				if k > 0 {
					got += ","
				}
				got += fmt.Sprintf("%d/%d/%d", v.remaining[k], v.reset[k], v.after[k])
			}
			if got != step[at:] {
				t.Errorf("%s, step %d: %s at %d ms, want %s", c.name, i, got, ms, step[at:])
			}
		}
	}
}

// Windows of months and years begin with those of the calendar.
func TestCalendar(t *testing.T) {
	const day = 86400 * 1000000
	for _, c := range []struct{ unit, now, want int64 }{
		{0, 1999999, 1000000}, {3, 5*day + 7, 5 * day}, {4, 31*day - 1, 0}, {4, 31 * day, 31 * day}, {4, 58 * day, 31 * day},
		{5, 364 * day, 0}, {5, 365 * day, 365 * day},
	} {
		if got := unit(c.unit).begin(c.now); got != c.want {
			t.Errorf("%s of %d begins at %d, want %d", keys[c.unit], c.now, got, c.want)
		}
	}
}
