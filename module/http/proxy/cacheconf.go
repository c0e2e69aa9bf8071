package proxy

import (
	"math"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/cache"
	"moongate/engine/httpcache"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/zone"
)

// mainConf is the caches that proxy_cache_path makes (ngx_http_proxy_main_conf_t).
type mainConf struct{ caches []*cache.Cache }

// cacheConf is what a level says of keeping responses.
type cacheConf struct {
	from        directive.Value[cacheRef]
	key         directive.Value[*httpd.Value]
	valid       directive.Value[httpcache.Lifetimes]
	minUses     directive.Value[int]
	rangeOffset directive.Value[int64]
	methods     directive.Value[httpd.Method]
	bypass      directive.Value[[]*httpd.Value]
	noCache     directive.Value[[]*httpd.Value]
	useStale    directive.Value[upstreamhttp.Condition]

	lock, revalidate, convertHead, background directive.Value[bool]
	lockTimeout, lockAge                      directive.Value[time.Duration]
}

// cacheRef is a proxy_cache: a zone, or the name of one with variables; neither when it
// is off.
type cacheRef struct {
	zone *zone.Zone
	name *httpd.Value
}

func (r cacheRef) on() bool { return r.zone != nil || r.name != nil }

func cacheRows() []directive.Directive {
	return []directive.Directive{
		{Name: "proxy_cache_path", Syntax: "path [levels=levels] [use_temp_path=on|off] keys_zone=name:size [inactive=time] [max_size=size] [min_free=size] [manager_files=number] [manager_sleep=time] [manager_threshold=time] [loader_files=number] [loader_sleep=time] [loader_threshold=time]",
			In: directive.HTTP, Args: directive.TwoMore, Set: directive.Func(readCachePath), Doc: "A folder that responses are kept in, and the memory of its index."},
		{Name: "proxy_cache", Syntax: "zone | off", In: everywhere, Args: directive.Take1,
			Set: directive.Func(readCache).Inherited(func(p, c *conf) { c.cache.from.InheritFrom(&p.cache.from) }), Doc: "The cache that responses are kept in and requests answered from."},
		{Name: "proxy_cache_key", Syntax: "string", In: everywhere, Args: directive.Take1, Set: httpd.ValueSetter(func(c *conf) *directive.Value[*httpd.Value] { return &c.cache.key }), Doc: "What a response is kept under; without it, the URL that is passed on."},
		{Name: "proxy_cache_valid", Syntax: "[code ...] time", In: everywhere, Args: directive.OneMore,
			Set: directive.Func(readCacheValid).Inherited(func(p, c *conf) { c.cache.valid.InheritFrom(&p.cache.valid) }), Doc: "How long responses are kept whose header does not say it."},
		{Name: "proxy_cache_min_uses", Syntax: "number", In: everywhere, Args: directive.Take1, Default: "1", Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.cache.minUses }), Doc: "After how many requests a response is kept."},
		{Name: "proxy_cache_max_range_offset", Syntax: "number", In: everywhere, Args: directive.Take1, Set: directive.Off(func(c *conf) *directive.Value[int64] { return &c.cache.rangeOffset }), Doc: "Requests for a range that begins behind this are passed on as they are, and not kept."},
		{Name: "proxy_cache_methods", Syntax: "GET | HEAD | POST ...", In: everywhere, Args: directive.OneMore, Set: directive.Bits(func(c *conf) *directive.Value[httpd.Method] { return &c.cache.methods }, upstreamhttp.CacheMethods), Doc: "Methods of requests whose responses are kept; GET and HEAD always are."},
		predicate("proxy_cache_bypass", "Conditions under which a request is not answered from the cache.", func(c *conf) *directive.Value[[]*httpd.Value] { return &c.cache.bypass }),
		predicate("proxy_no_cache", "Conditions under which a response is not kept.", func(c *conf) *directive.Value[[]*httpd.Value] { return &c.cache.noCache }),
		{Name: "proxy_cache_use_stale", Syntax: "error | timeout | invalid_header | updating | http_500 | http_502 | http_503 | http_504 | http_403 | http_404 | http_429 | off ...", In: everywhere, Args: directive.OneMore, Default: "off", Set: directive.Bits(func(c *conf) *directive.Value[upstreamhttp.Condition] { return &c.cache.useStale }, upstreamhttp.NextWords), Doc: "When a response that is over is sent nevertheless."},
		flag("proxy_cache_background_update", "off", func(c *conf) *directive.Value[bool] { return &c.cache.background }, "A response that is over is sent while it is renewed."),
		flag("proxy_cache_revalidate", "off", func(c *conf) *directive.Value[bool] { return &c.cache.revalidate }, "The server is asked whether a response that is over has changed."),
		flag("proxy_cache_convert_head", "on", func(c *conf) *directive.Value[bool] { return &c.cache.convertHead }, "HEAD becomes GET, so that the response can be kept."),
		flag("proxy_cache_lock", "off", func(c *conf) *directive.Value[bool] { return &c.cache.lock }, "Of requests for the same only one at a time is passed on."),
		msec("proxy_cache_lock_timeout", "5s", func(c *conf) *directive.Value[time.Duration] { return &c.cache.lockTimeout }, "How long the others wait for it."),
		msec("proxy_cache_lock_age", "5s", func(c *conf) *directive.Value[time.Duration] { return &c.cache.lockAge }, "After which another one is passed on."),
	}
}

