package proxy

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// readStore is ngx_http_proxy_store.
func readStore(c *directive.Call, cf *conf) error {
	s := new(upstreamhttp.Store)
	path := c.Args[0]
	switch {
	case cf.store.Written:
		return directive.Duplicate
	case path == "off":
		s = nil
	case path == "":
		return directive.Errorf("empty path")
	case cf.cache.from.V.on():
		return directive.Reason("is incompatible with \"proxy_cache\"")
	case path != "on":
		var err error
		if s.Path, err = httpd.CompileArg(c, path); err != nil {
			return err
		}
	}
	cf.store.Put(c, s)
	return nil
}

// readAccess is ngx_conf_set_access_slot.
func readAccess(c *directive.Call) (int, error) {
	access, user := 0, 0o600
	for _, a := range c.Args {
		who, what, _ := strings.Cut(a, ":")
		shift, ok := map[string]int{"user": 6, "group": 3, "all": 0}[who]
		bits, known := map[string]int{"rw": 6, "r": 4}[what]
		if !ok || !known {
			return 0, directive.Errorf("invalid value \"%s\"", a)
		}
		if who == "user" {
			user = 0
		}
		access |= bits << shift
	}
	return access | user, nil
}
