package api

import (
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// uris is the request's URI.
var uris = vm.Chapter{
	Name: "uri",
	Doc:  "The request's URI.",
	Funcs: []vm.Fn{
		{Name: "ngx.req.set_uri", Request: true, Run: setURI, Doc: "Changes the URI; true looks for its location again."},
	},
}

// setURI is ngx_http_lua_ngx_req_set_uri.
func setURI(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n < 1 || n > 3 {
		return c.Error("expecting 1, 2 or 3 arguments but seen %d", n)
	}
	uri, ok := c.Arg(1).Text()
	if !ok {
		return c.TypeError(1, "string")
	}
	if uri == "" {
		return c.Error("attempt to use zero-length uri")
	}
	for i := 2; i <= n; i++ {
		if c.Type(i) != luajit.TBoolean {
			return c.TypeError(i, "boolean")
		}
	}
	if !c.Bool(3) {
		for i := 0; i < len(uri); i++ {
			if ch := uri[i]; ch < 0x20 || ch == 0x7f {
				return c.Error("unsafe byte \"0x%02x\" in uri \"%s\" (maybe you want to set the 'binary' argument?)", ch, escapeLog(uri))
			}
		}
	}
	r := x.R
	jump := c.Bool(2)
	if jump {
		if x.Phase&(vm.Rewrite|vm.ServerRewrite) == 0 {
			return c.Error("API disabled in the context of %s", x.Phase)
		}
		if x.NoAbort > 0 {
			return c.Error(abortPending)
		}
		r.Debugf("lua set uri jump to \"%s\"", uri)
	}
	r.SetURI(r.Copy([]byte(uri)))
	r.Internal = true
	r.URIChanged = jump
	if jump {
		x.Jump()
		return x.Leave(c)
	}
	return luajit.Return
}
