package lua

import (
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// of is the request's Ctx with the settings of where it is now.
func of(r *httpd.Request, cf *conf) *vm.Ctx {
	x := vm.Peek(r)
	if x == nil {
		if x = vm.Of(r, machine); x == nil {
			return nil
		}
	}
	x.Conf = &cf.vm
	return x
}

// machine is the VM for a request: the worker's, or a fresh one with lua_code_cache
// off, in which init_by_lua* runs for all its effects, as in OpenResty.
func machine(r *httpd.Request) *vm.VM {
	main := httpd.RequestMainConf[mainConf](r, Module)
	if httpd.Conf[conf](r, Module).codeCache.V {
		return main.lua
	}
	v, err := vm.New(main.lua.Settings)
	if err != nil {
		r.Logf(errlog.Error, "failed to initialize Lua VM: %s", err)
		return nil
	}
	v.MakeOwn()
	v.Worker, v.Timers = main.lua.Worker, main.lua.Timers
	if main.init != nil && !v.Init(main.init) {
		v.Drop()
		return nil
	}
	return v
}

// handlerNames are the phases as the debug log names them.
var handlerNames = map[vm.Phase]string{
	vm.Rewrite: "rewrite", vm.ServerRewrite: "server rewrite", vm.Access: "access", vm.Precontent: "precontent", vm.Content: "content",
}

// run is the handler of a phase in which code may wait.
func run(p vm.Phase, get func(*conf) *vm.Chunk) httpd.Handler {
	return func(r *httpd.Request) httpd.Result {
		cf := httpd.Conf[conf](r, Module)
		ch := get(cf)
		if ch == nil {
			return httpd.Declined
		}
		x := of(r, cf)
		if x == nil {
			return 500
		}
		if r.Debugging() {
			r.Debugf("lua %s handler, uri:\"%s\" c:1", handlerNames[p], r.URI)
		}
		if cf.needBody.V && !r.Body.Present() {
			if res := r.ReadBody(); res != httpd.OK {
				return res
			}
		}
		return x.Run(p, ch)
	}
}

var rewriteHandler = run(vm.Rewrite, func(c *conf) *vm.Chunk { return c.rewrite })

// runRewrite leaves a URI alone that a rewrite has just changed.
func runRewrite(r *httpd.Request) httpd.Result {
	if r.URIChanged {
		return httpd.Declined
	}
	return rewriteHandler(r)
}

func runLog(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	if x := of(r, cf); x != nil {
		r.Debugf("lua log handler, uri:\"%s\" c:0", r.URI)
		x.Call(vm.Log, cf.log, nil, nil)
	}
	return httpd.OK
}
