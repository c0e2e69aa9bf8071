package grpc

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
)

// pass is a grpc_pass.
type pass struct {
	value *httpd.Value // with variables; the rest is then unknown
	group *upstream.Group
	goal
}

// goal is where requests go.
type goal struct {
	schema string // for the log
	host   string // for :authority
	secure bool
}

// readPass is ngx_http_grpc_pass.
func readPass(c *directive.Call, cf *conf) error {
	if cf.pass != nil {
		return directive.Duplicate
	}
	l := httpd.LocationOf(c)
	l.Handler = handle
	if strings.HasSuffix(l.Name, "/") {
		l.AutoRedirect = true
	}
	url := c.Args[0]
	p := new(pass)
	if httpd.HasVars(url) {
		v, err := httpd.CompileArg(c, url)
		if err != nil {
			return err
		}
		p.value = v
		cf.pass = p
		return nil
	}
	rest := p.splitSchema(url)
	u, err := resolver.ParseURL(rest, resolver.URLOptions{DefaultPort: p.port(), NoResolve: true})
	if err != nil {
		return directive.Errorf("%s in upstream \"%s\"", err, rest)
	}
	if p.group, err = httpd.BuilderOf(c).Upstreams.Refer(u, c.Pos()); err != nil {
		return err
	}
	p.fill(u)
	cf.pass = p
	return nil
}

// splitSchema takes the schema off a URL, if it has one.
func (g *goal) splitSchema(url string) (rest string) {
	g.schema, g.secure = "grpc://", false
	switch {
	case len(url) >= 7 && strings.EqualFold(url[:7], "grpc://"):
		return url[7:]
	case len(url) >= 8 && strings.EqualFold(url[:8], "grpcs://"):
		g.schema, g.secure = "grpcs://", true
		return url[8:]
	}
	return url
}

// port is that of addresses that have none; nginx can't connect to those.
func (g *goal) port() uint16 {
	if g.secure {
		return 443
	}
	return 80
}

func (g *goal) fill(u *resolver.URL) {
	switch {
	case u.Unix:
		g.host = "localhost"
	case u.NoPort:
		g.host = u.Host
	default:
		g.host = u.Host + ":" + u.PortText
	}
}

// eval finds the target of a grpc_pass with variables (ngx_http_grpc_eval).
func (x *exchange) eval(p *pass) bool {
	u := &x.u
	r := u.R
	rest := x.goal.splitSchema(p.value.Eval(r))
	a, err := resolver.ParseURL(rest, resolver.URLOptions{DefaultPort: x.goal.port(), NoResolve: true})
	if err != nil {
		r.Logf(errlog.Error, "%s in upstream \"%s\"", err, rest)
		return false
	}
	x.goal.fill(a)
	u.Host, u.Port, u.NoPort = a.Host, a.Port, a.NoPort
	if len(a.Addrs) > 0 {
		u.Addrs = a.Addrs
	} else {
		u.Resolve = true
	}
	return true
}
