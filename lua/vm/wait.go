package vm

import (
	"sync"
	"sync/atomic"
	"time"

	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
)

// Waiting is a call that has to wait, between its two halves with the VM.
type Waiting interface {
	// Wait waits, without the VM. It blocks like ordinary Go code, through
	// package event. It must return soon after a cancel: see Wait.OnCancel.
	Wait(w *Wait)
	// Finish pushes the results, with the VM. It may call Ctx.Exit instead.
	// It isn't called after a cancel.
	Finish(x *Ctx, b luajit.Tape)
}

// Dropped is a Waiting that must know when it is cancelled before its Wait was called,
// which then never happens.
type Dropped interface{ Drop() }

// Wait is one wait under way.
type Wait struct {
	x         *Ctx
	t         *Thread
	ev        event.Waiter
	cancelled atomic.Bool
	mu        sync.Mutex
	onCancel  func()
	over      event.Waiter // Wait has returned, for who cancelled
	own       bool         // it has a goroutine of its own
}

// Wait makes the calling coroutine wait; the Func returns what it returns. Views of
// string arguments stay good until Finish has returned.
func (x *Ctx) Wait(c *luajit.Call, w Waiting) luajit.Result {
	b := c.Out()
	b.Drop()
	for i := 1; i <= c.N(); i++ {
		b.Again(i)
	}
	x.cur.wait = w
	x.op = opWait
	return luajit.Yield
}

// Do is Wait with two functions.
func (x *Ctx) Do(c *luajit.Call, wait func(w *Wait), finish func(b luajit.Tape)) luajit.Result {
	return x.Wait(c, waitFuncs{wait, finish})
}

type waitFuncs struct {
	wait   func(w *Wait)
	finish func(b luajit.Tape)
}

func (f waitFuncs) Wait(w *Wait)                 { f.wait(w) }
func (f waitFuncs) Finish(_ *Ctx, b luajit.Tape) { f.finish(b) }

// Ctx is whom the wait is for.
func (w *Wait) Ctx() *Ctx { return w.x }

// Sleep waits for d, 0 for ever, or until Wake: true when woken, also by a cancel.
func (w *Wait) Sleep(d time.Duration) (woken bool) {
	if w.cancelled.Load() {
		return true
	}
	if d <= 0 {
		w.ev.Wait()
		return true
	}
	return w.ev.WaitTimeout(d)
}

// Wake ends Sleep. Any goroutine may call it, at any time.
func (w *Wait) Wake() { w.ev.Wake() }

// Cancelled tells that nobody wants the result any more.
func (w *Wait) Cancelled() bool { return w.cancelled.Load() }

// OnCancel says what makes the wait return, such as closing a connection; nil
// takes it back. It may run at once, on any goroutine, but never after Wait has
// returned.
func (w *Wait) OnCancel(f func()) {
	w.mu.Lock()
	w.onCancel = f
	w.mu.Unlock()
	if f != nil && w.cancelled.Load() {
		f()
	}
}

// cancel ends a wait from outside and returns when it has ended. The VM may be held:
// waits don't take it.
func (w *Wait) cancel() {
	w.cancelled.Store(true)
	w.mu.Lock()
	f := w.onCancel
	w.mu.Unlock()
	if f != nil {
		f()
	}
	w.ev.Wake()
	if w.own {
		w.over.Wait()
	}
}

// doneList gathers waits that have ended on goroutines of their own. It belongs to a Ctx for
// all its lives.
type doneList struct {
	mu   sync.Mutex
	list []*Thread
	ev   event.Waiter
}

func (d *doneList) add(t *Thread) {
	d.mu.Lock()
	d.list = append(d.list, t)
	d.ev.Wake() // with the lock: afterwards the request may be over
	d.mu.Unlock()
}

func (d *doneList) take(t *Thread) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, o := range d.list {
		if o == t {
			d.list = append(d.list[:i], d.list[i+1:]...)
			return true
		}
	}
	return false
}

// await lets the VM go until at least one thread of x can go on.
func (x *Ctx) await() {
	x.unlock()
	x.writeOut()
	if len(x.waits) == 1 && x.started == 0 && !x.watchful() {
		t := x.waits[0]
		x.waits = x.waits[:0]
		t.wait.Wait(&Wait{x: x, t: t})
		x.lock()
		x.wake(t)
		return
	}
	for _, t := range x.waits {
		x.begin(t)
	}
	x.waits = x.waits[:0]
	if x.watchful() && !x.abortRun {
		x.watch()
		x.done.ev.Wait()
		x.R.Main.Conn.NotifyClose(nil)
	} else {
		x.done.ev.Wait()
	}
	x.lock()
	for {
		x.done.mu.Lock()
		if len(x.done.list) == 0 {
			x.done.mu.Unlock()
			return
		}
		t := x.done.list[0]
		x.done.list = x.done.list[1:]
		x.done.mu.Unlock()
		x.started--
		x.wake(t)
	}
}

// begin starts a wait on a goroutine of its own.
func (x *Ctx) begin(t *Thread) {
	w := &Wait{x: x, t: t, own: true}
	t.w = w
	x.started++
	wait := t.wait
	x.V.Worker.Loop.Go(func() {
		wait.Wait(w)
		if !w.cancelled.Load() {
			x.done.add(t)
		}
		w.over.Wake()
	})
}

func (x *Ctx) wake(t *Thread) {
	t.waiting = false
	t.w = nil
	t.resume = resumeFinish
	x.ready = append(x.ready, t)
}

// stopWait ends what a thread waits for.
func (x *Ctx) stopWait(t *Thread) {
	if !t.waiting {
		return
	}
	t.waiting = false
	for i, o := range x.waits {
		if o == t {
			x.waits = append(x.waits[:i], x.waits[i+1:]...)
			if d, ok := t.wait.(Dropped); ok {
				d.Drop()
			}
			return
		}
	}
	if t.w != nil {
		w := t.w
		t.w = nil
		w.cancel()
		x.done.take(t)
		x.started--
	}
}
