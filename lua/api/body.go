package api

import (
	"os"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// bodies is the request's body.
var bodies = vm.Chapter{
	Name: "body",
	Doc:  "The request's body.",
	Funcs: []vm.Fn{
		{Name: "ngx.req.read_body", Phases: vm.Output, Yields: true, Run: readBody, Doc: "Reads the whole body."},
		{Name: "ngx.req.discard_body", Request: true, Run: discardBody, Doc: "Throws the body away."},
		{Name: "ngx.req.get_body_data", Request: true, Run: getBodyData, Doc: "The body, when it is in memory."},
		{Name: "ngx.req.get_body_file", Request: true, Run: getBodyFile, Doc: "The file that the body is in."},
		{Name: "ngx.req.set_body_data", Request: true, Run: setBodyData, Doc: "Replaces the body."},
		{Name: "ngx.req.set_body_file", Request: true, Run: setBodyFile, Doc: "Makes a file the body."},
		{Name: "ngx.req.init_body", Request: true, Run: initBody, Doc: "Begins a new body."},
		{Name: "ngx.req.append_body", Request: true, Run: appendBody, Doc: "Adds to it."},
		{Name: "ngx.req.finish_body", Request: true, Run: finishBody, Doc: "Makes it the request's body."},
	},
}

// readBody is ngx_http_lua_ngx_req_read_body. A body that is there already costs no yield.
func readBody(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 0 {
		return c.Error("expecting 0 arguments but seen %d", c.N())
	}
	r := x.R
	r.BodyKept = true
	x.Debugf("lua start to read buffered request body")
	if r.Body.Present() || r.Body.Discarded() || r.IsMain() && !r.HasBody() {
		if res := r.ReadBody(); res != httpd.OK {
			x.Exit(int(res))
			return x.Leave(c)
		}
		x.Debugf("lua has read buffered request body in a single run")
		return luajit.Return
	}
	return x.Wait(c, &bodyRead{r: r})
}

type bodyRead struct {
	r   *httpd.Request
	res httpd.Result
}

func (b *bodyRead) Wait(w *vm.Wait) {
	w.OnCancel(b.r.Main.Conn.Interrupt)
	b.res = b.r.ReadBody()
	w.OnCancel(nil)
}

func (b *bodyRead) Finish(x *vm.Ctx, _ luajit.Tape) {
	if b.res != httpd.OK {
		x.Debugf("http read client request body returned error code %d, exitting now", int(b.res))
		x.Exit(int(b.res))
	}
}

func discardBody(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 0 {
		return c.Error("expecting 0 arguments but seen %d", c.N())
	}
	if !x.R.DiscardBody() {
		return c.Error("failed to discard request body")
	}
	return luajit.Return
}

func getBodyData(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n > 1 {
		return c.Error("expecting 0 or 1 arguments but seen %d", n)
	}
	body := &x.R.Body
	b := c.Out()
	if !body.Present() || body.File != nil || len(body.Mem) == 0 {
		b.Nil()
		return luajit.Return
	}
	mem := body.Mem
	if c.N() == 1 {
		n, ok := c.ToNumber(1)
		if !ok {
			return c.TypeError(1, "number")
		}
		if n > 0 && int(n) < len(mem) {
			mem = mem[:int(n)]
		}
	}
	b.Bytes(mem)
	return luajit.Return
}

func getBodyFile(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 0 {
		return c.Error("expecting 0 arguments but seen %d", c.N())
	}
	b := c.Out()
	if f := x.R.Body.File; f != nil {
		b.Str(f.Name)
	} else {
		b.Nil()
	}
	return luajit.Return
}

// changeable tells why a body can't be replaced.
func changeable(r *httpd.Request) string {
	switch {
	case r.Body.Discarded():
		return "request body already discarded asynchronously"
	case !r.Body.Present():
		return "request body not read yet"
	}
	return ""
}

func replaceBody(r *httpd.Request, mem []byte, f *httpd.File) {
	r.Body.Set(mem, f)
	n := r.Body.Len
	r.In.ContentLength = n
	r.In.Set("Content-Length", r.Copy([]byte(itoa(int(n)))))
	r.In.Chunked = false
	r.In.Del("Transfer-Encoding")
}

func setBodyData(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("expecting 1 arguments but seen %d", c.N())
	}
	mem, ok := c.Arg(1).AppendText(nil)
	if !ok {
		return c.TypeError(1, "string")
	}
	if why := changeable(x.R); why != "" {
		return c.Error("%s", why)
	}
	replaceBody(x.R, mem, nil)
	return luajit.Return
}

