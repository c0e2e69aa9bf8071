package luajit

// #include "bridge.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Func is a Go function that Lua can call. It must not keep the Call.
type Func func(c *Call) Result

// Result says what the trampoline does with the values on the tape of the Call.
type Result int32

const (
	Return Result = C.MG_RETURN // give them to the caller
	Raise  Result = C.MG_RAISE  // raise the last one as an error
	Yield  Result = C.MG_YIELD  // yield them: the Resume that runs this coroutine returns Yielded
)

// Call is one call from Lua. It lies in C memory, on the stack of the trampoline.
type Call struct{ c C.mg_call }

// State is the VM that calls.
func (c *Call) State() *State { return stateOf(c.c.vm) }

// Thread is the coroutine that calls.
func (c *Call) Thread() Thread { return Thread{c.c.L, c.c.vm, 0} }

// Exdata is the pointer or handle kept with the calling coroutine: the request.
func (c *Call) Exdata() uintptr { return uintptr(c.c.exdata) }

// Data is what Tape.Func was given.
func (c *Call) Data() int64 { return int64(c.c.data) }

// N is the number of arguments.
func (c *Call) N() int { return int(c.c.nargs) }

// Arg is the i-th argument, counted from 1; Type TNone when there are fewer.
func (c *Call) Arg(i int) Value {
	if uint(i-1) >= uint(c.c.nargs) {
		return none
	}
	return *(*Value)(unsafe.Add(unsafe.Pointer(c.c.args), (i-1)*int(unsafe.Sizeof(Value{}))))
}

// Args are all arguments.
func (c *Call) Args() Values { return values(c.c.args, int(c.c.nargs)) }

// Type, Str, Num and Bool are Arg(i)'s.
func (c *Call) Type(i int) Type   { return c.Arg(i).Type() }
func (c *Call) Str(i int) string  { return c.Arg(i).Str() }
func (c *Call) Num(i int) float64 { return c.Arg(i).Num() }
func (c *Call) Bool(i int) bool   { return c.Arg(i).Bool() }

// Ref keeps an argument in the registry.
func (c *Call) Ref(i int) Ref { return c.State().Ref(c.Thread(), i) }

// Flatten lists a table argument: see Thread.Flatten.
func (c *Call) Flatten(i, depth int) (Values, bool) { return c.Thread().Flatten(i, depth) }

// Out is where the results are written.
func (c *Call) Out() Tape { return Tape{c.c.vm, uint32(c.c.start)} }

// Error raises a message with the place of the Lua code that called in front, as luaL_error does.
func (c *Call) Error(format string, args ...any) Result {
	b := c.Out()
	b.Drop()
	b.Str(c.Thread().Where(1) + fmt.Sprintf(format, args...))
	return Raise
}

// ArgError raises "bad argument #1 to 'name' (why)" with the function's name as the caller knows it.
func (c *Call) ArgError(i int, why string) Result {
	l, ok := c.Thread().Level(0)
	name := "?"
	if ok && l.Name != "" {
		name = l.Name
	}
	if ok && l.Method {
		i--
		if i == 0 {
			return c.Error("calling '%s' on bad self (%s)", name, why)
		}
	}
	return c.Error("bad argument #%d to '%s' (%s)", i, name, why)
}

// TypeError is ArgError with "string expected, got nil".
func (c *Call) TypeError(i int, want string) Result {
	return c.ArgError(i, want+" expected, got "+c.Type(i).String())
}

// Fail returns nil and a message, the way ngx.* reports errors.
func (c *Call) Fail(message string) Result {
	b := c.Out()
	b.Nil()
	b.Str(message)
	return Return
}

//export mg_go_call
func mg_go_call(p *C.mg_call, id C.int32_t) (answer C.int) {
	st := stateOf(p.vm)
	c := (*Call)(unsafe.Pointer(p))
	defer func() {
		if v := recover(); v != nil {
			st.panicked(v)
			c.Out().Drop()
			c.Out().Str(fmt.Sprintf("runtime panic: %v", v))
			answer = C.int(Raise)
		}
	}()
	return C.int(st.funcs[id](c))
}
