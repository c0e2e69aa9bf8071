package upstreamhttp

import (
	"time"

	"moongate/edge/wire/http1"
	"moongate/engine/cache"
	"moongate/engine/httpcache"
	"moongate/engine/httpd"
)

// Cache is what a location says of keeping responses (the cache fields of
// ngx_http_upstream_conf_t). The protocol must be Keyed.
type Cache struct {
	Store  *cache.Cache   // nil: that of Name
	Name   *httpd.Value   // the name of its zone, with variables
	Stores []*cache.Cache // that Name may mean

	Valid            httpcache.Lifetimes
	Methods          httpd.Method
	MinUses          int
	MaxRangeOffset   int64 // math.MaxInt64: no limit
	Bypass, NoCache  []*httpd.Value
	UseStale         Condition
	Revalidate       bool
	BackgroundUpdate bool
	ConvertHead      bool

	Lock                 bool
	LockTimeout, LockAge time.Duration
}

// Keyed is a Protocol whose responses can be kept. Their header must come in one piece, as
// Unread bytes that Header understands again when they are read from a file.
type Keyed interface {
	// AppendKey appends what the response is kept under.
	AppendKey(u *Upstream, b []byte) []byte
}

// CacheMethods are the arguments of proxy_cache_methods and its like.
var CacheMethods = map[string]httpd.Method{"GET": http1.GET, "HEAD": http1.HEAD, "POST": http1.POST}

// CacheStatus is how a cache was used for a request ($upstream_cache_status).
type CacheStatus uint8

// What nginx calls NGX_HTTP_CACHE_MISS and so on.
const (
	NoCache CacheStatus = iota
	CacheMiss
	CacheBypass
	CacheExpired
	CacheStale
	CacheUpdating
	CacheRevalidated
	CacheHit
)

var cacheStatuses = [...]string{"", "MISS", "BYPASS", "EXPIRED", "STALE", "UPDATING", "REVALIDATED", "HIT"}

// store is the cache for this request, nil for none; ok is false for an unknown one.
func (c *Cache) store(r *httpd.Request) (s *cache.Cache, ok bool) {
	if c.Name == nil {
		return c.Store, true
	}
	name := c.Name.Eval(r)
	if name == "" || name == "off" {
		return nil, true
	}
	for _, s := range c.Stores {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

// holds tells whether a condition of proxy_cache_bypass or proxy_no_cache holds
// (ngx_http_test_predicates).
func holds(list []*httpd.Value, r *httpd.Request) bool {
	for _, v := range list {
		if s := v.Eval(r); s != "" && s != "0" {
			return true
		}
	}
	return false
}

func cacheStatus(r *httpd.Request) (string, bool) {
	u := Of(r)
	if u == nil || u.CacheStatus == NoCache {
		return "", false
	}
	return cacheStatuses[u.CacheStatus], true
}

// Modified is when the response was changed that has expired in the cache, for
// If-Modified-Since where it is to be renewed so; ETag its tag.
func (u *Upstream) Modified() (string, bool) {
	if !u.renews() || u.kept.entry.LastModified < 0 {
		return "", false
	}
	return u.R.Copy(http1.AppendDate(u.R.Alloc(32)[:0], u.kept.entry.LastModified)), true
}

// ETag is the tag of the response that has expired in the cache.
func (u *Upstream) ETag() (string, bool) {
	if !u.renews() {
		return "", false
	}
	tag := u.kept.entry.ETag()
	return tag, tag != ""
}

func (u *Upstream) renews() bool { return u.CacheStatus == CacheExpired && u.Conf.Cache.Revalidate }

func cacheModified(r *httpd.Request) (string, bool) {
	if u := Of(r); u != nil {
		return u.Modified()
	}
	return "", false
}

func cacheETag(r *httpd.Request) (string, bool) {
	if u := Of(r); u != nil {
		return u.ETag()
	}
	return "", false
}
