package api

import (
	"moongate/edge/native/luajit"
	"moongate/engine/regex"
	"moongate/lua/vm"
)

// Regexes is ngx.re, in lib/moongate/re.lua on PCRE2 by FFI.
var Regexes = &vm.Chapter{
	Name: "re",
	Doc:  "Regular expressions.",
	Funcs: []vm.Fn{
		{Name: "moongate.jit_stack", Phases: vm.Anywhere, Run: jitStack},
	},
	Open: func(v *vm.VM) error {
		if err := v.Put("moongate.regex_cache_max", func(b luajit.Tape) { b.Int(v.RegexCache) }); err != nil {
			return err
		}
		if v.RegexLimit > 0 {
			regex.SetLuaLimits(v.RegexLimit, 0)
		}
		return v.Eval(`require "moongate.re"`, "=re")
	},
}

// jitStack is ngx.re.opt("jit_stack_size", size).
func jitStack(x *vm.Ctx, c *luajit.Call) luajit.Result {
	regex.SetLuaLimits(x.V.RegexLimit, int(c.Num(1)))
	return luajit.Return
}
