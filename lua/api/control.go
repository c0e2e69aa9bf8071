package api

import (
	"fmt"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

const exitPhases = vm.Output | vm.Timer | vm.HeaderFilter | vm.Balancer | vm.SSLClientHello | vm.SSLCert | vm.SSLSessionStore |
	vm.SSLSessionFetch | vm.ProxySSLCert | vm.ProxySSLVerify

// control is what ends a phase.
var control = vm.Chapter{
	Name: "control",
	Doc:  "Ends the running code.",
	Funcs: []vm.Fn{
		{Name: "moongate.exit", Phases: exitPhases, Run: exit, Doc: "ngx.exit"},
		{Name: "ngx.exec", Phases: vm.Output, Run: exec, Doc: "Redirects inside the server."},
		{Name: "ngx.redirect", Phases: vm.Output, Run: redirect, Doc: "Answers with a redirect."},
		{Name: "ngx.on_abort", Phases: vm.Output, Run: onAbort, Doc: "Says what runs when the client goes away."},
	},
	Lua: `
local exit, type = moongate.exit, type
function ngx.exit(rc)
    if type(rc) ~= "number" then
        local n = tonumber(rc)
        if n == nil then
            error("bad argument #1 to 'exit' (number expected, got " .. (rc == nil and "nil" or type(rc)) .. ")", 2)
        end
        rc = n
    end
    return exit(rc)
end
`,
}

const abortPending = "attempt to abort with pending subrequests"

// gone tells the codes that end a connection without an answer.
func gone(code int) bool { return code == 444 || code == 408 || code == 499 }

// exit is ngx_http_lua_ffi_exit.
func exit(x *vm.Ctx, c *luajit.Call) luajit.Result {
	code := int(c.Num(1))
	if code == -2 || code == -4 {
		return c.Error("bad argument to 'ngx.exit': does not accept NGX_AGAIN or NGX_DONE")
	}
	if x.NoAbort > 0 && code != -1 && !gone(code) {
		return c.Error(abortPending)
	}
	if r := x.R; r != nil && x.HeaderDone() && code >= 300 && !gone(code) {
		if code != r.Out.Status {
			r.Logf(errlog.Error, "attempt to set status %d via ngx.exit after sending out the response status %d", code, r.Out.Status)
		}
		code = 200
	}
	x.Exit(code)
	x.Debugf("lua exit with code %d", code)
	if x.Phase&(vm.HeaderFilter|vm.Balancer) != 0 {
		return luajit.Return
	}
	return x.Leave(c)
}

func exec(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n != 1 && n != 2 {
		return c.Error("expecting one or two arguments, but got %d", n)
	}
	uri, ok := c.Arg(1).Text()
	if !ok {
		return c.TypeError(1, "string")
	}
	if uri == "" {
		return c.Error("The uri argument is empty")
	}
	if x.NoAbort > 0 {
		return c.Error(abortPending)
	}
	r := x.R
	path, args, ok := r.UnsafeURI(r.Copy([]byte(uri)))
	if !ok {
		return c.Error("unsafe uri")
	}
	var more []byte
	if c.N() == 2 {
		var why string
		switch c.Type(2) {
		case luajit.TNil:
		case luajit.TNumber, luajit.TString:
			more, _ = c.Arg(2).AppendText(nil)
		case luajit.TTable:
			if more, why = appendQuery(nil, c, 2); why != "" {
				return c.Error("%s", why)
			}
		default:
			return c.ArgError(2, "string, number, or table expected, but got "+c.Type(2).String())
		}
	}
	if len(more) > 0 {
		if args == "" {
			args = r.Copy(more)
		} else {
			args = r.Concat(args, "&", string(more))
		}
	}
	if x.HeaderDone() {
		return c.Error("attempt to call ngx.exec after sending out response headers")
	}
	r.Debugf("lua exec \"%s?%s\"", path, args)
	x.Exec(path, args)
	return x.Leave(c)
}

func redirect(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n != 1 && n != 2 {
		return c.Error("expecting one or two arguments")
	}
	uri, ok := c.Arg(1).Text()
	if !ok {
		return c.TypeError(1, "string")
	}
	code := 302
	if c.N() == 2 {
		n, ok := c.ToNumber(2)
		if !ok {
			return c.TypeError(2, "number")
		}
		code = int(n)
		switch code {
		case 301, 302, 303, 307, 308:
		default:
			return c.Error("only ngx.HTTP_MOVED_TEMPORARILY, ngx.HTTP_MOVED_PERMANENTLY, ngx.HTTP_PERMANENT_REDIRECT, " +
				"ngx.HTTP_SEE_OTHER, and ngx.HTTP_TEMPORARY_REDIRECT are allowed")
		}
	}
	if x.NoAbort > 0 {
		return c.Error(abortPending)
	}
	if x.HeaderDone() {
		return c.Error("attempt to call ngx.redirect after sending out the headers")
	}
	for i := 0; i < len(uri); i++ {
		if ch := uri[i]; ch < 0x20 || ch == 0x7f {
			return c.Error("unsafe byte \"0x%02x\" in redirect uri \"%s\"", ch, escapeLog(uri))
		}
	}
	r := x.R
	uri = r.Copy([]byte(uri))
	if uri != "" && uri[0] != '/' {
		r.Out.Location = uri
	} else {
		r.Out.Location = ""
		r.Out.Set("Location", uri)
	}
	r.Out.Status = code
	r.Debugf("lua redirect to \"%s\" with code %d", uri, code)
	x.Redirect(code)
	return x.Leave(c)
}

// escapeLog is ngx_http_lua_escape_log.
func escapeLog(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if ch := s[i]; ch < 0x20 || ch == 0x7f || ch == '"' || ch == '\\' || ch >= 0x80 {
			b = fmt.Appendf(b, "\\x%02X", ch)
		} else {
			b = append(b, ch)
		}
	}
	return string(b)
}

func onAbort(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.Type(1) != luajit.TFunction {
		return c.ArgError(1, "Lua function expected")
	}
	switch why := x.OnAbort(c); why {
	case "":
		c.Out().Int(1)
		return luajit.Return
	default:
		return c.Fail(why)
	}
}
