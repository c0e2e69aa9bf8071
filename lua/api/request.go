package api

import (
	"bytes"

	"moongate/edge/native/luajit"
	"moongate/edge/wire/http1"
	"moongate/lua/vm"
)

// requests is what is left of ngx.req.
var requests = vm.Chapter{
	Name: "request",
	Doc:  "The request line.",
	Funcs: []vm.Fn{
		{Name: "ngx.req.is_internal", Request: true, Run: isInternal, Doc: "Whether a redirect inside the server or a subrequest made the request."},
		{Name: "ngx.req.start_time", Phases: vm.NotInit, Run: startTime, Doc: "When the request began."},
		{Name: "ngx.req.http_version", Request: true, Run: httpVersion, Doc: "0.9, 1.0, 1.1, 2 or 3."},
		{Name: "ngx.req.raw_header", Request: true, Run: rawHeader, Doc: "The header as the client sent it."},
		{Name: "ngx.req.get_method", Request: true, Run: getMethod, Doc: "The method's name."},
		{Name: "moongate.set_method", Request: true, Run: setMethod, Doc: "ngx.req.set_method"},
	},
	Lua: `
local set, type, error = moongate.set_method, type, error
function ngx.req.set_method(method)
    if type(method) ~= "number" then error("bad method number", 2) end
    if not set(method) then error("unsupported HTTP method: " .. method, 2) end
end
`,
}

func isInternal(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Bool(x.R.Internal)
	return luajit.Return
}

func startTime(x *vm.Ctx, c *luajit.Call) luajit.Result {
	t := x.Start()
	c.Out().Num(float64(t.UnixMilli()) / 1000)
	return luajit.Return
}

func httpVersion(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := c.Out()
	switch x.R.Version {
	case http1.HTTP09:
		b.Num(0.9)
	case http1.HTTP10:
		b.Num(1.0)
	case http1.HTTP11:
		b.Num(1.1)
	case 2000:
		b.Num(2.0)
	case 3000:
		b.Num(3.0)
	default:
		b.Nil()
	}
	return luajit.Return
}

// rawHeader is ngx_http_lua_ngx_req_raw_header.
func rawHeader(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if x.R.Main.Version >= 2000 {
		return c.Error("http2 requests are not supported without content-length header")
	}
	b := x.R.RawHead()
	if c.Bool(1) {
		b = b[bytes.IndexByte(b, '\n')+1:]
	}
	c.Out().Bytes(b)
	return luajit.Return
}

func getMethod(x *vm.Ctx, c *luajit.Call) luajit.Result {
	c.Out().Str(x.R.MethodName)
	return luajit.Return
}

func setMethod(x *vm.Ctx, c *luajit.Call) luajit.Result {
	name := methodName(int(c.Num(1)))
	if name != "" {
		x.R.Method, x.R.MethodName = http1.ParseMethod(name), name
	}
	c.Out().Bool(name != "")
	return luajit.Return
}

// methodName is the method that a constant of Lua's stands for: nginx's bits.
func methodName(n int) string {
	for _, m := range methods {
		if numbers["HTTP_"+m] == n {
			return m
		}
	}
	return ""
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH",
	"LOCK", "UNLOCK", "PATCH", "TRACE"}
