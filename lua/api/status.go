package api

import (
	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/wire/http1"
	"moongate/lua/vm"
)

// status is ngx.status, ngx.headers_sent, ngx.is_subrequest.
var status = vm.Chapter{
	Name: "status",
	Doc:  "The state of the response.",
	Funcs: []vm.Fn{
		{Name: "moongate.getters.status", Phases: statusPhases, Request: true, Run: getStatus, Doc: "ngx.status"},
		{Name: "moongate.setters.status", Phases: statusPhases, Request: true, Run: setStatus, Doc: "ngx.status ="},
		{Name: "moongate.getters.headers_sent", Phases: statusPhases, Request: true, Run: headersSent, Doc: "ngx.headers_sent"},
		{Name: "moongate.getters.is_subrequest", Phases: statusPhases, Run: isSubrequest, Doc: "ngx.is_subrequest"},
	},
}

const statusPhases = vm.Set | vm.Output | vm.HeaderFilter | vm.BodyFilter | vm.Log

func getStatus(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r := x.R
	b := c.Out()
	switch {
	case r.ErrStatus != 0:
		b.Int(r.ErrStatus)
	case r.Out.Status != 0:
		b.Int(r.Out.Status)
	case r.Version == http1.HTTP09:
		b.Int(9)
	default:
		b.Int(0)
	}
	return luajit.Return
}

func setStatus(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n, ok := c.ToNumber(1)
	if !ok {
		return c.Error("bad argument to 'ngx.status' (number expected, got %s)", c.Type(1))
	}
	r := x.R
	if x.HeaderDone() {
		r.Logf(errlog.Error, "attempt to set ngx.status after sending out response headers")
		return luajit.Return
	}
	r.ErrStatus = 0
	r.Out.Status = int(n)
	r.Out.StatusLine = ""
	if int(n) == 101 {
		// as ngx_http_lua_ffi_set_resp_status, which takes it for a known status
		r.Out.StatusLine = "101 Switching Protocols"
	}
	return luajit.Return
}

// setReason puts words of the script's behind the status.
func setReason(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r := x.R
	if !x.HeaderDone() && r.Out.Status >= 100 {
		r.Out.StatusLine = r.Copy([]byte(itoa(r.Out.Status) + " " + c.Str(1)))
	}
	return luajit.Return
}

func headersSent(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Bool(x.HeaderDone())
	return luajit.Return
}

func isSubrequest(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Bool(!x.R.IsMain())
	return luajit.Return
}
