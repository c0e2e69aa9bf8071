package proxy

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// readRedirect is ngx_http_proxy_redirect.
func readRedirect(c *directive.Call, cf *conf) error {
	if cf.redirect == off {
		return directive.Duplicate
	}
	if len(c.Args) == 2 {
		w, err := readRule(c, false, false)
		if err != nil {
			return err
		}
		cf.redirect = written
		cf.redirects = append(cf.redirects, w)
		return nil
	}
	switch c.Args[0] {
	case "off":
		if len(cf.redirects) > 0 {
			return directive.Duplicate
		}
		cf.redirect = off
		return nil
	case "default":
	default:
		return directive.Errorf("invalid parameter \"%s\"", c.Args[0])
	}
	switch {
	case cf.pass != nil && cf.pass.value != nil:
		return directive.Errorf("\"proxy_redirect default\" cannot be used with \"proxy_pass\" directive with variables")
	case cf.pass == nil:
		return directive.Errorf("\"proxy_redirect default\" should be placed after the \"proxy_pass\" directive")
	}
	cf.redirect = written
	w, err := cf.pass.defaultRedirect(httpd.BuilderOf(c))
	cf.redirects = append(cf.redirects, w)
	return err
}

// defaultRedirect turns the server's URLs into those of the location.
func (p *pass) defaultRedirect(b *httpd.Builder) (*rewrite, error) {
	from, to := p.url, p.location
	if p.uri == "" {
		from, to = p.url+"/", "/"
	}
	w := new(rewrite)
	var err error
	if w.prefix, err = b.NewValue(from); err != nil {
		return nil, err
	}
	w.with, err = b.NewValue(to)
	return w, err
}

// rewriteRedirect is ngx_http_proxy_rewrite_redirect.
func rewriteRedirect(u *upstreamhttp.Upstream, value string, from int) (string, bool) {
	return applyFirst(u.R, slot.Get(u.R).conf.redirects, value, from)
}
