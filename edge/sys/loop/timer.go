package loop

import (
	"container/heap"
	"time"

	"golang.org/x/sys/unix"
)

// A Timer calls a function once it is due.
type Timer struct {
	l    *Loop
	fn   func()
	when time.Duration // since the loop's base
	idx  int           // in the heap; -1: not waiting
}

// NewTimer makes a timer that waits for its first At or After.
func (l *Loop) NewTimer(fn func()) *Timer { return &Timer{l: l, fn: fn, idx: -1} }

// At makes the timer fire at when, once, whatever it was set to before. What is past
// is due in the next round.
func (t *Timer) At(when time.Time) { t.set(when.Sub(t.l.base)) }

// After makes the timer fire d after the beginning of this round.
func (t *Timer) After(d time.Duration) { t.set(t.l.now.Sub(t.l.base) + d) }

func (t *Timer) set(when time.Duration) {
	t.when = max(when, t.l.now.Sub(t.l.base)+1)
	if t.idx >= 0 {
		heap.Fix(&t.l.timers, t.idx)
	} else {
		heap.Push(&t.l.timers, t)
	}
}

// Stop takes the timer back. It reports whether it was waiting.
func (t *Timer) Stop() bool {
	if t.idx < 0 {
		return false
	}
	heap.Remove(&t.l.timers, t.idx)
	return true
}

// When tells the time that the timer waits for, if it does.
func (t *Timer) When() (time.Time, bool) { return t.l.base.Add(t.when), t.idx >= 0 }

// arm makes sure that the loop wakes when the first timer is due, and returns how
// long epoll may wait: for ever, or not at all. A timerfd is exact to the
// microsecond where epoll's own timeout has milliseconds and the thread's slack. It is left alone
// when it fires too early: a backup's timer moves with every advert, and setting it
// once in a Master_Down_Interval is enough.
func (l *Loop) arm() int {
	if len(l.timers) == 0 {
		return -1
	}
	first := l.timers[0].when
	d := first - time.Since(l.base)
	if d <= 0 {
		return 0
	}
	if l.armed == 0 || first < l.armed {
		spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
		if unix.TimerfdSettime(l.clock, 0, &spec, nil) != nil {
			return int(d/time.Millisecond) + 1
		}
		l.armed = first
	}
	return -1
}

func (l *Loop) rang() { l.armed = 0 }

// fire runs the timers that are due at the round's beginning. What they set again
// is later than that, so this comes to an end.
func (l *Loop) fire() {
	now := l.now.Sub(l.base)
	for len(l.timers) > 0 && l.timers[0].when <= now {
		heap.Pop(&l.timers).(*Timer).fn()
	}
}

type heaped []*Timer

func (h heaped) Len() int           { return len(h) }
func (h heaped) Less(i, j int) bool { return h[i].when < h[j].when }

func (h heaped) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].idx, h[j].idx = i, j
}

func (h *heaped) Push(x any) {
	t := x.(*Timer)
	t.idx = len(*h)
	*h = append(*h, t)
}

func (h *heaped) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h, t.idx = (*h)[:last], -1
	return t
}
