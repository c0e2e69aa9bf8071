package luajit

// #include "bridge.h"
import "C"

import (
	"errors"
	"strings"
	"unsafe"
)

// Thread is a Lua coroutine (lua_State). It is a small value; compare with ==.
type Thread struct {
	l   *C.lua_State
	vm  *C.mg_vm
	ref int32 // slot in the table of threads; 0 when Lua itself keeps it
}

// Status of a thread after Resume.
type Status int

const (
	Finished Status = 0
	Yielded  Status = 1
	Failed   Status = 2 // LUA_ERRRUN; the message is the last value
	NoMemory Status = 4
	BadError Status = 5 // an error while handling the error
)

// NewThread takes a coroutine from the pool or makes one. Put gives it back.
func (st *State) NewThread() (Thread, error) {
	if n := len(st.idle); n > 0 {
		t := st.idle[n-1]
		st.idle = st.idle[:n-1]
		return t, nil
	}
	var ref C.int
	l := C.mg_thread_new(st.vm, &ref)
	if l == nil {
		return Thread{}, errors.New("no memory for a Lua thread")
	}
	return Thread{l, st.vm, int32(ref)}, nil
}

// Put gives a coroutine back. clean says that it has finished normally and returned nothing: then it is ready as it
// is; otherwise its stack and upvalues are reset first.
func (st *State) Put(t Thread, clean bool) {
	if t.ref == 0 || st.vm == nil {
		return
	}
	if len(st.idle) >= st.keep || (!clean && C.mg_thread_reset(t.vm, t.l) != 0) {
		C.mg_thread_free(t.vm, C.int(t.ref))
		return
	}
	st.idle = append(st.idle, t)
}

// ID tells threads apart and may be a map key. It is the thread's address, as Value.Pointer of it gives.
func (t Thread) ID() uintptr { return uintptr(unsafe.Pointer(t.l)) }

// Valid is false for the zero Thread.
func (t Thread) Valid() bool { return t.l != nil }

// Thread makes a Thread of a coroutine that came as a Lua value. It lives as long as Lua keeps it.
func (st *State) Thread(v Value) Thread {
	if v.Type() != TThread {
		return Thread{}
	}
	return Thread{(*C.lua_State)(v.Pointer()), st.vm, 0}
}

// Resume starts the thread (its function and arguments are on its stack or on the tape) or continues it: then what the tape
// pushes are the results of its yield. What it returned, yielded or raised (last value) is valid until it is resumed.
func (t Thread) Resume(b Tape) (Status, Values) {
	rc := C.mg_resume(t.vm, t.l, C.uint32_t(b.start))
	if rc == C.MG_REFUSED {
		rc = C.int(Failed)
	}
	return Status(rc), t.values()
}

// Call calls a function under protection: the tape pushes function and arguments; if it pushes nothing, the function on
// top of the stack is called (Load leaves one there). The results stay on the stack until
// Pop(len). With traceback, a message gets the stack of the place that raised it, as debug.traceback prints it.
func (t Thread) Call(b Tape, traceback bool) (Values, error) {
	c := C.int(0)
	if traceback {
		c = 1
	}
	if rc := C.mg_pcall(t.vm, t.l, C.uint32_t(b.start), c); rc != 0 {
		return nil, t.failure(rc)
	}
	return t.values(), nil
}

// Do runs the tape under protection, on an empty stack of its own; what it leaves there is pushed onto the thread's.
func (t Thread) Do(b Tape) (Values, error) {
	if rc := C.mg_do(t.vm, t.l, C.uint32_t(b.start)); rc != 0 {
		return nil, t.failure(rc)
	}
	return t.values(), nil
}

// Load compiles a chunk (text or bytecode) onto the stack. name is Lua's chunk name: "=content_by_lua(nginx.conf:40)".
func (t Thread) Load(code, name string) error {
	if rc := C.mg_load(t.vm, t.l, chars(code), C.size_t(len(code)), chars(name), C.size_t(len(name))); rc != 0 {
		return t.failure(rc)
	}
	return nil
}

// Error is what Lua raised; its message is copied.
type Error struct {
	Message string
	Kind    Type // type of the raised value; Message is "unknown reason" unless it is a string or number
}

func (e *Error) Error() string { return e.Message }

func (t Thread) failure(rc C.int) error {
	vs := t.values()
	e := &Error{Message: strings.Clone(vs.first()), Kind: vs.At(len(vs)).Type()}
	if rc != C.MG_REFUSED {
		t.Pop(1)
	}
	return e
}

func (t Thread) values() Values { return values(t.vm.out, int(t.vm.out_len)) }

// Status is what lua_status tells: Finished also for a thread that has not been started.
func (t Thread) Status() Status { return Status(C.lua_status(t.l)) }

// Top is the number of values on the stack.
func (t Thread) Top() int { return int(C.lua_gettop(t.l)) }

// SetTop cuts or fills the stack.
func (t Thread) SetTop(n int) { C.lua_settop(t.l, C.int(n)) }

// Pop drops n values.
func (t Thread) Pop(n int) { C.lua_settop(t.l, C.int(-n-1)) }

// At reads one value of the stack; -1 is the top.
func (t Thread) At(idx int) Value {
	var v C.mg_value
	C.mg_read(t.l, C.int(idx), &v)
	return *(*Value)(unsafe.Pointer(&v))
}

// Exdata is the pointer kept with the thread and inherited by the coroutines it makes: Tape.Exdata sets it.
func (t Thread) Exdata() uintptr { return uintptr(C.lua_getexdata(t.l)) }

// Flatten lists a table: key, value, key, value..., where a value that is a table within depth is followed by its own
// pairs and a TEnd record, and its Len tells how many records lie between. Valid until the next Flatten; no metamethods.
func (t Thread) Flatten(idx, depth int) (Values, bool) {
	if idx < 0 {
		idx = t.Top() + 1 + idx
	}
	if C.mg_flatten(t.vm, t.l, C.int(idx), C.int(depth)) != 0 {
		return nil, false
	}
	all := values(t.vm.flat, int(t.vm.flat_len))
	if len(all) < 2 || all[0].Type() != TTable {
		return nil, false
	}
	return Values(all[1 : len(all)-1]), true
}
