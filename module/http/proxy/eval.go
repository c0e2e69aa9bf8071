package proxy

import (
	"moongate/core/errlog"
	"moongate/engine/resolver"
)

// eval finds the target of a proxy_pass with variables (ngx_http_proxy_eval).
func (x *exchange) eval() bool {
	u := &x.u
	r := u.R
	url := x.pass.value.Eval(r)
	t := &x.target
	rest, port, ok := t.splitSchema(url)
	if !ok || rest == "" {
		r.Logf(errlog.Error, "invalid URL prefix in \"%s\"", url)
		return false
	}
	a, err := resolver.ParseURL(rest, resolver.URLOptions{DefaultPort: port, URIPart: true, NoResolve: true})
	if err != nil {
		r.Logf(errlog.Error, "%s in upstream \"%s\"", err, rest)
		return false
	}
	t.fill(a, port)
	if t.uri != "" && t.uri[0] == '?' {
		t.uri = r.Concat("/", t.uri)
	}
	u.Host, u.Port, u.NoPort = a.Host, a.Port, a.NoPort
	if len(a.Addrs) > 0 {
		u.Addrs = a.Addrs
	} else {
		u.Resolve = true
	}
	return true
}
