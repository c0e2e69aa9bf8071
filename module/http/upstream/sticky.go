package upstream

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/engine/upstream/balance/sticky"
)

// readSticky is ngx_http_upstream_sticky. It lies around the method that is known by
// now.
func readSticky(c *directive.Call, cf *conf) error {
	g := cf.now
	if g.sticky {
		return directive.Duplicate
	}
	g.sticky = true
	b := &sticky.Balancer{Balancer: g.Balancer, Warn: warn}
	if b.Balancer == nil {
		b.Balancer = roundrobin.Balancer{}
	}
	g.Balancer = b
	switch c.Args[0] {
	case "cookie":
		return readStickyCookie(c, b)
	case "route":
		names := make([]string, 0, len(c.Args)-1)
		for _, a := range c.Args[1:] {
			name, ok := strings.CutPrefix(a, "$")
			if !ok || name == "" {
				return directive.Errorf("invalid variable name \"%s\"", a)
			}
			names = append(names, name)
		}
		b.Lookup = firstOf(c, names)
		return nil
	case "learn":
		return readStickyLearn(c, b, g.Name)
	}
	return directive.Errorf("unknown parameter \"%s\"", c.Args[0])
}

func warn(request any, text string) { request.(*httpd.Request).Logf(errlog.Warn, "%s", text) }

// firstOf is the first of some variables that is not empty.
func firstOf(c *directive.Call, names []string) func(request any) string {
	vars := make([]httpd.VarIndex, len(names))
	for i, name := range names {
		vars[i] = httpd.BuilderOf(c).Var(name)
	}
	return func(request any) string {
		r := request.(*httpd.Request)
		for _, i := range vars {
			if v, _ := r.Var(i); v != "" {
				return strings.Clone(v) // the answer's header takes its place
			}
		}
		return ""
	}
}
