package vm

import (
	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/engine/httpd"
)

// failed is a chunk that could not be started or that raised, as an exit code.
const failed = 500

func (x *Ctx) lock() {
	x.V.Lock()
	x.held = true
}

func (x *Ctx) unlock() {
	x.held = false
	x.V.Unlock()
}

// Take and Let hold the VM for who looks a function up and then calls RunRef with it.
func (x *Ctx) Take() { x.lock() }

// Let lets go of the VM without a call.
func (x *Ctx) Let() { x.unlock() }

// Held tells whether the calling goroutine runs this request's Lua and so has the VM.
func (x *Ctx) Held() bool { return x.held }

// Run runs a chunk in a phase in which it may wait, to its end
// (ngx_http_lua_run_thread and what leads to it). The answer is what the phase
// handlers of lua-nginx-module get: OK, Declined, Error, or a status.
func (x *Ctx) Run(p Phase, ch *Chunk) httpd.Result {
	x.lock()
	ref, res := x.load(p, ch)
	if ref == 0 {
		x.unlock()
		return res
	}
	return x.RunRef(p, ref, nil)
}

// RunRef is Run for a function in the registry, whose VM is held; args pushes its
// arguments. The VM is let go.
func (x *Ctx) RunRef(p Phase, ref luajit.Ref, args func(b luajit.Tape)) httpd.Result {
	v := x.V
	x.begins(p)
	l, err := v.St.NewThread()
	if err != nil {
		x.unlock()
		x.Logf(errlog.Error, "lua: failed to create new coroutine to handle request")
		return failed
	}
	x.entry = Thread{L: l, kind: kindEntry, zombies: 0}
	x.entryOn = true
	x.cur = &x.entry
	b := v.St.Tape()
	v.tidy(b)
	b.Ref(ref)
	if args != nil {
		args(b)
	}
	how, clean := x.loop(b)
	if len(x.lights) > 0 || len(x.active) > 0 || x.started > 0 {
		x.stopAll()
	}
	v.St.Put(l, clean)
	x.entryOn = false
	x.cur = nil
	x.unlock()
	return x.conclude(how)
}

// begins makes x fresh for a chunk (ngx_http_lua_reset_ctx).
func (x *Ctx) begins(p Phase) {
	x.Phase = p
	x.exited, x.exitCode, x.redirect, x.jump = false, 0, false, false
	x.execURI, x.execArgs = "", ""
	x.op = opNone
	x.ready = x.ready[:0]
	if x.slot == 0 {
		x.V.takeSlot(x)
	}
}

// end is how a chunk ended.
type end uint8

const (
	ended   end = iota // returned
	aborted            // raised
	left               // exit, exec, redirect, jump
)

// loop resumes threads until the entry thread and all light threads have ended. The
// thread x.cur starts with what is on the tape. clean: the entry thread returned
// nothing.
func (x *Ctx) loop(b luajit.Tape) (how end, clean bool) {
	v := x.V
	for {
		t := x.cur
		before := v.enter(x)
		st, vals := t.L.Resume(b)
		v.leave(before)
		switch st {
		case luajit.Yielded:
			if x.ending() {
				return left, false
			}
			x.yielded(t)
		case luajit.Finished:
			if t.kind == kindEntry {
				t.status = dead
				x.entryOn = false
				x.orphan(t)
				clean = len(vals) == 0
				if len(x.lights) == 0 {
					return ended, clean
				}
			} else {
				x.finished(t)
				if !x.entryOn && len(x.lights) == 0 && len(x.ready) == 0 {
					return ended, clean
				}
			}
		default:
			if x.raised(t, st, vals) {
				return aborted, false
			}
			if !x.entryOn && len(x.lights) == 0 && len(x.ready) == 0 {
				return ended, clean
			}
		}
		for {
			t, dropped := x.next()
			if t == nil {
				x.await()
				if x.aborting() {
					return left, false
				}
				continue
			}
			if dropped {
				continue
			}
			x.cur = t
			b = v.St.Tape()
			x.push(t, b)
			if x.ending() {
				b.Drop()
				return left, false
			}
			break
		}
	}
}

