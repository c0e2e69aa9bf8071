package luajit

// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"errors"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// State is one VM.
type State struct {
	vm    *C.mg_vm
	funcs []Func
	idle  []Thread // pooled threads, ready to be started
	keep  int      // how many are kept

	shared []unsafe.Pointer

	// OnPanic is told of a panic inside a Func. The call raises "runtime panic: ..." in Lua.
	OnPanic func(v any, stack []byte)
}

// Ref names a value kept in the registry; 0 is no value.
type Ref int32

var (
	states   atomic.Pointer[[]*State]
	statesMu sync.Mutex
)

// New makes a VM with the standard libraries open.
func New() (*State, error) {
	statesMu.Lock()
	defer statesMu.Unlock()
	var list []*State
	if old := states.Load(); old != nil {
		list = append(list, *old...)
	}
	id := 0
	for id < len(list) && list[id] != nil {
		id++
	}
	if id == len(list) {
		list = append(list, nil)
	}
	st := &State{keep: 1024}
	list[id] = st
	states.Store(&list)
	st.vm = C.mg_vm_new(C.uint32_t(id), 1)
	if st.vm == nil {
		list[id] = nil
		return nil, errors.New("failed to create the Lua VM")
	}
	return st, nil
}

// Close runs the finalizers and frees the VM. Nothing of it may be used afterwards.
func (st *State) Close() {
	if st.vm == nil {
		return
	}
	id := st.vm.id
	C.mg_vm_close(st.vm)
	st.vm = nil
	st.freeShared()
	statesMu.Lock()
	defer statesMu.Unlock()
	list := append([]*State(nil), *states.Load()...)
	list[id] = nil
	states.Store(&list)
}

// Main is the main thread: for init code. Request code runs on threads of its own.
func (st *State) Main() Thread { return Thread{st.vm.L, st.vm, 0} }

// Register gives fn an id, by which Tape.Func pushes it.
func (st *State) Register(fn Func) int {
	st.funcs = append(st.funcs, fn)
	return len(st.funcs) - 1
}

// Ref keeps the value at idx (positive, or -1 for the top) of t.
func (st *State) Ref(t Thread, idx int) Ref {
	r := C.mg_ref(st.vm, t.l, C.int(idx))
	if r < 0 {
		return 0
	}
	return Ref(r)
}

// Unref lets it go.
func (st *State) Unref(r Ref) {
	if r > 0 && st.vm != nil {
		C.mg_unref(st.vm, C.int(r))
	}
}

// SetGlobal sets a global variable; push writes its value.
func (st *State) SetGlobal(name string, push func(Tape)) error {
	t := st.Main()
	b := st.Tape()
	b.Globals()
	b.Str(name)
	push(b)
	b.Set()
	b.Pop(1)
	_, err := t.Do(b)
	return err
}

// Preload makes require(name) compile and run source, the first time it is asked for.
func (st *State) Preload(name, source, chunk string) error {
	if C.mg_preload(st.vm, chars(name), C.size_t(len(name)), chars(source), C.size_t(len(source)),
		chars(chunk), C.size_t(len(chunk))) != 0 {
		return errors.New(strings.Clone(st.out().first()))
	}
	return nil
}

// Interrupt makes running Lua code raise an error, again and again until Resume or Call returns (see the package doc
// for what it can't reach). It may be called by any goroutine.
func (st *State) Interrupt() { C.mg_interrupt(st.vm) }

// Resumable takes an Interrupt back.
func (st *State) Resumable() { C.mg_interrupt_clear(st.vm) }

// GC actions, as in lua.h.
const (
	GCStop       = 0
	GCRestart    = 1
	GCCollect    = 2
	GCCount      = 3 // KiB in use
	GCCountB     = 4 // the bytes over it
	GCStep       = 5
	GCSetPause   = 6
	GCSetStepMul = 7
	GCIsRunning  = 9
)

// GC is lua_gc.
func (st *State) GC(what, data int) int { return int(C.lua_gc(st.vm.L, C.int(what), C.int(data))) }

// Values is what the last Resume, Call, Do or Load of the State left. Valid until the next one.
type Values []Value

func (vs Values) first() string {
	if len(vs) == 0 {
		return ""
	}
	s, ok := vs[len(vs)-1].Text()
	if !ok {
		return "unknown reason"
	}
	return s
}

// At is the i-th value, counted from 1; no value when there are fewer.
func (vs Values) At(i int) Value {
	if i < 1 || i > len(vs) {
		return none
	}
	return vs[i-1]
}

func (st *State) out() Values { return values(st.vm.out, int(st.vm.out_len)) }

func stateOf(vm *C.mg_vm) *State { return (*states.Load())[vm.id] }

func chars(s string) *C.char { return (*C.char)(unsafe.Pointer(unsafe.StringData(s))) }

func (st *State) panicked(v any) {
	if st.OnPanic != nil {
		st.OnPanic(v, debug.Stack())
	}
}
