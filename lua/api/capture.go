package api

import (
	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// captures is ngx.location.
var captures = vm.Chapter{
	Name: "capture",
	Doc:  "Subrequests whose response Lua gets.",
	Funcs: []vm.Fn{
		{Name: "moongate.sub_begin", Phases: capturePhases, Run: subBegin, Doc: "begins a list of subrequests"},
		{Name: "moongate.sub_add", Phases: capturePhases, Run: subAdd, Doc: "adds one"},
		{Name: "moongate.sub_run", Phases: capturePhases, Yields: true, Run: subRun, Doc: "runs them all"},
	},
	Lua: "ngx.location = {}\n" + captureLua,
}

const capturePhases = vm.Rewrite | vm.ServerRewrite | vm.Access | vm.Precontent | vm.Content

// sub is one subrequest on its way.
type sub struct {
	q    *httpd.Request
	body []byte
	last bool
	res  httpd.Result
}

// subs is the Waiting of ngx.location.capture_multi.
type subs struct {
	list []*sub
}

type subsKey struct{}

func subBegin(x *vm.Ctx, c *luajit.Call) luajit.Result {
	x.R.Debugf("lua location capture, uri:\"%s\"", x.R.URI)
	if old, ok := x.Get(subsKey{}).(*subs); ok && old != nil {
		for _, s := range old.list {
			s.q.Free()
		}
	}
	x.Set(subsKey{}, &subs{})
	return luajit.Return
}

// What sub_add's flags mean.
const (
	shareVars = 1 << iota
	copyVars
	forwardBody
)

// subAdd makes a subrequest: uri, method, args, body, flags, vars, headers, ctx.
func subAdd(x *vm.Ctx, c *luajit.Call) luajit.Result {
	r := x.R
	all, _ := x.Get(subsKey{}).(*subs)
	uri, _ := c.Arg(1).Text()
	path, args, ok := r.UnsafeURI(r.Copy([]byte(uri)))
	if !ok {
		return c.Error("unsafe uri in argument #1: %s", uri)
	}
	var more []byte
	if c.Type(3) == luajit.TTable {
		var why string
		if more, why = appendQuery(nil, c, 3); why != "" {
			return c.Error("%s", why)
		}
	} else if !c.Arg(3).IsNil() {
		more, _ = c.Arg(3).AppendText(nil)
	}
	switch {
	case len(more) > 0 && args == "":
		args = r.Copy(more)
	case len(more) > 0:
		args = r.Concat(args, "&", string(more))
	}
	method := methodName(int(c.Num(2)))
	if method == "" {
		r.Logf(errlog.Error, "unsupported HTTP method: %d", int(c.Num(2)))
		return c.Error("failed to adjust the subrequest: %d", -1)
	}
	flags := int(c.Num(5))
	s := &sub{}
	spec := httpd.Sub{URI: path, Args: args, Method: method, Capture: s.take, CopyVars: flags&copyVars != 0,
		OwnVars: flags&(shareVars|copyVars) == 0}
	q, err := r.Subrequest(spec)
	if err != nil {
		return c.Error("failed to issue subrequest: %d", -1)
	}
	r.Debugf("lua http subrequest \"%s?%s\"", path, args)
	s.q = q
	all.list = append(all.list, s)
	s.giveBody(r, c, method, flags&forwardBody != 0)
	if vs, ok := c.Flatten(7, 1); ok {
		eachPair(vs, func(k, v string) { q.In.Set(q.Copy([]byte(k)), q.Copy([]byte(v))) })
	}
	if vs, ok := c.Flatten(6, 1); ok {
		failed := false
		eachPair(vs, func(k, v string) {
			if err := q.AssignVar(lower(k, nil), q.Copy([]byte(v)), false); err != nil && !failed {
				failed = true
				r.Logf(errlog.Error, "%s", err)
			}
		})
		if failed {
			return c.Error("failed to adjust the subrequest: %d", -1)
		}
	}
	if c.Type(8) == luajit.TTable {
		x.V.ShareContext(vm.Of(q, func(*httpd.Request) *vm.VM { return x.V }), c, 8)
		return luajit.Return
	}
	vm.Of(q, func(*httpd.Request) *vm.VM { return x.V })
	return luajit.Return
}

func eachPair(vs luajit.Values, f func(k, v string)) {
	for i := 0; i+1 < len(vs); i = skip(vs, i+1) {
		if v, ok := vs[i+1].Text(); ok {
			f(vs[i].Str(), v)
		}
	}
}

// giveBody is ngx_http_lua_adjust_subrequest's part about the body.
func (s *sub) giveBody(r *httpd.Request, c *luajit.Call, method string, forward bool) {
	q := s.q
	switch {
	case !c.Arg(4).IsNil():
		mem, _ := c.Arg(4).AppendText(nil)
		q.Body = httpd.Body{}
		replaceBody(q, mem, nil)
	case !forward && method != "PUT" && method != "POST" && r.In.ContentLength > 0:
		if q.Body.File != nil {
			q.Body.File.Close()
		}
		q.Body = httpd.Body{}
		q.Body.Set(nil, nil)
		q.In.ContentLength = -1
		q.In.Del("Content-Length")
	case r.In.Chunked && q.Body.Present():
		q.In.Del("Transfer-Encoding")
		q.In.Chunked = false
		q.In.ContentLength = q.Body.Len
		q.In.Set("Content-Length", q.Copy([]byte(itoa(int(q.Body.Len)))))
	}
}

// take collects the body of a subrequest.
func (s *sub) take(q *httpd.Request, in []httpd.Buf) error {
	for i := range in {
		b := &in[i]
		if q.Method == http1.HEAD {
			s.last = s.last || b.Last
			continue
		}
		if b.File != nil {
			n := len(s.body)
			s.body = append(s.body, make([]byte, b.Len())...)
			if _, err := b.File.ReadAt(s.body[n:], b.Off); err != nil {
				return err
			}
		} else {
			s.body = append(s.body, b.B...)
		}
		s.last = s.last || b.Last
	}
	return nil
}

func subRun(x *vm.Ctx, c *luajit.Call) luajit.Result {
	all, _ := x.Get(subsKey{}).(*subs)
	x.Set(subsKey{}, nil)
	x.Pend(1)
	return x.Wait(c, all)
}

// Wait runs the subrequests, the first on this goroutine.
func (all *subs) Wait(w *vm.Wait) {
	loop := w.Ctx().V.Worker.Loop
	done := make(chan struct{}, len(all.list))
	for _, s := range all.list[1:] {
		loop.Go(func() {
			s.run()
			done <- struct{}{}
		})
	}
	all.list[0].run()
	for range all.list[1:] {
		select {
		case <-done:
		default:
			event.Block()
			<-done
		}
	}
}

// run is ngx_http_lua_post_subrequest behind the phases: errors have no page.
func (s *sub) run() {
	q := s.q
	s.res = q.RunPlain()
	if q.Out.Status == 0 {
		switch {
		case s.res == httpd.OK:
			q.Out.Status = 200
		case s.res == httpd.Error:
			q.Out.Status = 500
		case s.res >= 100:
			q.Out.Status = int(s.res)
		}
	}
	if res := s.res; res > 0 && !q.HeaderSent && (res == 201 || res == 204 || res >= 300 && !gone(int(res))) {
		q.ErrStatus = int(res)
		q.Out.Status = int(res)
		q.Out.ContentType, q.Out.ContentLength = "", 0
		q.Out.ClearAcceptRanges(q)
		q.Out.ClearLastModified()
		q.SendHeader()
	}
}

// Finish gives a table for each subrequest: status, header, body, truncated.
func (all *subs) Finish(x *vm.Ctx, b luajit.Tape) {
	x.Pend(-1)
	for _, s := range all.list {
		o := &s.q.Out
		b.Table(0, 4)
		b.Str("status")
		b.Int(o.Status)
		b.Set()
		b.Str("header")
		pushSubHeaders(x, b, s.q)
		b.Set()
		b.Str("body")
		b.Bytes(s.body)
		b.Set()
		b.Str("truncated")
		b.Bool(!s.last)
		b.Set()
	}
	for _, s := range all.list {
		s.q.Free()
	}
}

// pushSubHeaders writes the header of a captured response: names as written, found in
// any case.
func pushSubHeaders(x *vm.Ctx, b luajit.Tape, q *httpd.Request) {
	o := &q.Out
	b.Table(0, len(o.List)+4)
	for i := range o.List {
		b.Pair(o.List[i].Name, o.List[i].Value)
	}
	if o.ContentType != "" {
		if o.Charset != "" {
			b.Pair("Content-Type", o.ContentType+"; charset="+o.Charset)
		} else {
			b.Pair("Content-Type", o.ContentType)
		}
	}
	if o.Location != "" {
		b.Pair("Location", o.Location)
	}
	if o.ContentLength >= 0 {
		b.Pair("Content-Length", itoa(int(o.ContentLength)))
	}
	if o.LastModified >= 0 {
		b.Pair("Last-Modified", string(http1.AppendDate(nil, o.LastModified)))
	}
	b.Meta(x.V.Kept(subHeadersMeta{}).(luajit.Ref))
}

// subHeadersMeta is the key of the metatable for headers of captured responses.
type subHeadersMeta struct{}

func init() {
	captures.Open = func(v *vm.VM) error {
		r, err := v.Function("return moongate.sub_headers_mt", "=capture")
		v.Keep(subHeadersMeta{}, r)
		return err
	}
}
