// Package vm is the life of Lua code in a worker: the VM and its lock, the code
// cache, coroutines and light threads, calls that wait, and what ngx.say has
// collected. Package lua starts chunks on it for the phases of a request, package
// lua/api gives it the functions of ngx.*.
//
// # One VM, one lock
//
// A worker has one VM. The goroutine that runs Lua holds it; a request whose Lua
// never waits takes an uncontended lock once, crosses into C once to resume a
// pooled coroutine, and allocates nothing. Lua between two yields is atomic.
//
// # A call that waits
//
// The Go function registers what is to be waited for and yields the coroutine:
//
//	Lua        ngx.sleep(1)
//	 |            |
//	 v            v
//	Resume --> sleep() returns x.Wait(c, w) --> coroutine yields
//	                                              |
//	scheduler (Ctx.run):  no other thread is runnable
//	   VM let go, output written, w.Wait(...) blocks as ordinary Go, VM taken again
//	   w.Finish(x, tape) pushes the results, Resume
//
// One that waits alone waits on the request's own goroutine; when several light
// threads wait, each gets a pooled goroutine. A wait can be cancelled
// (ngx.thread.kill, ngx.exit in another thread, a client that went away): whoever
// blocks on something that this package doesn't know registers Wait.OnCancel.
//
// # Output
//
// ngx.say sends the header through the filters at once, but only collects the
// body: it is written when Lua waits or ends and the VM is free, since a slow
// client must not hold it. So body filters run then, not inside of ngx.say as in
// lua-nginx-module, and what they refuse shows at the next call.
package vm
