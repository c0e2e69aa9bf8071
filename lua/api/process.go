package api

import (
	"os"

	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// process is the module ngx.process.
var process = vm.Chapter{
	Name: "process",
	Doc:  "The processes of the server.",
	Funcs: []vm.Fn{
		{Name: "moongate.process_type", Phases: vm.Anywhere, Run: processType, Doc: "ngx.process.type"},
		{Name: "moongate.quit", Phases: vm.NotInit, Run: quitWorker, Doc: "ngx.process.signal_graceful_exit"},
		{Name: "moongate.master_pid", Phases: vm.Anywhere, Run: masterPid, Doc: "ngx.process.get_master_pid"},
	},
	Lua: `
local kind, quit, master = moongate.process_type, moongate.quit, moongate.master_pid
package.preload["ngx.process"] = function()
    return {
        version = "0.1.32",
        type = function() return kind() end,
        signal_graceful_exit = function() quit() end,
        get_master_pid = function() return master() end,
        enable_privileged_agent = function() return nil, "not supported" end,
    }
end
`,
}

func processType(x *vm.Ctx, c *luajit.Call) luajit.Result {
	kind := "master"
	if w := x.V.Worker; w != nil {
		kind = "worker"
		if w.Cycle.Core != nil && !w.Cycle.Core.MasterProcess.V {
			kind = "single"
		}
	}
	c.Out().Str(kind)
	return luajit.Return
}

func quitWorker(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if w := x.V.Worker; w != nil {
		w.Loop.Go(func() { w.Proc.Quit() })
	}
	return luajit.Return
}

func masterPid(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := c.Out()
	if w := x.V.Worker; w != nil && w.Cycle.Core != nil && w.Cycle.Core.MasterProcess.V {
		b.Int(os.Getppid())
	} else {
		b.Int(os.Getpid())
	}
	return luajit.Return
}
