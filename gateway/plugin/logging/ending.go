package logging

import "time"

// lastChance is for how long a worker that wants to end keeps trying a receiver that
// fails, and for how long one that hangs may keep the end of a connection waiting. One that
// takes records, however slowly, gets them all.
const lastChance = 3 * time.Second

// ending is how a queue sees its worker's end coming. From then on pauses are short, and
// when the time is over nothing is tried any more.
type ending struct {
	env  *Env
	by   time.Time // zero: nobody wants to end
	over bool
}

// wait lets a pause go by; false: there is no time left for another try.
func (e *ending) wait(pause *time.Duration) bool {
	for end := time.Now().Add(*pause); ; {
		if e.by.IsZero() && e.env.ending() {
			e.by = time.Now().Add(lastChance)
		}
		if !e.by.IsZero() {
			*pause = min(*pause, step)
			end = earlier(end, time.Now().Add(*pause))
			if e.over = time.Now().After(e.by); e.over {
				return false
			}
		}
		left := time.Until(end)
		if left <= 0 {
			return true
		}
		time.Sleep(min(left, step))
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