// next takes the thread that is first in line.
func (x *Ctx) next() (t *Thread, dropped bool) {
	if len(x.ready) == 0 {
		return nil, false
	}
	t = x.ready[0]
	copy(x.ready, x.ready[1:])
	x.ready = x.ready[:len(x.ready)-1]
	return t, t.status == dead || t.status == zombie
}

// yielded sees to what a coroutine has yielded for.
func (x *Ctx) yielded(t *Thread) {
	why := x.op
	x.op = opNone
	switch why {
	case opWait:
		t.waiting = true
		x.waits = append(x.waits, t)
	case opResume:
		child := x.other
		t.status = normal
		child.parent, child.status = t, running
		child.resume, child.from = resumeArgs, t
		x.first(child)
	case opSpawn:
		child := x.other
		child.resume, child.from = resumeArgs, t
		t.resume, t.from = resumeSelf, child
		x.first(child)
		x.ready = append(x.ready, t)
	case opThreadWait:
		// goes on when one of the threads ends
	default: // coroutine.yield, or lua_yield of a C module
		if t.kind != kindCoroutine {
			t.resume = resumeEmpty
			x.ready = append(x.ready, t)
			return
		}
		parent := t.parent
		t.status = suspended
		delete(x.active, t.L.ID())
		parent.status = running
		parent.resume, parent.from = resumeValues, t
		x.first(parent)
	}
}

// first puts a thread at the head of the line: it goes on at once.
func (x *Ctx) first(t *Thread) {
	x.ready = append(x.ready, nil)
	copy(x.ready[1:], x.ready)
	x.ready[0] = t
}

// finished is the end of a light thread or a coroutine that returned.
func (x *Ctx) finished(t *Thread) {
	t.status = dead
	x.orphan(t)
	if t.kind == kindCoroutine {
		delete(x.active, t.L.ID())
		x.giveBack(t, resumeValues)
		return
	}
	t.ok = true
	x.lightEnded(t)
}

func (x *Ctx) giveBack(t *Thread, how resumeKind) {
	parent := t.parent
	parent.status = running
	parent.resume, parent.from = how, t
	x.first(parent)
}

// lightEnded tells the parent, or leaves a zombie for it.
func (x *Ctx) lightEnded(t *Thread) {
	if !t.parent.alive() {
		x.forget(t)
		return
	}
	if t.waited {
		// Others that it waits for too are not waited for any more.
		for _, l := range x.lights {
			if l.parent == t.parent {
				l.waited = false
			}
		}
		how := resumeValues
		if !t.ok {
			how = resumeError
		}
		t.status = dead
		x.giveBack(t, how)
		return
	}
	t.status = zombie
	t.parent.zombies++
}

// orphan drops the light threads that ended before t and that nobody can wait for now.
func (x *Ctx) orphan(t *Thread) {
	if t.zombies == 0 {
		return
	}
	t.zombies = 0
	for i := 0; i < len(x.lights); {
		l := x.lights[i]
		if l.parent == t && l.status == zombie {
			x.forget(l)
			continue
		}
		i++
	}
}

// push writes what a thread goes on with.
func (x *Ctx) push(t *Thread, b luajit.Tape) {
	how := t.resume
	t.resume = resumeStart
	from := t.from
	t.from = nil
	switch how {
	case resumeFinish:
		w := t.wait
		t.wait = nil
		w.Finish(x, b)
	case resumeArgs:
		if n := from.L.Top(); n > 1 {
			b.XMove(from.L, n-1)
		}
	case resumeValues:
		b.Bool(true)
		if n := from.L.Top(); n > 0 {
			b.XMove(from.L, n)
		}
		x.moved(from)
	case resumeError:
		b.Bool(false)
		b.XMove(from.L, from.leftovers())
		x.moved(from)
	case resumeSelf:
		b.Ref(from.ref)
	case resumeAbort:
		b.Ref(x.abortFn)
	}
}

// leftovers is how much of the stack of a thread that raised is handed on. For a light
// thread lua-nginx-module gives all that lies on top, of which the message is the last.
func (t *Thread) leftovers() int {
	if t.kind == kindLight {
		return max(t.L.Top(), 1)
	}
	return 1
}

// moved is the end of a light thread whose results have been taken.
func (x *Ctx) moved(t *Thread) {
	if t.kind == kindLight {
		x.forget(t)
	}
}
