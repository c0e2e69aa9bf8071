package proxy

import (
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// PassTo passes a request to a target that another module has chosen, by the proxy_*
// directives of its location as far as the target does not say otherwise. It is an
// upstreamhttp.Pass.
func PassTo(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	x := newExchange()
	x.conf, x.to = cf, t
	u := &x.u
	up := t.Conf
	if up == nil {
		up = &cf.up
	}
	u.Begin(r, up, x, x.end)
	slot.Put(r, x)
	x.target = target{schema: "http://", host: t.Host, port: "80", secure: t.Secure}
	if t.Secure {
		x.target.schema, x.target.port = "https://", "443"
	}
	u.Schema, u.Secure = x.target.schema, t.Secure
	u.Group, u.Addrs, u.Host, u.Port = t.Group, t.Addrs, t.Name, t.Port
	u.Except = t.Except
	u.PeerHost = t.Host == "" && t.Group != nil
	u.Resolve = t.Group == nil && len(t.Addrs) == 0
	u.Redirect, u.Stop = t.Redirect, t.Stop
	u.Uncached = true // who chooses targets knows of clients what proxy_cache_key does not
	x.reset()
	if res := x.requestBody(); res != httpd.OK {
		r.AtEnd(x.end)
		return res
	}
	res := u.Run()
	x.to = nil // it is the caller's again
	return res
}

// ConfOf is how a location's proxy_* directives say that servers are spoken to: what the
// Conf of a target begins with.
func ConfOf(l *httpd.Location) *upstreamhttp.Conf { return &httpd.LocConf[conf](l, Module).up }