// predicate is ngx_http_set_predicate_slot: conditions add up.
func predicate(name, doc string, get func(*conf) *directive.Value[[]*httpd.Value]) directive.Directive {
	set := func(c *directive.Call, cf *conf) error {
		list := get(cf).V
		for _, a := range c.Args {
			v, err := httpd.CompileArg(c, a)
			if err != nil {
				return err
			}
			list = append(list, v)
		}
		get(cf).Put(c, list)
		return nil
	}
	return directive.Directive{Name: name, Syntax: "string ...", In: everywhere, Args: directive.OneMore, Doc: doc,
		Set: directive.Func(set).Inherited(func(p, c *conf) { get(c).InheritFrom(get(p)) })}
}

// readCachePath is ngx_http_file_cache_set_slot.
func readCachePath(c *directive.Call, m *mainConf) error {
	s, err := cache.Declare(httpd.BuilderOf(c).Cycle, c)
	if err != nil {
		return err
	}
	m.caches = append(m.caches, s)
	return nil
}

// readCache is ngx_http_proxy_cache.
func readCache(c *directive.Call, cf *conf) error {
	from := &cf.cache.from
	name := c.Args[0]
	switch {
	case from.Written:
		return directive.Duplicate
	case name == "off":
		from.Put(c, cacheRef{})
		return nil
	case cf.store.Written && cf.store.V != nil:
		return directive.Reason("is incompatible with \"proxy_store\"")
	}
	v, err := httpd.CompileArg(c, name)
	if err != nil {
		return err
	}
	ref := cacheRef{name: v}
	if v.Literal() {
		z, err := cache.Refer(httpd.BuilderOf(c).Cycle, name)
		if err != nil {
			return err
		}
		ref = cacheRef{zone: z}
	}
	from.Put(c, ref)
	return nil
}

func readCacheValid(c *directive.Call, cf *conf) error {
	l, err := cf.cache.valid.V.Read(c.Args)
	if err == nil {
		cf.cache.valid.Put(c, l)
	}
	return err
}

// merge is the part of ngx_http_proxy_merge_loc_conf about the cache, when rows have
// brought down what levels above say.
func (c *cacheConf) merge() error {
	if z := c.from.V.zone; z != nil && cache.Of(z) == nil {
		return directive.Errorf("\"proxy_cache\" zone \"%s\" is unknown", z.Name)
	}
	c.rangeOffset.Or(math.MaxInt64)
	if c.useStale.V&upstreamhttp.NextOff != 0 {
		c.useStale.V = upstreamhttp.NextOff
	}
	if c.useStale.V&upstreamhttp.OnError != 0 {
		c.useStale.V |= upstreamhttp.OnNoLive
	}
	c.methods.V |= upstreamhttp.CacheMethods["GET"] | upstreamhttp.CacheMethods["HEAD"]
	return nil
}

// settings are what the engine needs to know, nil without a cache.
func (c *cacheConf) settings(m *mainConf) *upstreamhttp.Cache {
	if !c.from.V.on() {
		return nil
	}
	s := &upstreamhttp.Cache{
		Name: c.from.V.name, Stores: m.caches,
		Valid: c.valid.V, Methods: c.methods.V, MinUses: c.minUses.V, MaxRangeOffset: c.rangeOffset.V,
		Bypass: c.bypass.V, NoCache: c.noCache.V, UseStale: c.useStale.V,
		Revalidate: c.revalidate.V, BackgroundUpdate: c.background.V, ConvertHead: c.convertHead.V,
		Lock: c.lock.V, LockTimeout: c.lockTimeout.V, LockAge: c.lockAge.V,
	}
	if z := c.from.V.zone; z != nil {
		s.Store = cache.Of(z)
	}
	return s
}
