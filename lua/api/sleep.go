package api

import (
	"runtime"
	"time"

	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// sleeping is ngx.sleep.
var sleeping = vm.Chapter{
	Name: "sleep",
	Doc:  "Waits.",
	Funcs: []vm.Fn{
		{Name: "ngx.sleep", Phases: vm.Yieldable, Yields: true, Run: sleep, Doc: "Waits for so many seconds."},
	},
}

type sleepFor struct {
	x *vm.Ctx
	d time.Duration
}

func (s sleepFor) Wait(w *vm.Wait) {
	if s.d > 0 {
		w.Sleep(s.d)
	} else {
		runtime.Gosched()
	}
	if w.Cancelled() {
		s.Drop()
	}
}

// Drop is the end of a sleep that was killed.
func (s sleepFor) Drop() { s.x.Debugf("lua clean up the timer for pending ngx.sleep") }

func (s sleepFor) Finish(x *vm.Ctx, _ luajit.Tape) {
	if r := x.R; r != nil {
		x.Debugf("lua sleep timer expired: \"%s?%s\"", r.URI, r.Args)
	}
}

func sleep(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("attempt to pass %d arguments, but accepted 1", c.N())
	}
	n, ok := c.ToNumber(1)
	if !ok {
		return c.TypeError(1, "number")
	}
	if n < 0 {
		return c.Error("invalid sleep duration \"%s\"", itoa(int(n*1000)))
	}
	x.Debugf("lua ready to sleep for %d ms", int(n*1000))
	return x.Wait(c, sleepFor{x, time.Duration(n*1000) * time.Millisecond})
}
