package httpd

import (
	"moongate/core/config/directive"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/regex"
)

// gzipConf is what the gzip directives that belong to the core module say
// about who may have compressed answers at all. gzip and gzip_static ask.
type gzipConf struct {
	Version directive.Value[int32]
	Proxied directive.Value[uint]
	Disable directive.Value[*gzipDisable]
}

type gzipDisable struct {
	msie6    bool
	patterns []*regex.Regex
}

// The choices of gzip_proxied.
const (
	proxiedOff = 2 << iota
	proxiedExpired
	proxiedNoCache
	proxiedNoStore
	proxiedPrivate
	proxiedNoLastModified
	proxiedNoETag
	proxiedAuth
	proxiedAny
)

func gzipRows() []row {
	return []row{
		{Name: "gzip_http_version", Syntax: "1.0 | 1.1", In: inAll, Args: directive.Take1, Default: "1.1",
			Set: directive.Enum(func(c *cc) *directive.Value[int32] { return &c.Gzip.Version }, map[string]int32{"1.0": http1.HTTP10, "1.1": http1.HTTP11}), Doc: "The lowest version of requests that get compressed answers."},
		{Name: "gzip_proxied", Syntax: "off | expired | no-cache | no-store | private | no_last_modified | no_etag | auth | any ...", In: inAll, Args: directive.OneMore, Default: "off",
			Set: directive.Bits(func(c *cc) *directive.Value[uint] { return &c.Gzip.Proxied }, map[string]uint{"off": proxiedOff, "expired": proxiedExpired, "no-cache": proxiedNoCache, "no-store": proxiedNoStore,
				"private": proxiedPrivate, "no_last_modified": proxiedNoLastModified, "no_etag": proxiedNoETag, "auth": proxiedAuth, "any": proxiedAny}), Doc: "Which answers to requests through proxies are compressed."},
		{Name: "gzip_disable", Syntax: "regex ...", In: inAll, Args: directive.OneMore,
			Set: directive.Func(readGzipDisable).Inherited(func(p, c *cc) { c.Gzip.Disable.InheritFrom(&p.Gzip.Disable) }), Doc: "Browsers that get no compressed answers."},
	}
}

// readGzipDisable is ngx_http_gzip_disable.
func readGzipDisable(c *directive.Call, conf *CoreConf) error {
	if !conf.Gzip.Disable.Written {
		conf.Gzip.Disable.Put(c, new(gzipDisable))
	}
	d := conf.Gzip.Disable.V
	for _, a := range c.Args {
		if a == "msie6" {
			d.msie6 = true
			continue
		}
		re, err := regex.Compile(a, true)
		if err != nil {
			return directive.Errorf("%s", err)
		}
		d.patterns = append(d.patterns, re)
	}
	return nil
}

// AcceptsGzip tells whether the client may have a compressed answer
// (ngx_http_gzip_ok). It is found out once for a request.
func (r *Request) AcceptsGzip() bool {
	if !r.GzipTested {
		r.GzipTested = true
		r.GzipOK = r.testGzip()
	}
	return r.GzipOK
}

func (r *Request) testGzip() bool {
	if r.Parent != nil {
		return false
	}
	accept, ok := r.In.Known(http1.AcceptEncoding)
	if !ok || !http1.AcceptsGzip(accept) {
		return false
	}
	g := &r.Loc.core.Gzip
	if r.Version < g.Version.V {
		return false
	}
	if _, proxied := r.In.Known(http1.Via); proxied && !r.gzipProxied(g.Proxied.V) {
		return false
	}
	d := g.Disable.V
	if d == nil {
		return true
	}
	agent, ok := r.In.Known(http1.UserAgent)
	if !ok {
		return true
	}
	if d.msie6 && http1.ParseAgent(agent)&http1.AgentMSIE6 != 0 {
		return false
	}
	hit, err := regex.MatchAny(d.patterns, agent)
	return !hit && err == nil
}

// gzipProxied is the part of ngx_http_gzip_ok about requests with a Via.
func (r *Request) gzipProxied(p uint) bool {
	if p&proxiedOff != 0 {
		return false
	}
	if p&proxiedAny != 0 {
		return true
	}
	if _, ok := r.In.Known(http1.Authorization); ok && p&proxiedAuth != 0 {
		return true
	}
	o := &r.Out
	if e, ok := o.Get("Expires"); ok {
		if p&proxiedExpired == 0 {
			return false
		}
		expires, ok := http1.ParseDate(e)
		if !ok {
			return false
		}
		date := event.Now().Unix()
		if d, set := o.Date(); set {
			if date, ok = http1.ParseDate(d); !ok {
				return false
			}
		}
		return expires < date
	}
	if cache, ok := o.Get("Cache-Control"); ok {
		return p&proxiedNoCache != 0 && http1.HasToken(cache, "no-cache", ',') ||
			p&proxiedNoStore != 0 && http1.HasToken(cache, "no-store", ',') ||
			p&proxiedPrivate != 0 && http1.HasToken(cache, "private", ',')
	}
	if _, ok := o.Get("Last-Modified"); (ok || o.LastModified >= 0) && p&proxiedNoLastModified != 0 {
		return false
	}
	if _, ok := o.Get("ETag"); ok && p&proxiedNoETag != 0 {
		return false
	}
	return true
}
