package api

import (
	"os"

	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// workers is ngx.worker.
var workers = vm.Chapter{
	Name: "worker",
	Doc:  "The worker process.",
	Funcs: []vm.Fn{
		{Name: "ngx.worker.exiting", Phases: vm.Anywhere, Run: exiting, Doc: "Whether the worker is ending."},
		{Name: "ngx.worker.pid", Phases: vm.Anywhere, Run: pid, Doc: "Its process."},
		{Name: "ngx.worker.pids", Phases: vm.NotInit, Run: pids, Doc: "The processes of all workers."},
		{Name: "ngx.worker.count", Phases: vm.Anywhere, Run: count, Doc: "How many workers there are."},
		{Name: "ngx.worker.id", Phases: vm.Anywhere, Run: id, Doc: "Which of them this is, from 0."},
	},
}

func exiting(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Bool(x.V.Worker != nil && x.V.Worker.Proc.Exiting())
	return luajit.Return
}

func pid(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Int(os.Getpid())
	return luajit.Return
}

func pids(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := c.Out()
	b.Table(4, 0)
	if x.V.Worker == nil {
		return luajit.Return
	}
	list := x.V.Worker.Proc.Pids()
	if len(list) == 0 {
		list = []int{os.Getpid()}
	}
	for i, p := range list {
		b.Int(p)
		b.SetI(i + 1)
	}
	return luajit.Return
}

func count(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := 1
	if x.V.Cycle != nil && x.V.Cycle.Core != nil {
		n = max(1, x.V.Cycle.Core.WorkerProcesses.V)
	}
	c.Out().Int(n)
	return luajit.Return
}

func id(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := c.Out()
	if w := x.V.Worker; w != nil && w.Proc.Index >= 0 {
		b.Int(w.Proc.Index)
	} else {
		b.Nil()
	}
	return luajit.Return
}
