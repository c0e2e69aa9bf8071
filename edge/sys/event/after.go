package event

import (
	"sync/atomic"
	"time"
)

// Sleep waits for d and lets the loop go on meanwhile.
func Sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	l := someLoop()
	if l == nil {
		time.Sleep(d)
		return
	}
	p := takeParker()
	p.w, p.late = nil, false
	l.timers.arm(p, &p.slot, nanotime()+int64(d))
	Block()
	p.sleep()
	l.timers.disarm(&p.slot)
	p.free()
}

// A Timer calls a function once, later.
type Timer struct {
	loop *Loop
	fn   func()
	slot slot
	gone atomic.Bool
}

// AfterFunc runs fn on a pooled goroutine after d.
func (l *Loop) AfterFunc(d time.Duration, fn func()) *Timer {
	t := l.NewTimer(fn)
	l.timers.arm(t, &t.slot, nanotime()+max(int64(d), 1))
	return t
}

// NewTimer is a timer that waits for its first Reset.
func (l *Loop) NewTimer(fn func()) *Timer { return &Timer{loop: l, fn: fn} }

// Stop cancels the call; false means that it was made, or is being made.
func (t *Timer) Stop() bool {
	was := t.slot.when.Load() != 0
	t.loop.timers.disarm(&t.slot)
	return was && !t.gone.Swap(true)
}

// Reset makes the timer fire after d from now, once, whether it has fired
// before or not. It reports whether it was waiting.
func (t *Timer) Reset(d time.Duration) bool {
	was := t.Stop()
	t.gone.Store(false)
	t.loop.timers.arm(t, &t.slot, nanotime()+max(int64(d), 1))
	return was
}

func (t *Timer) expire(ts *timers, _ int64) int64 {
	if !t.gone.Swap(true) {
		ts.due = append(ts.due, job{fn: t.fn})
	}
	return 0
}

func (t *Timer) timerSlot() *slot { return &t.slot }
