package upstreamhttp

import (
	"sync"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/cache"
	"moongate/engine/httpcache"
	"moongate/engine/httpd"
)

// kept is a cache's part in a request, nil where there is none (ngx_http_cache_t):
//
//	askCache -> hit ------------------------------------> sendKept
//	         -> stale: a copy renews it (renewBeside) --> sendKept
//	         -> miss, expired: the peer is asked -> judge: 304 or an error -> sendKept
//	                                             -> keep: the response goes to a file too
type kept struct {
	entry cache.Entry
	fresh httpcache.Freshness
	room  *buffer     // entry.Buf
	body  *httpd.File // what is sent
	parts [2]httpd.Buf

	// The response that is being kept.
	file  *httpd.File // its temporary file, nil until something is written
	block *wide       // what is not written yet
	used  int         // of block
}

var kepts = sync.Pool{New: func() any { return new(kept) }}

func newKept(u *Upstream, s *cache.Cache) *kept {
	k := kepts.Get().(*kept)
	e := &k.entry
	e.Reset(s)
	e.Log, e.Fields = u.R.ErrorLog(), u.R.In.List
	if size := int(u.Conf.BufferSize); size > bufferSize {
		e.Buf = make([]byte, size)
	} else {
		k.room = buffers.Get().(*buffer)
		e.Buf = k.room[:size]
	}
	return k
}

// end gives up what is held of the cache and of memory.
func (k *kept) end() {
	k.discard()
	k.entry.Release()
	if k.body != nil {
		k.body.Close()
	}
	if k.room != nil {
		buffers.Put(k.room)
	}
	k.entry.Log, k.entry.Fields, k.entry.Buf = nil, nil, nil
	k.fresh = httpcache.Freshness{}
	k.room, k.body, k.parts = nil, nil, [2]httpd.Buf{}
	kepts.Put(k)
}

// Keeps tells whether the response may be kept, as far as is known: then conditions and
// ranges of the client are not passed on.
func (u *Upstream) Keeps() bool { return u.cacheable }

// askCache looks for a response (ngx_http_upstream_cache). answered says that the client
// has it, or an error.
func (u *Upstream) askCache() (res httpd.Result, answered bool) {
	r, cf := u.R, u.Conf.Cache
	if r.Method&cf.Methods == 0 {
		return 0, false
	}
	s, ok := cf.store(r)
	if !ok {
		r.Logf(errlog.Error, "cache \"%s\" not found", cf.Name.Eval(r))
		return 500, true
	}
	if s == nil {
		return 0, false
	}
	if r.Method == http1.HEAD && cf.ConvertHead {
		u.Method = "GET"
	}
	given := u.takeHandover()
	if !given && !u.findEntry(s) {
		return 0, false
	}
	u.cacheable = true
	if !given && holds(cf.Bypass, r) {
		u.CacheStatus = CacheBypass
		return 0, false
	}
	u.CacheStatus = CacheMiss
	return u.openEntry()
}

// findEntry makes the key.
func (u *Upstream) findEntry(s *cache.Cache) bool {
	r, cf := u.R, u.Conf.Cache
	k := newKept(u, s)
	e := &k.entry
	e.Key = u.Proto.(Keyed).AppendKey(u, e.Key)
	e.Hash()
	if need := e.HeaderStart + 256; need > int(u.Conf.BufferSize) {
		r.Logf(errlog.Error, "%s_buffer_size %d is not enough for cache key, it should be increased to at least %d",
			u.Conf.Module, u.Conf.BufferSize, (need+1023)&^1023)
		k.end()
		return false
	}
	e.MinUses = cf.MinUses
	e.Lock, e.LockTimeout, e.LockAge = cf.Lock, cf.LockTimeout, cf.LockAge
	u.kept = k
	return true
}

// openEntry looks the key up, and waits for others who fetch the same.
func (u *Upstream) openEntry() (res httpd.Result, answered bool) {
	r, cf, k := u.R, u.Conf.Cache, u.kept
	e := &k.entry
	found := e.Open()
	for found == cache.Locked {
		e.Await(nil)
		found = e.Open()
	}
	k.fresh.Valid, k.fresh.Updating, k.fresh.Error = e.ValidSec, e.UpdatingSec, e.ErrorSec
	mayStale := (cf.UseStale&Updating != 0 || e.StaleUpdating) && !r.Background
	switch {
	case found == cache.Hit:
		u.CacheStatus = CacheHit
		return u.sendFound()
	case found == cache.Stale && mayStale && cf.BackgroundUpdate:
		if !u.renewBeside() {
			return 500, true
		}
		u.CacheStatus = CacheStale
		return u.sendFound()
	case found == cache.Updating && mayStale:
		u.CacheStatus = CacheUpdating
		return u.sendFound()
	case found == cache.Stale, found == cache.Updating:
		k.fresh = httpcache.Freshness{}
		u.CacheStatus = CacheExpired
	case found == cache.Scarce:
		u.cacheable = false
	case found == cache.Remembered:
		u.dropMark()
		u.CacheStatus = CacheHit
		return httpd.Result(e.Error), true
	case found == cache.Failed:
		return 500, true
	}
	if v, asked := r.In.Known(http1.Range); asked && u.cacheable && httpcache.FarRange(v, cf.MaxRangeOffset) {
		u.cacheable = false
	}
	return 0, false
}

// takeFreshness takes a line of the header that is about keeping the response.
func (u *Upstream) takeFreshness(h *http1.Header) {
	f, ignore := &u.kept.fresh, u.Conf.IgnoreHeaders
	switch {
	case h.ID == http1.CacheControl && ignore&IgnoreCacheControl == 0:
		f.CacheControl(h.Value, nowSec())
	case h.ID == http1.Expires && ignore&IgnoreExpires == 0:
		f.Expires(h.Value, nowSec())
	case h.ID == http1.XAccelExpires && ignore&IgnoreAccelExpires == 0:
		f.AccelExpires(h.Value, nowSec())
	case h.ID == http1.SetCookie && ignore&IgnoreSetCookie == 0:
		f.SetCookie()
	case h.ID == http1.Vary && ignore&IgnoreVary == 0:
		f.TakeVary(h.Value)
	}
}

// leaveCache ends what the request has to do with the cache: a response that is not
// complete by now is given up, and others may fetch it.
func (u *Upstream) leaveCache(res httpd.Result) {
	k := u.kept
	if k == nil {
		return
	}
	if res == 502 || res == 504 {
		u.remember(int(res))
	}
	k.discard()
	k.entry.Release()
}

// nowSec is the time as the cache counts it.
func nowSec() int64 { return event.UnixNano() / 1e9 }
