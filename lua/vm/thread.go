package vm

import (
	"moongate/edge/native/luajit"
)

// Thread is a coroutine that the scheduler runs: the entry of a chunk, a light
// thread (ngx.thread.spawn), or a coroutine of the user's that is active.
type Thread struct {
	L      luajit.Thread
	ref    luajit.Ref // keeps a light thread's coroutine from the collector
	kind   kind
	status status
	waited bool // the parent is in ngx.thread.wait for it
	parent *Thread

	zombies int // light threads that ended before this one waited for them

	// How it goes on: resume says what the next Resume pushes.
	resume  resumeKind
	from    *Thread
	wait    Waiting
	w       *Wait
	waiting bool

	ok      bool // a light thread that has ended returned
	pending int  // subrequests under way
	pooled  bool // its coroutine belongs to the VM's pool
	wrap    bool // of coroutine.wrap
}

type kind uint8

const (
	kindEntry kind = iota
	kindLight
	kindCoroutine
)

type status uint8

const (
	running status = iota // also: ready, or waiting in a call
	suspended
	normal
	dead
	zombie
)

var statusNames = [...]string{"running", "suspended", "normal", "dead", "zombie"}

// resumeKind says what a thread gets when it goes on.
type resumeKind uint8

const (
	resumeStart  resumeKind = iota // function and arguments are on its stack
	resumeEmpty                    // nothing
	resumeFinish                   // what its Waiting pushes
	resumeArgs                     // the arguments of coroutine.resume: from's stack without its bottom
	resumeValues                   // true and from's values: from has yielded or returned
	resumeError                    // false and from's last value
	resumeSelf                     // the light thread that it spawned
	resumeAbort                    // the callback of ngx.on_abort, to be called
)

// op is why a coroutine has yielded.
type op uint8

const (
	opNone op = iota
	opWait
	opResume
	opYield
	opSpawn
	opThreadWait
)

// sched is the scheduler's part of a Ctx.
type sched struct {
	entry   Thread
	entryOn bool // the entry thread has not ended
	cur     *Thread
	other   *Thread // whom an op is about
	op      op
	ready   []*Thread
	lights  []*Thread // alive or zombie
	active  map[uintptr]*Thread
	waits   []*Thread // their Waiting has not been started
	started int       // waits that are under way on goroutines of their own
	done    *doneList

	// The stacks that an error has come through by coroutine.wrap.
	wrapMessage, wrapTrace string
}

// find is the record of a coroutine that is active in this request, nil for others.
func (x *Ctx) find(id uintptr) *Thread {
	if x.cur != nil && x.cur.L.ID() == id {
		return x.cur
	}
	if x.entryOn && x.entry.L.ID() == id {
		return &x.entry
	}
	return x.active[id]
}

func (x *Ctx) activate(t *Thread) {
	if x.active == nil {
		x.active = map[uintptr]*Thread{}
	}
	x.active[t.L.ID()] = t
}

func (t *Thread) alive() bool { return t != nil && t.status != dead && t.status != zombie }

// bury ends a light thread that was killed. Its coroutine looks as if it could go on, so
// the record stays until the request's Lua ends.
func (x *Ctx) bury(t *Thread) {
	t.status = dead
	for i, l := range x.lights {
		if l == t {
			x.lights = append(x.lights[:i], x.lights[i+1:]...)
			break
		}
	}
}

// forget ends a light thread for good.
func (x *Ctx) forget(t *Thread) {
	x.bury(t)
	delete(x.active, t.L.ID())
	x.V.St.Unref(t.ref)
	t.ref = 0
	if t.pooled {
		t.pooled = false
		x.V.St.Put(t.L, false)
	}
}
