package release

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Guard says when a candidate is so bad that it must be rolled back. A limit that is nil is none.
type Guard struct {
	Window    time.Duration // that the counts are of: for the reason's text
	Requests  uint64        // of the candidate, and of the baseline where it is compared: with fewer nothing is decided
	ErrorRate *float64      // per cent
	P95       *time.Duration
	Margin    *float64       // percentage points that the candidate's error rate may lie above the baseline's
	P95Margin *time.Duration // that its p95 may lie above the baseline's
}

// Check gives the reason for a roll back, or "". baseline may be nil where no margin is set.
func (g *Guard) Check(candidate, baseline *Counts) (reason string) {
	n := candidate.Requests
	if n == 0 || n < g.Requests {
		return ""
	}
	over := fmt.Sprintf("over %s (%d requests", window(g.Window), n)
	rate := candidate.ErrorRate()
	if g.ErrorRate != nil && rate > *g.ErrorRate {
		return fmt.Sprintf("error rate %s %% above %s %% %s)", above(rate, *g.ErrorRate), number(*g.ErrorRate), over)
	}
	if g.P95 != nil {
		if p95 := candidate.Quantile(0.95); p95 > *g.P95 {
			return fmt.Sprintf("p95 latency %s ms above %s ms %s)", above(ms(p95), ms(*g.P95)), number(ms(*g.P95)), over)
		}
	}
	if baseline == nil || baseline.Requests == 0 || baseline.Requests < g.Requests {
		return ""
	}
	if g.Margin != nil {
		if usual := baseline.ErrorRate(); rate > usual+*g.Margin {
			return fmt.Sprintf("error rate %s %% more than %s points above the baseline's %s %% %s, %d of the baseline)",
				above(rate, usual+*g.Margin), number(*g.Margin), strconv.FormatFloat(usual, 'f', 1, 64), over, baseline.Requests)
		}
	}
	if g.P95Margin != nil {
		usual, p95 := baseline.Quantile(0.95), candidate.Quantile(0.95)
		if limit := usual + *g.P95Margin; p95 > limit {
			return fmt.Sprintf("p95 latency %s ms more than %s ms above the baseline's %s ms %s, %d of the baseline)",
				above(ms(p95), ms(limit)), number(ms(*g.P95Margin)), strconv.FormatFloat(ms(usual), 'f', 1, 64), over, baseline.Requests)
		}
	}
	return ""
}

// window is 60 s, 5 min: seconds up to two minutes.
func window(d time.Duration) string {
	if d > 2*time.Minute && d%time.Minute == 0 {
		return strconv.Itoa(int(d/time.Minute)) + " min"
	}
	return number(d.Seconds()) + " s"
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// number is as short as may be.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// above is f with one decimal, or as many as it takes to look greater than the limit.
func above(f, limit float64) string {
	for digits := 1; digits < 6; digits++ {
		s := strconv.FormatFloat(f, 'f', digits, 64)
		if shown, _ := strconv.ParseFloat(s, 64); shown > limit {
			if digits == 1 {
				s = strings.TrimSuffix(s, ".0")
			}
			return s
		}
	}
	return number(f)
}
