package luajit

// #include "bridge.h"
import "C"

import (
	"math"
	"unsafe"
)

// longString is where copying through the tape costs more than a crossing.
const longString = 16 << 10

// Tape is a place on the VM's tape from which on commands are written. They are run, and dropped, by the Resume, Call or Do
// it is given to, or by the return of the Func it belongs to. Commands work on a stack, as in the Lua C API.
//
//	header: op uint32, n uint32     then a payload, padded to eight bytes
type Tape struct {
	vm    *C.mg_vm
	start uint32
}

// Tape begins a new tape.
func (st *State) Tape() Tape { return Tape{st.vm, uint32(st.vm.tape_len)} }

// room makes place for a command with a payload of n bytes, writes its head and returns its payload.
func (b Tape) room(op uint32, arg uint32, n int) unsafe.Pointer {
	vm := b.vm
	size := uint32(8 + (n+7)&^7)
	if uint32(vm.tape_len)+size > uint32(vm.tape_cap) {
		C.mg_tape_grow(vm, C.uint32_t(size))
	}
	p := unsafe.Add(unsafe.Pointer(vm.tape), int(vm.tape_len))
	vm.tape_len += C.uint32_t(size)
	*(*uint64)(p) = uint64(op) | uint64(arg)<<32
	return unsafe.Add(p, 8)
}

func (b Tape) word(op uint32, arg uint32, payload uint64) { *(*uint64)(b.room(op, arg, 8)) = payload }

func (b Tape) Nil() { b.room(C.MG_OP_NIL, 0, 0) }

func (b Tape) Bool(v bool) {
	if v {
		b.room(C.MG_OP_TRUE, 0, 0)
	} else {
		b.room(C.MG_OP_FALSE, 0, 0)
	}
}

func (b Tape) Num(f float64) { b.word(C.MG_OP_NUM, 0, math.Float64bits(f)) }
func (b Tape) Int(i int)     { b.Num(float64(i)) }

// Str pushes a string. Long ones go straight from Go's memory into Lua's.
func (b Tape) Str(s string) {
	if len(s) > longString {
		b.long(s)
		return
	}
	p := b.room(C.MG_OP_STR, uint32(len(s)), len(s))
	copy(unsafe.Slice((*byte)(p), len(s)), s)
}

func (b Tape) Bytes(s []byte) { b.Str(unsafe.String(unsafe.SliceData(s), len(s))) }

func (b Tape) long(s string) {
	ref := C.mg_long_string(b.vm, chars(s), C.size_t(len(s)))
	if ref < 0 {
		b.Nil()
		return
	}
	b.room(C.MG_OP_TAKE, uint32(ref), 0)
}

// Light pushes a lightuserdata; the address must not be Go's.
func (b Tape) Light(p uintptr) { b.word(C.MG_OP_LIGHT, 0, uint64(p)) }

// Ref pushes a value of the registry.
func (b Tape) Ref(r Ref) { b.room(C.MG_OP_REF, uint32(r), 0) }

// Take pushes a value of the registry and frees its reference.
func (b Tape) Take(r Ref) { b.room(C.MG_OP_TAKE, uint32(r), 0) }

// Table pushes a new table with room for so many array and hash slots.
func (b Tape) Table(array, hash int) { b.word(C.MG_OP_TABLE, uint32(array), uint64(hash)) }

// Set is t[k] = v for the three values on top (table lowest), raw; the table stays. Keys nil and NaN are dropped.
func (b Tape) Set() { b.room(C.MG_OP_SET, 0, 0) }

// SetI is t[i] = v for the two values on top; the table stays.
func (b Tape) SetI(i int) { b.room(C.MG_OP_SETI, uint32(i), 0) }

// Get replaces table and key on top by t[k], raw.
func (b Tape) Get() { b.room(C.MG_OP_GET, 0, 0) }

// Pair sets t[k] = v in the table on top. A second value for a key makes an array of them.
func (b Tape) Pair(k, v string) {
	p := b.room(C.MG_OP_PAIR, uint32(len(k)), 8+len(k)+len(v))
	*(*int64)(p) = int64(len(v))
	to := unsafe.Slice((*byte)(unsafe.Add(p, 8)), len(k)+len(v))
	copy(to, k)
	copy(to[len(k):], v)
}

// PairTrue is Pair with the value true, which query arguments without "=" have.
func (b Tape) PairTrue(k string) {
	p := b.room(C.MG_OP_PAIR, uint32(len(k)), 8+len(k))
	*(*int64)(p) = -1
	copy(unsafe.Slice((*byte)(unsafe.Add(p, 8)), len(k)), k)
}

// Meta sets the metatable of the value on top from the registry.
func (b Tape) Meta(r Ref) { b.room(C.MG_OP_META, uint32(r), 0) }

// SetMeta pops a table and makes it the metatable of the value below.
func (b Tape) SetMeta() { b.room(C.MG_OP_SETMETA, 0, 0) }

// Func pushes a registered Go function; data is what its Call.Data gives (within 53 bits).
func (b Tape) Func(id int, data int64) { b.word(C.MG_OP_FUNC, uint32(id), uint64(data)) }

// Again pushes a copy of the value at idx of the stack the tape runs on: an argument of the Func, for one.
func (b Tape) Again(idx int) { b.room(C.MG_OP_ARG, uint32(idx), 0) }

// Copy pushes a copy of the value at idx of another thread.
func (b Tape) Copy(from Thread, idx int) {
	b.word(C.MG_OP_COPY, uint32(idx), uint64(from.ID()))
}

// XMove moves the n topmost values of another thread here.
func (b Tape) XMove(from Thread, n int) { b.word(C.MG_OP_XMOVE, uint32(n), uint64(from.ID())) }

// Exdata sets the pointer kept with the thread the tape runs on.
func (b Tape) Exdata(p uintptr) { b.word(C.MG_OP_EXDATA, 0, uint64(p)) }

// Handle pushes a userdata that holds an integer; meta (0: none) is its metatable, whose __gc may free what it names.
func (b Tape) Handle(h int64, meta Ref) { b.word(C.MG_OP_HANDLE, uint32(meta), uint64(h)) }

// Globals pushes the globals table of the thread.
func (b Tape) Globals() { b.room(C.MG_OP_GLOBALS, 0, 0) }

// SetGlobals pops a table and makes it the globals table of the thread.
func (b Tape) SetGlobals() { b.room(C.MG_OP_SETGLOBALS, 0, 0) }

// SetFenv pops a table and makes it the environment of the function below.
func (b Tape) SetFenv() { b.room(C.MG_OP_SETFENV, 0, 0) }

// Remove takes the value at idx out of the stack.
func (b Tape) Remove(idx int) { b.room(C.MG_OP_REMOVE, uint32(int32(idx)), 0) }

// Pop drops n values.
func (b Tape) Pop(n int) { b.room(C.MG_OP_POP, uint32(n), 0) }

// Drop forgets what was written since the tape began.
func (b Tape) Drop() { b.vm.tape_len = C.uint32_t(b.start) }
