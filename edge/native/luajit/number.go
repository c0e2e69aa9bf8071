package luajit

// #include "bridge.h"
import "C"

// ToNumber is the number, or what Lua makes of a string that looks like one.
func (st *State) ToNumber(v Value) (float64, bool) {
	switch v.Type() {
	case TNumber:
		return v.Num(), true
	case TString:
		return st.ParseNumber(v.Str())
	}
	return 0, false
}

// ToNumber is State.ToNumber of an argument.
func (c *Call) ToNumber(i int) (float64, bool) { return c.State().ToNumber(c.Arg(i)) }

// ParseNumber reads a string as tonumber does. Plain integers are read here, the rest (fractions, exponents, hexadecimal,
// spaces, inf, nan) by LuaJIT itself, whose limits are its own.
func (st *State) ParseNumber(s string) (float64, bool) {
	if len(s) > 0 && len(s) <= 15 {
		n := 0
		for i := 0; i < len(s); i++ {
			c := s[i] - '0'
			if c > 9 {
				n = -1
				break
			}
			n = n*10 + int(c)
		}
		if n >= 0 {
			return float64(n), true
		}
	}
	var f C.double
	ok := C.mg_tonumber(st.vm, chars(s), C.size_t(len(s)), &f)
	return float64(f), ok != 0
}
