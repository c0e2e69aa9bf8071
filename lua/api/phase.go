package api

import (
	"moongate/core/version"
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// phases tells where the code runs, and what the server is.
var phases = vm.Chapter{
	Name: "phase",
	Doc:  "Where the code runs.",
	Funcs: []vm.Fn{
		{Name: "ngx.get_phase", Phases: vm.Anywhere, Run: getPhase, Doc: "The phase's name."},
	},
	Open: func(v *vm.VM) error {
		strs := map[string]string{"ngx.config.subsystem": "http"}
		if v.Cycle != nil {
			strs["moongate.prefix"] = v.Prefix
		}
		for name, s := range strs {
			if err := v.Put(name, func(b luajit.Tape) { b.Str(s) }); err != nil {
				return err
			}
		}
		for name, n := range map[string]int{"ngx.config.ngx_lua_version": luaVersion, "ngx.config.nginx_version": version.NginxNumber} {
			if err := v.Put(name, func(b luajit.Tape) { b.Int(n) }); err != nil {
				return err
			}
		}
		return v.Eval(configLua, "=config")
	},
}

// luaVersion is the version of lua-nginx-module whose API this is; lua-resty-core checks it.
const luaVersion = 10030

const configLua = `
local prefix = moongate.prefix or ""
ngx.config.debug = true
function ngx.config.prefix() return prefix end
function ngx.config.nginx_configure() return " --with-debug" end
ngx.get_raw_phase = function() return moongate end
ngx.get_raw_phase = nil
`

func getPhase(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Str(x.Phase.Short())
	return luajit.Return
}
