package proxy

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// variables is ngx_http_proxy_vars.
func variables() []httpd.Variable {
	of := func(get func(x *exchange) string) func(r *httpd.Request) (string, bool) {
		return func(r *httpd.Request) (string, bool) {
			x := slot.Get(r)
			if x == nil {
				return "", false
			}
			return get(x), true
		}
	}
	return []httpd.Variable{
		{Name: "proxy_host", Doc: "Name and port of the server that the request is passed to.", Changeable: true, Volatile: true,
			Get: of(func(x *exchange) string { return x.target.host })},
		{Name: "proxy_port", Doc: "Port of the server that the request is passed to.", Changeable: true, Volatile: true,
			Get: of(func(x *exchange) string { return x.target.port })},
		{Name: "proxy_add_x_forwarded_for", Doc: "X-Forwarded-For of the client with its address behind.", Get: forwardedFor},
	}
}

// forwardedFor is ngx_http_proxy_add_x_forwarded_for_variable.
func forwardedFor(r *httpd.Request) (string, bool) {
	addr := r.RemoteAddrText()
	n := len(addr)
	for i := range r.In.List {
		if h := &r.In.List[i]; h.ID == http1.XForwardedFor {
			n += len(h.Value) + 2
		}
	}
	if n == len(addr) {
		return addr, true
	}
	b := r.Alloc(n)[:0]
	for i := range r.In.List {
		if h := &r.In.List[i]; h.ID == http1.XForwardedFor {
			b = append(b, h.Value...)
			b = append(b, ", "...)
		}
	}
	return http1.View(append(b, addr...)), true
}
