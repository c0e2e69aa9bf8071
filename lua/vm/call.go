package vm

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/engine/httpd"
)

// Call runs a chunk in a phase in which it can't wait: set, header and body filter, log,
// balancer, init. args pushes its arguments; result sees what it returned, with the VM. An
// error has been logged as "failed to run NAME: ...". It may be called while this
// request's Lua runs (a header filter inside of ngx.say) or while it doesn't.
func (x *Ctx) Call(p Phase, ch *Chunk, args func(b luajit.Tape), result func(vs luajit.Values)) bool {
	return x.CallRef(p, func() luajit.Ref { ref, _ := x.load(p, ch); return ref }, args, result)
}

// CallRef is Call for a function in the registry. find gives it, with the VM; where it
// gives none it has logged why.
func (x *Ctx) CallRef(p Phase, find func() luajit.Ref, args func(b luajit.Tape), result func(vs luajit.Values)) bool {
	before, held := x.Phase, x.held
	if !held {
		x.lock()
	}
	if x.slot == 0 {
		x.V.takeSlot(x)
	}
	x.Phase = p
	ref := find()
	ok := ref != 0 && x.call(ref, p, args, result)
	x.Phase = before
	if !held {
		x.unlock()
	} else {
		x.V.share.phase = uint32(before)
	}
	return ok
}

func (x *Ctx) call(ref luajit.Ref, p Phase, args func(b luajit.Tape), result func(vs luajit.Values)) bool {
	v := x.V
	main := v.St.Main()
	at := v.enter(x)
	b := v.St.Tape()
	if !x.heldInside(at) {
		v.tidy(b)
	}
	b.Ref(ref)
	if args != nil {
		args(b)
	}
	vs, err := main.Call(b, true)
	v.leave(at)
	if err != nil {
		x.failed(p, strings.Clone(err.Error()))
		return false
	}
	if result != nil {
		result(vs)
	}
	main.Pop(len(vs))
	return true
}

// heldInside tells whether other Lua code is on the stack below.
func (x *Ctx) heldInside(at *Ctx) bool { return at != &x.V.idle }

// CallExit is Call for phases in which ngx.exit doesn't end the code at once:
// whether it was called, and with what.
func (x *Ctx) CallExit(p Phase, ch *Chunk) (code int, exited, ok bool) {
	was := 0
	if x.exited {
		was = x.exitCode
	}
	ok = x.Call(p, ch, nil, nil)
	return x.exitCode, x.exited && x.exitCode != was, ok
}

// Attach puts a Ctx onto its request again that an error page took off (r->ctx of nginx).
func Attach(r *httpd.Request, x *Ctx) { slot.Put(r, x) }

// failed logs an error of code that can't wait.
func (x *Ctx) failed(p Phase, why string) {
	switch p {
	case Init, InitWorker, ExitWorker:
		x.Logf(errlog.Error, "%s error: %s", p.directive(false), why)
	default:
		x.Logf(errlog.Error, "failed to run %s: %s", p, why)
	}
}

// directive is the name of a phase's directive, as errors at the start print it.
func (p Phase) directive(file bool) string {
	name := strings.TrimSuffix(p.String(), "*")
	if file {
		name += "_file"
	}
	return name
}
