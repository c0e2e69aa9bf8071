package vm

import (
	"moongate/edge/native/luajit"
)

// scheduler is the chapter of the API that the scheduler itself answers: coroutine.*,
// ngx.thread.*, ngx.ctx.
var scheduler = Chapter{
	Name: "scheduler",
	Doc:  "Coroutines and light threads.",
	Funcs: []Fn{
		{Name: "moongate.resume", Phases: Yieldable, Yields: true, Run: coResume, Doc: "coroutine.resume"},
		{Name: "moongate.unwrap", Phases: Yieldable, Yields: true, Run: coUnwrap, Doc: "resumes what coroutine.wrap has made"},
		{Name: "moongate.yield", Phases: Yieldable, Yields: true, Run: coYield, Doc: "coroutine.yield"},
		{Name: "moongate.status", Phases: Yieldable, Run: coStatus, Doc: "coroutine.status"},
		{Name: "moongate.spawn", Phases: Yieldable, Yields: true, Run: spawn, Doc: "ngx.thread.spawn of a coroutine"},
		{Name: "ngx.thread.wait", Phases: Yieldable, Yields: true, Run: threadWait,
			Doc: "Waits until one of the light threads has ended and gives what it returned."},
		{Name: "ngx.thread.kill", Phases: Yieldable, Run: threadKill, Doc: "Ends a light thread."},
	},
	Lua:  glue,
	Open: openContexts,
}

func coResume(x *Ctx, c *luajit.Call) luajit.Result { return resumeCoroutine(x, c, false) }

// coUnwrap is coResume for coroutine.wrap: an error goes on in the caller, with the
// stacks of both in the log.
func coUnwrap(x *Ctx, c *luajit.Call) luajit.Result { return resumeCoroutine(x, c, true) }

func resumeCoroutine(x *Ctx, c *luajit.Call, wrap bool) luajit.Result {
	co := x.V.St.Thread(c.Arg(1))
	if !co.Valid() {
		return c.ArgError(1, "coroutine expected")
	}
	if t := x.find(co.ID()); t != nil {
		return refuseResume(c, statusNames[t.status])
	}
	if co.Status() != luajit.Yielded && (co.Status() != luajit.Finished || co.Top() == 0) {
		return refuseResume(c, "dead")
	}
	t := &Thread{L: co, kind: kindCoroutine, wrap: wrap}
	x.activate(t)
	x.other, x.op = t, opResume
	// The coroutine stays on the parent's stack while it is active, so it isn't collected.
	b := c.Out()
	for i := 1; i <= c.N(); i++ {
		b.Again(i)
	}
	return luajit.Yield
}

func refuseResume(c *luajit.Call, state string) luajit.Result {
	b := c.Out()
	b.Bool(false)
	b.Str("cannot resume " + state + " coroutine")
	return luajit.Return
}

func coYield(x *Ctx, c *luajit.Call) luajit.Result {
	x.op = opYield
	b := c.Out()
	for i := 1; i <= c.N(); i++ {
		b.Again(i)
	}
	return luajit.Yield
}

func coStatus(x *Ctx, c *luajit.Call) luajit.Result {
	co := x.V.St.Thread(c.Arg(1))
	if !co.Valid() {
		return c.ArgError(1, "coroutine expected")
	}
	b := c.Out()
	if t := x.find(co.ID()); t != nil {
		b.Str(statusNames[t.status])
	} else if co.Status() == luajit.Yielded || co.Status() == luajit.Finished && co.Top() > 0 {
		b.Str("suspended")
	} else {
		b.Str("dead")
	}
	return luajit.Return
}

// spawn starts a coroutine as a light thread: argument 1 is the coroutine, the rest
// are its arguments. The new thread runs first, as in lua-nginx-module.
func spawn(x *Ctx, c *luajit.Call) luajit.Result {
	co := x.V.St.Thread(c.Arg(1))
	if !co.Valid() {
		return c.ArgError(1, "coroutine expected")
	}
	t := &Thread{L: co, kind: kindLight, parent: x.cur, ref: c.Ref(1)}
	x.activate(t)
	x.lights = append(x.lights, t)
	x.other, x.op = t, opSpawn
	b := c.Out()
	for i := 1; i <= c.N(); i++ {
		b.Again(i)
	}
	return luajit.Yield
}

// light is the light thread that an argument names; nil and an answer otherwise.
func light(x *Ctx, c *luajit.Call, i int) (t *Thread, co luajit.Thread, bad bool) {
	co = x.V.St.Thread(c.Arg(i))
	if !co.Valid() {
		c.ArgError(i, "lua thread expected")
		return nil, co, true
	}
	return x.find(co.ID()), co, false
}

func threadWait(x *Ctx, c *luajit.Call) luajit.Result {
	if c.N() == 0 {
		return c.Error("at least one coroutine should be specified")
	}
	for i := 1; i <= c.N(); i++ {
		t, co, bad := light(x, c, i)
		if bad {
			return luajit.Raise
		}
		if t == nil && co.Status() == luajit.Finished && co.Top() > 0 {
			return c.Error("attempt to wait on a coroutine that is not a user thread")
		}
		if t == nil || t.kind == kindLight && t.status == dead {
			if i < c.N() {
				continue
			}
			x.unwait()
			return c.Fail("already waited or killed")
		}
		if t.kind != kindLight {
			x.unwait()
			return c.Error("attempt to wait on a coroutine that is not a user thread")
		}
		if t.parent != x.cur {
			x.unwait()
			return c.Error("only the parent coroutine can wait on the thread")
		}
		if t.status == zombie {
			x.unwait()
			x.cur.zombies--
			b := c.Out()
			b.Bool(t.ok)
			if n := t.L.Top(); n > 0 {
				b.XMove(t.L, n)
			}
			x.forgetLater(t)
			return luajit.Return
		}
		t.waited = true
	}
	x.op = opThreadWait
	return luajit.Yield
}

// unwait takes back what threadWait has marked so far.
func (x *Ctx) unwait() {
	for _, l := range x.lights {
		if l.parent == x.cur {
			l.waited = false
		}
	}
}

// forgetLater is forget while the tape still refers to the thread's stack: the
// reference goes when the request's Lua ends.
func (x *Ctx) forgetLater(t *Thread) {
	ref := t.ref
	t.ref = 0
	x.forget(t)
	x.V.retired = append(x.V.retired, ref)
}

func threadKill(x *Ctx, c *luajit.Call) luajit.Result {
	t, co, bad := light(x, c, 1)
	if bad {
		return luajit.Raise
	}
	switch {
	case t == nil && co.Status() == luajit.Finished && co.Top() > 0:
		return c.Fail("not user thread")
	case t == nil || t.status == dead:
		return c.Fail("already waited or killed")
	case t.kind != kindLight:
		return c.Fail("not user thread")
	case t.parent != x.cur:
		return c.Fail("killer not parent")
	case t.pending > 0:
		return c.Fail("pending subrequests")
	case t.status == zombie:
		x.cur.zombies--
		x.forget(t)
		return c.Fail("already terminated")
	}
	x.stopWait(t)
	x.orphan(t)
	x.bury(t)
	c.Out().Int(1)
	return luajit.Return
}

// OnAbort keeps what is to run when the client goes away; the text says why not.
func (x *Ctx) OnAbort(c *luajit.Call) (why string) {
	if x.abortFn != 0 {
		return "duplicate call"
	}
	if x.Conf == nil || !x.Conf.CheckClientAbort {
		return "lua_check_client_abort is off"
	}
	x.abortFn = c.Ref(1)
	return ""
}
