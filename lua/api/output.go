package api

import (
	"strconv"

	"moongate/edge/native/luajit"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// output is what makes a response's body.
var output = vm.Chapter{
	Name: "output",
	Doc:  "Writes the response.",
	Funcs: []vm.Fn{
		{Name: "ngx.say", Phases: vm.Output, Run: say, Doc: "Writes its arguments and a line feed."},
		{Name: "ngx.print", Phases: vm.Output, Run: printOut, Doc: "Writes its arguments."},
		{Name: "ngx.flush", Phases: vm.Output, Yields: true, Run: flush, Doc: "Sends what has been written; true waits for it."},
		{Name: "ngx.eof", Phases: vm.Output, Run: eof, Doc: "Ends the response; Lua goes on."},
		{Name: "ngx.send_headers", Phases: vm.Output, Run: sendHeaders, Doc: "Sends the header."},
	},
}

func say(x *vm.Ctx, c *luajit.Call) luajit.Result      { return echo(x, c, true) }
func printOut(x *vm.Ctx, c *luajit.Call) luajit.Result { return echo(x, c, false) }

// unwritable says why nothing can be written any more.
func unwritable(x *vm.Ctx) string {
	switch {
	case x.RawSocket:
		return "raw request socket acquired"
	case x.R.HeaderOnly:
		return "header only"
	case x.EOF():
		return "seen eof"
	}
	return ""
}

// echo is ngx_http_lua_ngx_echo.
func echo(x *vm.Ctx, c *luajit.Call, newline bool) luajit.Result {
	if why := unwritable(x); why != "" {
		return c.Fail(why)
	}
	body := x.Body()
	from := len(body)
	for i := 1; i <= c.N(); i++ {
		var why string
		if v := c.Arg(i); v.Type() == luajit.TString {
			body = append(body, v.Str()...)
		} else if body, why = appendArg(body, c, i); why != "" {
			return c.ArgError(i, why)
		}
	}
	if newline {
		body = append(body, '\n')
	}
	if len(body) == from {
		if res := x.SendHeader(); res == httpd.Error || res > httpd.OK {
			return c.Fail("nginx output filter error")
		}
		c.Out().Int(1)
		return luajit.Return
	}
	if x.R.Debugging() {
		x.R.Debugf("lua %s response", map[bool]string{true: "say", false: "print"}[newline])
	}
	if !x.Commit(body) {
		return c.Fail("nginx output filter error")
	}
	c.Out().Int(1)
	return luajit.Return
}

func flush(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() > 1 {
		return c.Error("attempt to pass %d arguments, but accepted 0 or 1", c.N())
	}
	wait := false
	if c.N() == 1 && x.R.IsMain() {
		if c.Type(1) != luajit.TBoolean {
			return c.TypeError(1, "boolean")
		}
		wait = c.Bool(1)
	}
	if why := unwritable(x); why != "" {
		return c.Fail(why)
	}
	if x.Buffering() {
		x.R.Debugf("lua http 1.0 buffering makes ngx.flush() a no-op")
		return c.Fail("buffering")
	}
	if !x.HeaderDone() || !x.SeenBody() && !wait {
		return c.Fail("nothing to flush")
	}
	x.Flush()
	if wait {
		return x.Wait(c, flushed{})
	}
	x.R.Debugf("lua flush asynchronously")
	c.Out().Int(1)
	return luajit.Return
}

// flushed waits for nothing: output is written whenever the VM is let go.
type flushed struct{}

func (flushed) Wait(*vm.Wait) {}

func (flushed) Finish(x *vm.Ctx, b luajit.Tape) {
	if x.WriteFailed() {
		b.Nil()
		b.Str("client aborted")
		return
	}
	b.Int(1)
}

func eof(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 0 {
		return c.Error("no argument is expected")
	}
	switch {
	case x.RawSocket:
		return c.Fail("raw request socket acquired")
	case x.EOF():
		return c.Fail("seen eof")
	}
	x.R.Debugf("lua send eof")
	if !x.SendEOF() {
		return c.Fail("nginx output filter error")
	}
	c.Out().Int(1)
	return luajit.Return
}

func sendHeaders(x *vm.Ctx, c *luajit.Call) luajit.Result {
	x.R.Debugf("lua send headers")
	if res := x.SendHeader(); res == httpd.Error || res > httpd.OK {
		return c.Fail("nginx output filter error")
	}
	c.Out().Int(1)
	return luajit.Return
}

func itoa(n int) string { return strconv.Itoa(n) }
