package api

import (
	"moongate/core/errlog"
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
		{Name: "moongate.regex_compiled", Phases: vm.Anywhere, Run: regexCompiled},
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

// regexCompiled logs what became of a pattern that was compiled with "j".
func regexCompiled(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := int(c.Num(1)); n != 0 {
		x.Logf(errlog.Info, "pcre2_jit_compile() failed: %d in \"%s\", ignored", n, c.Str(2))
	} else {
		x.Debugf("pcre2 JIT compiled successfully")
	}
	return luajit.Return
}

// jitStack is ngx.re.opt("jit_stack_size", size).
func jitStack(x *vm.Ctx, c *luajit.Call) luajit.Result {
	regex.SetLuaLimits(x.V.RegexLimit, int(c.Num(1)))
	return luajit.Return
}
