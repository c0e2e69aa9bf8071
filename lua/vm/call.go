package vm

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
)

// Call runs a chunk in a phase in which it can't wait: set, header and body filter, log,
// balancer, init. args pushes its arguments; result sees what it returned, with the VM. An
// error has been logged as "failed to run NAME: ...". It may be called while this
// request's Lua runs (a header filter inside of ngx.say) or while it doesn't.
func (x *Ctx) Call(p Phase, ch *Chunk, args func(b luajit.Tape), result func(vs luajit.Values)) bool {
	v := x.V
	before, held := x.Phase, x.held
	if !held {
		x.lock()
	}
	if x.slot == 0 {
		v.takeSlot(x)
	}
	x.Phase = p
	ref, _ := x.load(ch)
	ok := ref != 0
	if ok {
		ok = x.call(ref, p, args, result)
	}
	x.Phase = before
	if !held {
		x.unlock()
	} else {
		v.share.phase = uint32(before)
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
		x.Logf(errlog.Error, "failed to run %s: %s", p, strings.Clone(err.Error()))
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
