package proxy

import (
	"cmp"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// prepare finishes the levels that pass requests on, when all are merged.
func prepare(b *httpd.Builder) error {
	var failed error
	b.Locations(func(l *httpd.Location) {
		if failed == nil {
			failed = finish(b, l)
		}
	})
	return failed
}

func finish(b *httpd.Builder, l *httpd.Location) error {
	c := httpd.LocConf[conf](l, Module)
	// Blocks inside a location pass on to where it does.
	if c.pass == nil && (l.Kind == httpd.LocIf || l.Kind == httpd.LocLimitExcept) {
		if p := httpd.LocConf[conf](l.Parent(), Module).pass; p != nil {
			own := *p
			c.pass = &own
			if l.Kind == httpd.LocLimitExcept && l.Handler == nil {
				l.Handler = handle
			}
		}
	}
	c.headers = c.setsOf.headers()
	if c.up.Cache != nil {
		c.cachedHeaders = c.setsOf.whenCached()
	}
	if c.pass == nil {
		return nil
	}
	c.up.Group = c.pass.group
	if c.redirect != off && len(c.redirects) == 0 && c.pass.value == nil {
		w, err := c.pass.defaultRedirect(b)
		if err != nil {
			return err
		}
		c.redirects = []*rewrite{w}
	}
	if c.pass.secure || c.pass.value != nil {
		return c.up.UseTLS(b, &c.tls)
	}
	if code := b.PeerCode(); code != nil {
		if name := cmp.Or(code.ChoosesFor(l), code.JudgesFor(l)); name != "" {
			return directive.Errorf("%s should be used with proxy_pass https url", name)
		}
	}
	return nil
}
