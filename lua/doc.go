// Package lua is what lua-nginx-module is to nginx: the *_by_lua directives, the lua_*
// settings, and the VM in each worker. lua/vm runs the code, lua/api holds
// ngx.*, lua/lib the Lua modules that are built in.
//
// # A chapter of the API
//
// The functions of one subject are a vm.Chapter, a table in a file of package api; the
// list of chapters is api.Chapters:
//
//	var sleeping = vm.Chapter{
//		Name: "sleep",
//		Funcs: []vm.Fn{{
//			Name:   "ngx.sleep",          // tables on the way are made
//			Phases: vm.Yieldable,         // elsewhere: API disabled in the context of ...
//			Yields: true,
//			Doc:    "Waits for so many seconds.",
//			Run:    sleep,
//		}},
//		Lua:  `...`,                       // runs after the functions are in place; may be ""
//		Open: func(v *vm.VM) error {...}, // constants, metatables, per-VM state; may be nil
//	}
//
// A function gets the Ctx of the running code (x.R is the request, nil in timers and
// init phases) and the call with its arguments, and writes its results to c.Out():
//
//	func now(x *vm.Ctx, c *luajit.Call) luajit.Result {
//		c.Out().Num(seconds)
//		return luajit.Return
//	}
//
// Errors: c.ArgError, c.Error raise; c.Fail returns nil and a message. Strings of
// arguments are views that end when the function returns: clone what is kept; results
// are copied at once. Lua source of a chapter sees functions under the names
// they were given; names under "moongate." are for it alone, that table is
// gone when user code runs. moongate.getters and moongate.setters hold functions by
// field name for computed fields of the table ngx. moongate.state is the struct vm.share
// (phase, slot). State for each VM: v.Keep(key, value), v.Kept(key). State for each
// request: x.Set(key, value), x.Get(key). Only in Open is a VM free to be used from
// outside of a call: v.Eval, v.Function, v.Put, v.St.
//
// # A function that waits
//
// It checks its arguments with the VM, and returns x.Wait(c, w), where w has the two
// halves that follow:
//
//	type sleepFor time.Duration
//
//	func (d sleepFor) Wait(w *vm.Wait) { w.Sleep(time.Duration(d)) }   // without the VM: blocks like
//	                                                               // any Go, through package event
//	func (d sleepFor) Finish(x *vm.Ctx, b luajit.Tape) {}             // with the VM: pushes results
//
//	func sleep(x *vm.Ctx, c *luajit.Call) luajit.Result {
//		return x.Wait(c, sleepFor(seconds(c.Num(1))))
//	}
//
// x.Do(c, wait, finish) is the same with two closures. Wait must not touch the VM, x.R's
// response or anything else that Lua of the same request could change meanwhile: other light
// threads run. Views of string arguments stay good until Finish returns. A function
// whose result is there already pushes it and returns luajit.Return: it costs no
// yield.
//
// A wait can be cancelled, by ngx.thread.kill or the end of the request: Wait must then
// return soon, and Finish isn't called. Wait.Sleep notices by itself; for all else call
// w.OnCancel(func() { conn.Interrupt() }) before blocking and w.OnCancel(nil) after.
//
// What belongs to a request and must end with it (a socket that was not closed) is
// registered with x.AtEnd(func()): called when the request, or the timer, ends, without
// the VM.
//
// # Differences from lua-nginx-module
//
// init_by_lua* runs in the master for its checks and once more in each worker, there
// before the worker gives up the master's user. Output is written when the VM is let go
// (package vm). lua_code_cache off makes a fresh VM for each request, as there.
package lua
