package circuitbreaker

import (
	"fmt"
	"strings"
	"testing"
)

// walk takes a breaker through steps at a clock of the test's: "+500" lets milliseconds go
// by, "ask" asks, "good", "bad" and "slow" end a request that was let through when the
// breaker was closed, "?good" and so on one of the few that were let through half-open,
// "back" gives one back. What comes of it stands behind the equals sign.
func walk(t *testing.T, r rule, steps string) {
	t.Helper()
	s, now := make(state, stateSize), int64(1<<40)
	for k, step := range strings.Fields(steps) {
		verb, want, _ := strings.Cut(step, "=")
		got := ""
		switch {
		case strings.HasPrefix(verb, "+"):
			var ms int64
			fmt.Sscan(verb[1:], &ms)
			now += ms
		case verb == "ask":
			switch l := s.ask(&r, now); {
			case l.probe:
				got = "few"
			case l.ok:
				got = "yes"
			default:
				got = fmt.Sprint("wait", l.wait)
			}
		case verb == "back":
			s.back()
		default:
			how := strings.TrimPrefix(verb, "?")
			if s.end(&r, now, how != verb, how == "bad", how == "slow") {
				got = []string{"closed", "opened", "half"}[s.get(wordState)]
			}
		}
		if got != want {
			t.Errorf("step %d of %q: %s is %q, want %q", k, steps, verb, got, want)
		}
	}
}

func TestBreaker(t *testing.T) {
	rates := rule{window: 1000, open: 500, least: 4, failures: 50, halfOpen: 2}
	walk(t, rates, "ask=yes bad bad bad good=opened ask=wait500 +300 ask=wait200")
	walk(t, rates, "bad bad bad +1100 bad good good good good good ask=yes")              // the window has gone by
	walk(t, rates, "bad good good good good bad bad bad=opened")                          // half of all
	walk(t, rates, "good good good bad good bad good bad good good bad ask=yes")          // less than half
	walk(t, rates, "good good bad bad=opened bad bad good +500 ask=few bad good ask=few") // those that began before do not count
	walk(t, rates, "good good bad bad=opened +500 ask=few ask=few ask=wait500 ?good ?good=closed ask=yes bad bad bad ask=yes")
	walk(t, rates, "good good bad bad=opened +500 ask=few ask=few ?good ?bad=opened ask=wait500")
	walk(t, rates, "good good bad bad=opened +500 ask=few ask=few ask=wait500 back ask=few")
	walk(t, rates, "good good bad bad=opened +500 ask=few ask=few +499 ask=wait1 +1 ask=few ask=few ask=wait500") // they never came back
	walk(t, rates, "slow slow slow slow slow ask=yes")

	walk(t, rule{window: 1000, open: 500, least: 2, slow: 60, halfOpen: 1}, "slow good slow=opened +500 ask=few ?slow=opened +500 ask=few ?good=closed")
	walk(t, rule{window: 1000, open: 500, least: 100, streak: 3, halfOpen: 1}, "bad bad good bad bad bad=opened +500 ask=few ask=wait500")
	walk(t, rule{window: 1000, open: 500, least: 100, streak: 2, halfOpen: 1}, "bad +100000 bad=opened") // in a row, whenever
}
