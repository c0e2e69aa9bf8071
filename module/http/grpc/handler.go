package grpc

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/edge/wire/http2"
	"moongate/engine/httpd"
)

// handle is ngx_http_grpc_handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	if cf.pass == nil {
		// The handler is that of an if{}, the settings are those of another one.
		r.Logf(errlog.Alert, "no upstream configuration")
		return 500
	}
	x := newExchange()
	x.conf = cf
	x.reset()
	u := &x.u
	u.Begin(r, &cf.up, x, x.end)
	if p := cf.pass; p.value == nil {
		x.goal, u.Group = p.goal, p.group
	} else if !x.eval(p) {
		r.AtEnd(x.end)
		return 500
	}
	u.Schema, u.Secure = x.goal.schema, x.goal.secure
	return x.run()
}

// appendList writes the header of a request that grpc_pass passes on.
func (x *exchange) appendList(list []byte) []byte {
	u := &x.u
	r := u.R
	scheme, host := "http", ""
	if u.Secure {
		scheme = "https"
	}
	if v := x.conf.sets.host; v != nil {
		host = v.Eval(r)
	}
	if host == "" {
		host = x.goal.host
	}
	u.URI = uriOf(r)
	list = http2.AppendField(list, ":method", r.MethodName)
	list = http2.AppendField(list, ":scheme", scheme)
	list = http2.AppendField(list, ":path", u.URI)
	list = http2.AppendField(list, ":authority", host)
	return x.conf.sets.appendTo(list, r)
}

// uriOf is the URI as the client sent it, where nothing has changed it.
func uriOf(r *httpd.Request) string {
	if r.ValidURI && r.IsMain() {
		return r.UnparsedURI
	}
	path := r.URI
	if r.Quoted || r.Internal {
		path = http1.View(http1.AppendEscaped(nil, path, http1.EscapeURI))
	}
	if r.Args == "" {
		return path
	}
	return r.Concat(path, "?", r.Args)
}
