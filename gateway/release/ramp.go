package release

import (
	"errors"
	"fmt"
	"time"
)

// Ramp raises the share step by step.
type Ramp []Step

// Step holds a share for a while. A duration of 0, in the last step, is for ever.
type Step struct {
	Share    Share
	Duration time.Duration
}

// Check finds what is wrong with a ramp.
func (r Ramp) Check() error {
	for i, s := range r {
		fail := func(format string, args ...any) error {
			return &Fault{fmt.Sprintf("/%d", i), fmt.Errorf(format, args...)}
		}
		switch {
		case s.Share < 0 || s.Share > All:
			return fail("%s is not from 0 to 100 %%", s.Share)
		case i > 0 && s.Share < r[i-1].Share:
			return fail("%s is less than the step before, %s: clients would move back", s.Share, r[i-1].Share)
		case s.Duration < 0:
			return fail("a negative duration")
		case s.Duration == 0 && i < len(r)-1:
			return fail("only the last step may have no duration")
		}
	}
	if len(r) == 0 {
		return errors.New("a ramp needs a step")
	}
	return nil
}

// At is the share at a time, the number of the step, and when the next one is due: the zero Time when none is. Before the start
// the share is 0 and the step -1; of a ramp that is known to stand at step n since t ask r[n:] with t. After the last step's duration its share stays. Who pauses a ramp moves its start by the
// length of the pause.
func (r Ramp) At(start, now time.Time) (share Share, step int, due time.Time) {
	if now.Before(start) {
		return 0, -1, start
	}
	end := start
	for i, s := range r {
		end = end.Add(s.Duration)
		if i == len(r)-1 {
			return s.Share, i, time.Time{}
		}
		if now.Before(end) {
			return s.Share, i, end
		}
	}
	return 0, -1, time.Time{}
}

// Length is how long it takes until the last step begins.
func (r Ramp) Length() time.Duration {
	var sum time.Duration
	for i := range len(r) - 1 {
		sum += r[i].Duration
	}
	return sum
}
