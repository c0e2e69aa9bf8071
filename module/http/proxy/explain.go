package proxy

import (
	"fmt"
	"strings"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/upstream"
)

// explain tells where a request would be passed to.
func explain(x *httpd.Explanation, p httpd.Phase) httpd.Result {
	if p != httpd.Content {
		return httpd.Declined
	}
	r := x.R
	cf := httpd.Conf[conf](r, Module)
	pass := cf.pass
	if pass == nil {
		return httpd.OK
	}
	var g *upstream.Group
	if pass.value != nil {
		url := pass.value.Eval(r)
		x.Line("proxy", "to "+url)
		_, rest, _ := strings.Cut(url, "://")
		host, _, _ := strings.Cut(rest, "/")
		g = r.Server.HTTP().Upstreams.Lookup(host)
	} else {
		e := &exchange{conf: cf, target: pass.target, pass: pass}
		uri := e.appendURI(&upstreamhttp.Upstream{R: r}, nil)
		x.Line("proxy", r.MethodName+" "+pass.schema+pass.host+string(uri))
		g = pass.group
	}
	if g != nil {
		servers(x, g)
	}
	return httpd.OK
}

// servers tells the peers of a group, and how the weights share the requests.
func servers(x *httpd.Explanation, g *upstream.Group) {
	total := 0
	for i := range g.Servers {
		if s := &g.Servers[i]; !s.Down && !s.Backup {
			total += s.Weight * max(1, len(s.Addrs))
		}
	}
	for i := range g.Servers {
		s := &g.Servers[i]
		text := g.Name + ": " + s.Name
		switch {
		case s.Down:
			text += ", down"
		case s.Backup:
			text += ", backup"
		default:
			text += fmt.Sprintf(", weight %d of %d", s.Weight*max(1, len(s.Addrs)), total)
		}
		x.Line("upstream", text)
	}
}
