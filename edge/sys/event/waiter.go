package event

import (
	"sync/atomic"
	"time"
)

// A Waiter is where one goroutine waits for another, whichever that is. The
// zero value is ready. A Wake that comes before the Wait is remembered, two of
// them count as one.
type Waiter struct{ p atomic.Pointer[parker] }

// awake stands in Waiter.p for "Wake was called, nobody has waited since".
var awake parker

// Wait returns after the next Wake, or at once if one is remembered.
func (w *Waiter) Wait() {
	if w.p.Load() == &awake {
		w.p.Store(nil)
		return
	}
	p := takeParker()
	if w.p.CompareAndSwap(nil, p) {
		Block()
		p.sleep()
		UpdateTime()
	} else {
		w.p.Store(nil)
	}
	p.free()
}

// WaitTimeout is Wait for no longer than d; false means that d has passed.
func (w *Waiter) WaitTimeout(d time.Duration) bool {
	if w.p.Load() == &awake {
		w.p.Store(nil)
		return true
	}
	if d <= 0 {
		return false
	}
	l := someLoop()
	if l == nil {
		return w.waitAlone(d)
	}
	p := takeParker()
	p.w, p.late = w, false
	if !w.p.CompareAndSwap(nil, p) {
		w.p.Store(nil)
		p.w = nil
		p.free()
		return true
	}
	l.timers.arm(p, &p.slot, nanotime()+int64(d))
	Block()
	p.sleep()
	l.timers.disarm(&p.slot)
	UpdateTime()
	late := p.late
	p.w = nil
	p.free()
	return !late
}

// waitAlone is WaitTimeout in a process without a loop.
func (w *Waiter) waitAlone(d time.Duration) bool {
	p := takeParker()
	if !w.p.CompareAndSwap(nil, p) {
		w.p.Store(nil)
		p.free()
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.ch:
		p.free()
		return true
	case <-t.C:
	}
	ok := !w.p.CompareAndSwap(p, nil)
	if ok {
		p.sleep()
	}
	p.free()
	return ok
}

// Wake lets the goroutine that waits go on, or the next one that will. Any
// goroutine may call it, also one that leads a loop.
func (w *Waiter) Wake() {
	for {
		p := w.p.Load()
		switch {
		case p == &awake:
			return
		case p == nil:
			if w.p.CompareAndSwap(nil, &awake) {
				return
			}
		case w.p.CompareAndSwap(p, nil):
			p.wake()
			if l := leading(); l != nil {
				l.woken.Add(1)
			}
			return
		}
	}
}

// Reset forgets a Wake that nobody has waited for.
func (w *Waiter) Reset() { w.p.CompareAndSwap(&awake, nil) }

// expire ends a WaitTimeout or a Sleep.
func (p *parker) expire(_ *timers, _ int64) int64 {
	if w := p.w; w == nil || w.p.CompareAndSwap(p, nil) {
		p.late = true
		p.wake()
	}
	return 0
}

func (p *parker) timerSlot() *slot { return &p.slot }

// someLoop is the loop whose timers serve callers that have none at hand.
func someLoop() *Loop {
	if list := loops.list.Load(); list != nil && len(*list) > 0 {
		return (*list)[0]
	}
	return nil
}
