package vm

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
)

// Timers are the timers of a worker. One of ngx.timer.every is pending all the time, also while
// a turn of it runs.
type Timers struct {
	mu      sync.Mutex
	pending map[*timer]bool
	running int
	made    uint64

	expiring bool     // Expire starts one after the other
	later    []*timer // made meanwhile

	busy  int           // not pending any more and not done
	quiet chan struct{} // of Drain
}

// timer is one ngx.timer.at or ngx.timer.every.
type timer struct {
	v      *VM
	conf   *Conf
	log    *errlog.Log
	fn     luajit.Ref // a table: {function, arguments...}
	every  time.Duration
	t      *event.Timer
	due    time.Duration // by event.Mono
	number uint64        // in the order of making
	held   bool          // made while the process ends: it holds it until it has run
}

// AddTimer makes a timer; fn keeps {function, arguments...} and belongs to it from now
// on. The error is what ngx.timer.at returns.
func (v *VM) AddTimer(delay, every time.Duration, fn luajit.Ref, conf *Conf, log *errlog.Log) (failure string) {
	ts := v.Timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	proc := v.Worker.Proc
	exiting := proc.Exiting()
	if exiting && delay > 0 {
		return "process exiting"
	}
	if len(ts.pending) >= v.MaxPending {
		return "too many pending timers"
	}
	ts.made++
	t := &timer{v: v, conf: conf, log: log, fn: fn, every: every, due: event.Mono() + delay, number: ts.made, held: exiting}
	if ts.pending == nil {
		ts.pending = map[*timer]bool{}
	}
	ts.pending[t] = true
	v.Hold()
	if exiting {
		proc.Hold()
	}
	t.t = v.Worker.Loop.NewTimer(t.fire)
	if ts.expiring {
		ts.later = append(ts.later, t)
	} else {
		t.t.Reset(delay)
	}
	return ""
}

// fire runs the timer on a goroutine of its own, when its time has come.
func (t *timer) fire() {
	proc := t.v.Worker.Proc
	proc.Hold()
	defer proc.Release()
	if t.held {
		defer proc.Release()
	}
	ts := t.v.Timers
	ts.mu.Lock()
	if !ts.pending[t] {
		ts.mu.Unlock() // Expire was faster
		return
	}
	again := t.every > 0 && !proc.Exiting()
	if again {
		t.due = event.Mono() + t.every
		t.t.Reset(t.every)
	} else {
		delete(ts.pending, t)
	}
	ts.busy++
	ts.mu.Unlock()
	t.run(false, func() {})
	if !again {
		t.drop()
	}
	ts.done()
}

// run calls the function, unless too many run; begun is called when it has the VM, so that
// timers can be started one after the other (ngx_http_lua_timer_handler).
func (t *timer) run(premature bool, begun func()) {
	t.log.Debug(errlog.DebugHTTP, "lua ngx.timer expired")
	v, ts := t.v, t.v.Timers
	x := v.NewFake(Timer, t.conf, t.log)
	x.Premature = premature
	x.lock()
	begun()
	if !ts.enter(v.MaxRunning) {
		place := t.place()
		x.unlock()
		x.Free()
		v.Log.Alert(nil, "lua failed to run timer with function defined at %s: %d lua_max_running_timers are not enough",
			place, v.MaxRunning)
		return
	}
	x.RunRef(Timer, v.apply, func(b luajit.Tape) {
		b.Ref(t.fn)
		b.Bool(premature)
	})
	t.log.Debug(errlog.DebugHTTP, "http lua close fake http connection %p", x)
	x.Free()
	ts.mu.Lock()
	ts.running--
	ts.mu.Unlock()
}

// enter counts a timer that begins to run, unless too many do.
func (ts *Timers) enter(limit int) bool {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.running >= limit {
		return false
	}
	ts.running++
	return true
}

// place is where the function was defined, for the log; the VM is held.
func (t *timer) place() (text string) {
	v := t.v
	main := v.St.Main()
	b := v.St.Tape()
	b.Ref(v.place)
	b.Ref(t.fn)
	vs, err := main.Call(b, false)
	if err != nil {
		return "(unknown)"
	}
	text = strings.Clone(vs.At(1).Str())
	main.Pop(len(vs))
	return text
}

// drop lets go of what the timer holds.
func (t *timer) drop() {
	t.v.Lock()
	t.v.St.Unref(t.fn)
	t.v.Unlock()
	t.v.Drop()
}

// Expire runs all pending timers now, prematurely, in the order in which they are due: the
// worker is ending (ngx_http_lua_abort_pending_timers). It returns at once; the process
// is held until they are done.
func (v *VM) Expire() {
	v.Log.Debug(errlog.DebugHTTP, "lua abort pending timers")
	ts := v.Timers
	ts.mu.Lock()
	var list []*timer
	for t := range ts.pending {
		list = append(list, t)
	}
	ts.pending = nil
	ts.busy += len(list)
	ts.expiring = len(list) > 0
	ts.mu.Unlock()
	if len(list) == 0 {
		return
	}
	v.Log.Debug(errlog.DebugHTTP, "lua found %d pending timers to be aborted prematurely", len(list))
	slices.SortFunc(list, func(a, b *timer) int {
		return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.number, b.number))
	})
	for _, t := range list {
		t.t.Stop()
		v.Worker.Proc.Hold()
	}
	v.expire(list)
}

// expire starts the first of the list; that starts the next when it has its turn in the VM.
func (v *VM) expire(list []*timer) {
	if len(list) == 0 {
		v.expired()
		return
	}
	t := list[0]
	v.Worker.Loop.Go(func() {
		defer v.Worker.Proc.Release()
		t.run(true, func() { v.expire(list[1:]) })
		t.drop()
		v.Timers.done()
	})
}

// expired starts the timers that were made since Expire.
func (v *VM) expired() {
	ts := v.Timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.expiring = false
	for _, t := range ts.later {
		t.t.Reset(0)
	}
	ts.later = nil
}

// done is the end of a timer's turn.
func (ts *Timers) done() {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.busy--
	if ts.quiet != nil && ts.calm() {
		close(ts.quiet)
		ts.quiet = nil
	}
}

func (ts *Timers) calm() bool { return ts.busy == 0 && len(ts.pending) == 0 }

// Drain waits until no timer is pending or runs; it is called once, after Expire.
func (ts *Timers) Drain() {
	ts.mu.Lock()
	if ts.calm() {
		ts.mu.Unlock()
		return
	}
	quiet := make(chan struct{})
	ts.quiet = quiet
	ts.mu.Unlock()
	<-quiet
}

// Counts tells how many timers run and wait.
func (ts *Timers) Counts() (running, pending int) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return ts.running, len(ts.pending)
}

// applySource calls a kept function with what it was given at its making.
const applySource = `
local unpack = unpack
return function(t, premature)
    return t[1](premature, unpack(t, 2, t.n))
end`

// placeSource tells where a kept function was defined.
const placeSource = `
local getinfo = debug.getinfo
return function(t)
    local i = getinfo(t[1], "S")
    return i.source .. ":" .. i.linedefined
end`