func setBodyFile(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n != 1 && n != 2 {
		return c.Error("expecting 1 or 2 arguments but seen %d", n)
	}
	name, ok := c.Arg(1).Text()
	if !ok {
		return c.TypeError(1, "string")
	}
	if c.N() == 2 && c.Type(2) != luajit.TBoolean {
		return c.TypeError(2, "boolean")
	}
	if why := changeable(x.R); why != "" {
		return c.Error("%s", why)
	}
	if name == "" || name[0] != '/' {
		name = x.V.Prefix + name
	}
	name = strings.Clone(name)
	fd, e := file.Open(name, os.O_RDONLY, 0)
	if e != 0 {
		x.R.LogErr(errlog.Error, errno.Error(e), "open() \"%s\" failed", name)
		return c.Error("open() \"%s\" failed", name)
	}
	f := httpd.NewFile(fd, name)
	if st, err := os.Stat(name); err == nil {
		f.Size = st.Size()
	}
	f.Remove = c.Bool(2)
	replaceBody(x.R, nil, f)
	return luajit.Return
}

// newBody is a body that ngx.req.append_body fills.
type newBody struct {
	size int
	mem  []byte
	file *httpd.File
}

func initBody(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n > 1 {
		return c.Error("expecting 0 or 1 argument but seen %d", n)
	}
	r := x.R
	if why := changeable(r); why != "" {
		return c.Error("%s", why)
	}
	size := int(r.Core().BodyBufferSize.V)
	if c.N() == 1 {
		n, ok := c.ToNumber(1)
		if !ok {
			return c.TypeError(1, "number")
		}
		if n < 0 {
			return c.Error("bad size argument: %d", int(n))
		}
		size = int(n)
	}
	r.Body.Set(nil, nil)
	x.BodyMade = &newBody{size: size}
	return luajit.Return
}

func appendBody(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("expecting 1 arguments but seen %d", c.N())
	}
	data, ok := c.Arg(1).Text()
	if !ok {
		return c.TypeError(1, "string")
	}
	nb, _ := x.BodyMade.(*newBody)
	if nb == nil {
		return c.Error("request_body not initialized")
	}
	nb.mem = append(nb.mem, data...)
	if len(nb.mem) > nb.size {
		if !nb.spill(x.R) {
			return c.Error("fail to write file")
		}
	}
	return luajit.Return
}

// spill moves what is in memory to a temporary file.
func (nb *newBody) spill(r *httpd.Request) bool {
	if nb.file == nil {
		f, err := httpd.CreateTemp(r.Core().BodyTempPath.V, true)
		if err != nil {
			return false
		}
		f.Remove = true
		nb.file = f
		r.Logf(errlog.Warn, "a client request body is buffered to a temporary file %s", f.Name)
	}
	err := nb.file.Append(nb.mem)
	nb.mem = nb.mem[:0]
	return err == nil
}

func finishBody(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 0 {
		return c.Error("expecting 0 argument but seen %d", c.N())
	}
	nb, _ := x.BodyMade.(*newBody)
	if nb == nil {
		return c.Error("request_body not initialized")
	}
	if nb.file != nil && !nb.spill(x.R) {
		return c.Error("fail to write file")
	}
	x.BodyMade = nil
	if nb.file != nil {
		replaceBody(x.R, nil, nb.file)
	} else {
		replaceBody(x.R, nb.mem, nil)
	}
	return luajit.Return
}
