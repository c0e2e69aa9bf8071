package vm

import (
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
)

// Timers are the counts of a VM's timers.
type Timers struct {
	mu      sync.Mutex
	Pending int
	Running int
	all     map[*timer]bool
	gone    bool
}

// timer is one ngx.timer.at or ngx.timer.every.
type timer struct {
	v     *VM
	conf  *Conf
	log   *errlog.Log
	fn    luajit.Ref // a table: {function, arguments...}
	every time.Duration
	t     *event.Timer
	fired bool
}

// AddTimer makes a timer; fn keeps {function, arguments...} and belongs to it from now
// on. The error is what ngx.timer.at returns.
func (v *VM) AddTimer(delay, every time.Duration, fn luajit.Ref, conf *Conf, log *errlog.Log) (failure string) {
	ts := &v.Timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.gone || v.Worker != nil && v.Worker.Proc.Exiting() && delay > 0 {
		return "process exiting"
	}
	if v.MaxPending >= 0 && ts.Pending >= v.MaxPending {
		return "too many pending timers"
	}
	t := &timer{v: v, conf: conf, log: log, fn: fn, every: every}
	ts.Pending++
	if ts.all == nil {
		ts.all = map[*timer]bool{}
	}
	ts.all[t] = true
	v.Hold()
	t.t = v.Worker.Loop.AfterFunc(delay, t.fire)
	return ""
}

// fire runs the timer on a goroutine of its own.
func (t *timer) fire() { t.run(t.v.Worker.Proc.Exiting()) }

func (t *timer) run(premature bool) {
	v, ts := t.v, &t.v.Timers
	ts.mu.Lock()
	if t.fired {
		ts.mu.Unlock()
		return
	}
	again := t.every > 0 && !premature
	if !again {
		t.fired = true
		delete(ts.all, t)
		ts.Pending--
	}
	if v.MaxRunning >= 0 && ts.Running >= v.MaxRunning {
		ts.mu.Unlock()
		t.log.Log(errlog.Alert, nil, "%d lua_max_running_timers are not enough", v.MaxRunning)
		t.over(again)
		return
	}
	ts.Running++
	ts.mu.Unlock()

	t.log.Debug(errlog.DebugHTTP, "lua ngx.timer expired")
	x := v.NewFake(Timer, t.conf, t.log)
	x.Premature = premature
	if again {
		t.t.Reset(t.every)
	}
	x.lock()
	x.RunRef(Timer, v.apply, func(b luajit.Tape) {
		b.Ref(t.fn)
		b.Bool(premature)
	})
	t.log.Debug(errlog.DebugHTTP, "http lua close fake http connection %p", x)
	x.Free()
	ts.mu.Lock()
	ts.Running--
	ts.mu.Unlock()
	if !again {
		t.over(false)
	}
}

// over drops what a timer holds, unless it runs again.
func (t *timer) over(again bool) {
	if again {
		t.t.Reset(t.every)
		return
	}
	t.v.Lock()
	t.v.St.Unref(t.fn)
	t.v.Unlock()
	t.v.Drop()
}

// Expire runs all pending timers now, prematurely: the worker is ending.
func (v *VM) Expire() {
	ts := &v.Timers
	ts.mu.Lock()
	var list []*timer
	for t := range ts.all {
		list = append(list, t)
	}
	ts.mu.Unlock()
	for _, t := range list {
		t.t.Stop()
		t := t
		v.Worker.Loop.Go(func() { t.run(true) })
	}
}

// applySource calls a kept function with what it was given at its making.
const applySource = `
local unpack = unpack
return function(t, premature)
    return t[1](premature, unpack(t, 2, t.n))
end`

// Counts tells how many timers run and wait.
func (ts *Timers) Counts() (running, pending int) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	return ts.Running, ts.Pending
}
