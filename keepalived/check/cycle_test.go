package check

import (
	"strings"
	"testing"
	"time"
)

// Attempts are written as + and -, and what follows as: u it came up, d it went
// down, . nothing, ! the next attempt is a retry. Taken from runs of keepalived.
func TestCycle(t *testing.T) {
	for _, c := range []struct {
		name    string
		retry   int
		up      bool // where it begins: false with alpha
		patient bool
		tries   string
		want    string
	}{
		{"one failure is enough before the first result", 2, true, false, "-", "d"},
		{"then retries", 2, true, false, "+---", "u!!d"},
		{"a good one forgets the bad", 2, true, false, "+--+--+---", "u!!.!!.!!d"},
		{"no retries", 0, true, false, "+-+", "udu"},
		{"down stays down", 2, true, false, "+------+", "u!!d...u"},
		{"alpha begins down", 2, false, false, "--+", "d.u"},
		{"patient from the start", 2, true, true, "---+", "!!du"},
		{"patient with alpha", 2, false, true, "-+---", "!u!!d"},
	} {
		cycle := Cycle{Retry: c.retry, RetryDelay: time.Second, Loop: time.Minute, Patient: c.patient, Standing: Standing{Up: c.up}}
		var got strings.Builder
		for _, r := range c.tries {
			v := cycle.Bad
			if r == '+' {
				v = cycle.Good
			}
			was := cycle.Standing
			switch v := v(); {
			case v.Was != was.Up || v.First == was.Ran:
				t.Errorf("%s: %+v does not tell what was: %+v", c.name, v, was)
			case v.Settled && cycle.Up:
				got.WriteByte('u')
			case v.Settled:
				got.WriteByte('d')
			case v.Wait == cycle.RetryDelay:
				got.WriteByte('!')
			default:
				got.WriteByte('.')
			}
		}
		if got.String() != c.want {
			t.Errorf("%s: %s gives %s, want %s", c.name, c.tries, &got, c.want)
		}
	}
}
