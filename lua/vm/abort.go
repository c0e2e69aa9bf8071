package vm

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/wire/http1"
)

// raised sees to an error; true when it ends the whole chunk.
func (x *Ctx) raised(t *Thread, st luajit.Status, vals luajit.Values) bool {
	x.op = opNone
	if t.kind == kindCoroutine {
		if t.wrap {
			x.remember(t, vals)
		}
		t.status = dead
		delete(x.active, t.L.ID())
		x.orphan(t)
		x.giveBack(t, resumeError)
		return false
	}
	msg, ok := vals.At(len(vals)).Text()
	if !ok {
		msg = "unknown reason"
	}
	msg = strings.Clone(msg)
	what := "runtime error"
	switch st {
	case luajit.NoMemory:
		what = "[lua] memory allocation error"
	case luajit.BadError:
		what = "error handler error"
	}
	trace := ""
	if x.wrapTrace != "" && msg == x.wrapMessage {
		trace = x.wrapTrace
	} else {
		trace = luajit.Traceback(x.lineage(t)...)
	}
	x.wrapMessage, x.wrapTrace = "", ""
	t.status = dead
	if t.kind == kindEntry {
		x.Logf(errlog.Error, "lua entry thread aborted: %s: %s\n%s", what, msg, trace)
		x.entryOn = false
		return true
	}
	x.Logf(errlog.Error, "lua user thread aborted: %s: %s\n%s", what, msg, trace)
	x.orphan(t)
	t.ok = false
	x.lightEnded(t)
	return false
}

// remember keeps the stacks of an error that coroutine.wrap passes on.
func (x *Ctx) remember(t *Thread, vals luajit.Values) {
	msg, ok := vals.At(len(vals)).Text()
	if !ok || msg == x.wrapMessage {
		return
	}
	x.wrapMessage = strings.Clone(msg)
	x.wrapTrace = luajit.Traceback(x.lineage(t)...)
}

// lineage is a coroutine and those that resumed it.
func (x *Ctx) lineage(t *Thread) []luajit.Thread {
	var list []luajit.Thread
	for {
		list = append(list, t.L)
		t = t.parent
		if t == nil || t.status == dead || len(list) > 5 {
			break
		}
	}
	return list
}

// stopAll ends what still runs: light threads and their waits
// (ngx_http_lua_request_cleanup). The VM is let go while waits end, since subrequests
// need it.
func (x *Ctx) stopAll() {
	st := x.V.St
	threads := append([]*Thread{&x.entry}, x.lights...)
	for _, t := range x.active {
		threads = append(threads, t)
	}
	busy := false
	for _, t := range threads {
		busy = busy || t.waiting
	}
	if busy {
		x.unlock()
		for _, t := range threads {
			x.stopWait(t)
		}
		x.lock()
	}
	for _, l := range x.lights {
		l.status = dead
		st.Unref(l.ref)
		l.ref = 0
		if l.pooled {
			st.Put(l.L, false)
		}
	}
	clear(x.lights)
	x.lights = x.lights[:0]
	for _, t := range x.active {
		if t.status == dead && t.ref != 0 {
			st.Unref(t.ref) // buried
		}
	}
	clear(x.active)
	x.waits = x.waits[:0]
	x.ready = x.ready[:0]
	x.started = 0
	x.done.list = nil
}

// watchful tells whether a wait must notice that the client went away.
func (x *Ctx) watchful() bool {
	return x.Conf != nil && x.Conf.CheckClientAbort && x.R != nil && x.R.Main.Version < http1.HTTP20
}

// watch has the client's going away end await.
func (x *Ctx) watch() {
	if x.hook.Func == nil {
		x.hook.Func = func() {
			x.gone.Store(true)
			x.done.ev.Wake()
		}
	}
	x.R.Main.Conn.NotifyClose(&x.hook)
}

// aborting tells whether the client has gone and the request shall end for it
// (ngx_http_lua_rd_check_broken_connection). Otherwise the callback of ngx.on_abort
// has been started.
func (x *Ctx) aborting() bool {
	if !x.gone.Load() || x.abortRun {
		return false
	}
	x.abortRun = true
	x.Logf(errlog.Info, "client prematurely closed connection")
	if x.abortFn == 0 {
		x.exited, x.exitCode = true, 499
		return true
	}
	l, err := x.V.St.NewThread()
	if err != nil {
		return false
	}
	x.Debugf("lua waking up the on_abort callback thread")
	t := &Thread{L: l, kind: kindLight, parent: &x.entry, resume: resumeAbort, pooled: true}
	x.activate(t)
	x.lights = append(x.lights, t)
	x.first(t)
	return false
}
