package memcached

import (
	"strings"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
)

// conf is the settings of one level (ngx_http_memcached_loc_conf_t).
type conf struct {
	group *upstream.Group // memcached_pass, of this location or the one around an if{}
	key   httpd.VarIndex
	up    upstreamhttp.Conf // made of the fields below by merge

	bind      directive.Value[*upstreamhttp.Bind]
	next      directive.Value[upstreamhttp.Condition]
	tries     directive.Value[int]
	gzipFlag  directive.Value[int]
	keepalive directive.Value[bool]
	size      directive.Value[int64]

	connectTimeout, sendTimeout, readTimeout, nextTimeout directive.Value[time.Duration]
}

// nextWords are the arguments of memcached_next_upstream.
var nextWords = map[string]upstreamhttp.Condition{
	"error": upstreamhttp.OnError, "timeout": upstreamhttp.OnTimeout, "invalid_response": upstreamhttp.OnInvalidHeader,
	"not_found": upstreamhttp.On404, "off": upstreamhttp.NextOff,
}

// readPass is ngx_http_memcached_pass.
func readPass(c *directive.Call, cf *conf) error {
	if cf.group != nil {
		return directive.Duplicate
	}
	u, err := resolver.ParseURL(c.Args[0], resolver.URLOptions{NoResolve: true})
	if err != nil {
		return directive.Errorf("%s in upstream \"%s\"", err, c.Args[0])
	}
	b := httpd.BuilderOf(c)
	if cf.group, err = b.Upstreams.Refer(u, c.Pos()); err != nil {
		return err
	}
	cf.key = b.Var("memcached_key")
	l := httpd.LocationOf(c)
	l.Handler = handle
	if strings.HasSuffix(l.Name, "/") {
		l.AutoRedirect = true
	}
	return nil
}

// merge is ngx_http_memcached_merge_loc_conf, as far as rows can't do it.
func merge(_ *httpd.Builder, parent, child any) error {
	c := child.(*conf)
	if p, _ := parent.(*conf); p != nil && c.group == nil {
		c.group, c.key = p.group, p.key
	}
	if c.next.V&upstreamhttp.NextOff != 0 {
		c.next.V = upstreamhttp.NextOff
	}
	c.up = upstreamhttp.Conf{
		Module: "memcached", Group: c.group, ConnectTimeout: c.connectTimeout.V, SendTimeout: c.sendTimeout.V,
		ReadTimeout: c.readTimeout.V, NextTimeout: c.nextTimeout.V, NextTries: c.tries.V, Next: c.next.V,
		BufferSize: c.size.V, InterceptErrors: true, Intercept404: true, ForceRanges: true,
		Bind: c.bind.V, SocketKeepAlive: c.keepalive.V,
	}
	return nil
}
