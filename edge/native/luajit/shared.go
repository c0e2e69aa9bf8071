package luajit

// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// Shared gives zeroed memory that Go and Lua's FFI both see, until Close: a struct there is read from compiled Lua code in a
// few nanoseconds. Nothing in it may point into Go's memory. Lua gets it by Tape.Light and ffi.cast.
func (st *State) Shared(size int) unsafe.Pointer {
	p := C.calloc(1, C.size_t(max(size, 1)))
	if p == nil {
		panic("no memory to share with Lua")
	}
	st.shared = append(st.shared, p)
	return p
}

func (st *State) freeShared() {
	for _, p := range st.shared {
		C.free(p)
	}
	st.shared = nil
}

// FFIFunc is a Go function called through Lua's FFI, also from compiled code. p is what Lua passed. It must not
// touch the VM: no State, Thread or Tape of it.
type FFIFunc func(p unsafe.Pointer) int64

var (
	ffiFuncs atomic.Pointer[[]FFIFunc]
	ffiMu    sync.Mutex
)

// RegisterFFI gives fn an id, for "int64_t moongate_ffi_go(int32_t id, void *p)" of ffi.C. Ids are the process's.
func RegisterFFI(fn FFIFunc) int {
	ffiMu.Lock()
	defer ffiMu.Unlock()
	var list []FFIFunc
	if old := ffiFuncs.Load(); old != nil {
		list = append(list, *old...)
	}
	list = append(list, fn)
	ffiFuncs.Store(&list)
	return len(list) - 1
}

//export mg_go_ffi
func mg_go_ffi(id C.int32_t, p unsafe.Pointer) C.int64_t {
	list := ffiFuncs.Load()
	if list == nil || uint(id) >= uint(len(*list)) {
		return -1
	}
	return C.int64_t((*list)[id](p))
}
