package proxy

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
)

// pass is a proxy_pass.
type pass struct {
	value    *httpd.Value // with variables; the rest is then unknown
	url      string       // as written
	location string       // the part of the URI that vars.uri replaces
	group    *upstream.Group
	target
}

// target is where requests go (ngx_http_proxy_vars_t).
type target struct {
	schema string // "http://", as written
	host   string // $proxy_host, for the Host header
	port   string // $proxy_port
	uri    string
	secure bool
	path   string // of a unix socket
}

// readPass is ngx_http_proxy_pass.
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
	p := &pass{url: url}
	if httpd.HasVars(url) {
		v, err := httpd.CompileArg(c, url)
		if err != nil {
			return err
		}
		p.value = v
		cf.pass = p
		return nil
	}
	rest, port, ok := p.splitSchema(url)
	if !ok {
		return directive.Errorf("invalid URL prefix")
	}
	u, err := resolver.ParseURL(rest, resolver.URLOptions{DefaultPort: port, URIPart: true, NoResolve: true})
	if err != nil {
		return directive.Errorf("%s in upstream \"%s\"", err, rest)
	}
	if p.group, err = httpd.BuilderOf(c).Upstreams.Refer(u, c.Pos()); err != nil {
		return err
	}
	p.fill(u, port)
	switch l.Kind {
	case httpd.LocPrefix, httpd.LocExact, httpd.LocNoRegex:
		p.location = l.Name
	default:
		if p.uri != "" {
			return directive.Errorf("\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, or inside \"if\" statement, or inside \"limit_except\" block")
		}
	}
	cf.pass = p
	return nil
}

// splitSchema takes the schema off a URL.
func (t *target) splitSchema(url string) (rest string, port uint16, ok bool) {
	switch {
	case len(url) >= 7 && strings.EqualFold(url[:7], "http://"):
		t.schema, t.secure = url[:7], false
		return url[7:], 80, true
	case len(url) >= 8 && strings.EqualFold(url[:8], "https://"):
		t.schema, t.secure = url[:8], true
		return url[8:], 443, true
	}
	return "", 0, false
}

// fill is ngx_http_proxy_set_vars.
func (t *target) fill(u *resolver.URL, port uint16) {
	t.uri = u.URI
	switch {
	case u.Unix:
		t.host, t.port, t.path = "localhost", "", u.Host
	case u.NoPort || u.Port == port:
		t.host, t.port = u.Host, "80"
		if port == 443 {
			t.port = "443"
		}
	default:
		t.host, t.port = u.Host+":"+u.PortText, u.PortText
	}
}
