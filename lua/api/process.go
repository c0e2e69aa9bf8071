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
		{Name: "moongate.want_agent", Phases: vm.Init, Run: wantAgent, Doc: "ngx.process.enable_privileged_agent"},
	},
	Lua: `
local kind, quit, master, want_agent = moongate.process_type, moongate.quit, moongate.master_pid, moongate.want_agent
local type, get_phase = type, ngx.get_phase
package.preload["ngx.process"] = function()
    return {
        version = "0.1.32",
        type = function() return kind() end,
        signal_graceful_exit = function() quit() end,
        get_master_pid = function() return master() end,
        enable_privileged_agent = function(connections)
            if get_phase() ~= "init" then return nil, "API disabled in the current context" end
            connections = connections or 512
            if type(connections) ~= "number" or connections < 0 then
                return nil, "bad 'connections' argument: number expected and greater than 0"
            end
            want_agent()
            return true
        end,
    }
end
`,
}

// alone tells that there is no master.
func alone(v *vm.VM) bool {
	return v.Cycle != nil && v.Cycle.Core != nil && !v.Cycle.Core.MasterProcess.V
}

func processType(x *vm.Ctx, c *luajit.Call) luajit.Result {
	kind := "worker"
	switch {
	case alone(x.V):
		kind = "single"
	case x.V.Replaying():
		kind = "master" // as it was when init_by_lua* ran there
	case x.V.Agent:
		kind = "privileged agent"
	case x.V.WantAgent != nil:
		kind = "master"
	}
	c.Out().Str(kind)
	return luajit.Return
}

func quitWorker(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if w := x.V.Worker; w != nil {
		w.Loop.Go(func() { w.Proc.QuitItself() })
	}
	return luajit.Return
}

func masterPid(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := c.Out()
	if alone(x.V) || x.V.WantAgent != nil {
		b.Int(os.Getpid())
	} else {
		b.Int(os.Getppid())
	}
	return luajit.Return
}

func wantAgent(x *vm.Ctx, _ *luajit.Call) luajit.Result {
	if x.V.WantAgent != nil && !alone(x.V) {
		x.V.WantAgent()
	}
	return luajit.Return
}
