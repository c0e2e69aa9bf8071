package ssl

import (
	"os"
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// cacheConf is ssl_session_cache.
type cacheConf struct {
	written bool
	shut    bool // "off" or "none": the zone does not count
	kind    certs.CacheKind
	builtin int
	zone    *zone.Zone
}

// readCache is ngx_http_ssl_session_cache: each argument changes what those
// before have said.
func readCache(c *directive.Call, conf *conf) error {
	k := &conf.cache
	k.written = true
	for _, a := range c.Args {
		switch {
		case a == "off":
			k.kind, k.shut = certs.CacheOff, true
		case a == "none":
			k.kind, k.shut = certs.CacheNone, true
		case a == "builtin":
			k.kind, k.builtin, k.shut = certs.CacheBuiltin, 0, false
		case strings.HasPrefix(a, "builtin:"):
			n, ok := directive.ParseInt(a[len("builtin:"):])
			if !ok {
				return directive.Errorf("invalid session cache \"%s\"", a)
			}
			k.kind, k.builtin, k.shut = certs.CacheBuiltin, n, false
		case strings.HasPrefix(a, "shared:"):
			name, text, ok := strings.Cut(a[len("shared:"):], ":")
			size, good := directive.ParseSize(text)
			if !ok || name == "" || !good {
				return directive.Errorf("invalid session cache \"%s\"", a)
			}
			if size < int64(8*os.Getpagesize()) {
				return directive.Errorf("session cache \"%s\" is too small", a)
			}
			z, err := httpd.BuilderOf(c).Zones().Declare(name, size, zone.KindSessions)
			if err != nil {
				return directive.Errorf("%s", err)
			}
			k.zone = z
		default:
			return directive.Errorf("invalid session cache \"%s\"", a)
		}
	}
	return nil
}

// inheritCache follows ngx_http_ssl_merge_srv_conf, where the zone and the
// builtin cache are inherited one by one.
func inheritCache(parent, child *conf) {
	p, k := parent.cache, &child.cache
	if !k.written {
		*k = p
		return
	}
	if k.zone == nil {
		k.zone = p.zone
	}
}

func (k cacheConf) options() certs.SessionCache {
	c := certs.SessionCache{Kind: k.kind, Builtin: k.builtin}
	if k.zone != nil && !k.shut {
		c.Kind, c.Zone = certs.CacheShared, shared{k.zone}
	}
	return c
}
