package vm

import (
	"sync"
	"sync/atomic"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// Ctx is what Lua has for one request, subrequest or timer: ngx_http_lua_ctx_t.
// Like a module's context in nginx it ends with a redirect inside the server,
// and the request gets a new one.
type Ctx struct {
	V     *VM
	R     *httpd.Request // nil in init, init_worker, exit_worker and timers
	Phase Phase
	Conf  *Conf

	slot int32
	held bool // the goroutine that runs this request's Lua has the VM

	sched

	// How the running chunk ends other than by returning.
	exited   bool
	exitCode int
	execURI  string
	execArgs string
	redirect bool // exit by ngx.redirect
	jump     bool // ngx.req.set_uri(uri, true)
	NoAbort  int  // subrequests under way: the request can't be left

	output

	// What phases leave for each other.
	Args       []string     // set_by_lua: ngx.arg
	Filter     *FilterChunk // body_filter_by_lua: ngx.arg
	HeadersSet bool         // ngx.header was written to: Content-Length stays
	MimeSet    bool
	SeenLast   bool // body_filter_by_lua set ngx.arg[2]
	RawSocket  bool // ngx.req.socket(true)
	Balance    any  // balancer_by_lua: what the round knows
	BodyMade   any  // ngx.req.init_body
	vars       map[any]any

	Shake     *Handshake  // of ssl_*_by_lua*
	Peer      *certs.Conn // of proxy_ssl_*_by_lua*: the upstream server
	Premature bool        // of a timer
	began     time.Time
	log       *errlog.Log
	abortFn   luajit.Ref // ngx.on_abort
	abortRun  bool       // the client's going has been seen to
	hook      event.CloseHook
	gone      atomic.Bool // the client has gone
	end       func()
	cleanups  []func()
}

// FilterChunk is ngx.arg of body_filter_by_lua.
type FilterChunk struct {
	Data []byte
	EOF  bool
	Set  bool
}

var (
	slot    = httpd.NewSlot[Ctx]()
	ctxPool sync.Pool
)

func init() {
	ctxPool.New = func() any {
		x := new(Ctx)
		x.end = x.release
		x.done = new(doneList)
		return x
	}
}

// Of is a request's Ctx, made at first use. open gives the VM of the request's
// location.
func Of(r *httpd.Request, open func(r *httpd.Request) *VM) *Ctx {
	if x := slot.Get(r); x != nil {
		return x
	}
	v := open(r)
	if v == nil {
		return nil
	}
	x := ctxPool.Get().(*Ctx)
	x.V, x.R = v, r
	if v.fresh {
		v.fresh = false // its maker's hold is this one's
	} else {
		v.users.Add(1)
	}
	slot.Put(r, x)
	r.AtEnd(x.end)
	return x
}

// Peek is a request's Ctx, nil when no Lua has run for it.
func Peek(r *httpd.Request) *Ctx { return slot.Get(r) }

// NewFake is a Ctx without a request: init_worker, exit_worker, timers. Free
// ends it.
func (v *VM) NewFake(p Phase, conf *Conf, log *errlog.Log) *Ctx {
	x := ctxPool.Get().(*Ctx)
	x.V, x.Phase, x.Conf, x.log = v, p, conf, log
	x.began = event.Now()
	v.users.Add(1)
	return x
}

// Free is the end of a Ctx that NewFake made.
func (x *Ctx) Free() { x.release() }

// release is the end of the request.
func (x *Ctx) release() {
	v := x.V
	for i := len(x.cleanups) - 1; i >= 0; i-- {
		x.cleanups[i]()
	}
	if x.slot != 0 {
		v.giveSlot(x)
	}
	if x.abortFn != 0 {
		v.Lock()
		v.St.Unref(x.abortFn)
		v.Unlock()
	}
	end, out, ends := x.end, x.output.body[:0], x.output.ends[:0]
	if cap(out) > 64<<10 {
		out = nil
	}
	ready, done := x.sched.ready[:0], x.done
	*x = Ctx{end: end}
	x.done = done
	x.output.body, x.output.ends, x.sched.ready = out, ends, ready
	ctxPool.Put(x)
	v.Drop()
}

// Logf writes a line about the request, or about what runs in its place.
func (x *Ctx) Logf(level errlog.Level, format string, args ...any) {
	if x.R != nil {
		x.R.Logf(level, format, args...)
		return
	}
	x.ErrorLog().Log(level, nil, format, args...)
}

// Debugging tells whether debug lines are wanted.
func (x *Ctx) Debugging() bool {
	if x.R != nil {
		return x.R.Debugging()
	}
	return x.ErrorLog().Debugging(errlog.DebugHTTP)
}

// Debugf writes a debug line.
func (x *Ctx) Debugf(format string, args ...any) {
	if x.R != nil {
		x.R.Debugf(format, args...)
		return
	}
	x.ErrorLog().Debug(errlog.DebugHTTP, format, args...)
}

// ErrorLog is where lines of this code go.
func (x *Ctx) ErrorLog() *errlog.Log {
	switch {
	case x.R != nil:
		return x.R.ErrorLog()
	case x.log != nil:
		return x.log
	}
	return x.V.Log
}

// Set and Get keep what chapters have for a request; keys are of a type of
// the caller's own.
func (x *Ctx) Set(key, value any) {
	if x.vars == nil {
		x.vars = map[any]any{}
	}
	x.vars[key] = value
}

// Get is what Set was given, nil before.
func (x *Ctx) Get(key any) any { return x.vars[key] }

// Fake tells whether there is no client's request: "API disabled in the current context".
func (x *Ctx) Fake() bool { return x.R == nil }

// Exit ends the request when the running coroutine has yielded: ngx.exit.
func (x *Ctx) Exit(code int) { x.exited, x.exitCode = true, code }

// Exited is what Exit was given.
func (x *Ctx) Exited() (code int, ok bool) { return x.exitCode, x.exited }

// StayOn forgets an Exit of before: a phase begins that may run several times.
func (x *Ctx) StayOn() { x.exited, x.exitCode = false, 0 }

// Redirect is Exit by ngx.redirect.
func (x *Ctx) Redirect(code int) { x.exited, x.exitCode, x.redirect = true, code, true }

// Exec ends the phase with a redirect inside the server: ngx.exec.
func (x *Ctx) Exec(uri, args string) { x.execURI, x.execArgs = uri, args }

// Jump ends the phase since the URI was changed: ngx.req.set_uri(uri, true).
func (x *Ctx) Jump() { x.jump = true }

// ending tells whether the running code has asked to end.
func (x *Ctx) ending() bool { return x.exited || x.jump || x.execURI != "" }

// Leave yields for Exit, Exec, Redirect and Jump: nothing comes back.
func (x *Ctx) Leave(c *luajit.Call) luajit.Result {
	x.op = opNone
	return luajit.Yield
}

// AtEnd runs f when the request or the timer ends, last added first, without the VM.
func (x *Ctx) AtEnd(f func()) { x.cleanups = append(x.cleanups, f) }

// Start is when the request, or the timer, began.
func (x *Ctx) Start() time.Time {
	if x.R != nil {
		return x.R.Start
	}
	return x.began
}

// Pend counts subrequests of the calling thread that are under way: neither the
// thread nor the request can be ended meanwhile.
func (x *Ctx) Pend(n int) {
	x.NoAbort += n
	if x.cur != nil {
		x.cur.pending += n
	}
}
