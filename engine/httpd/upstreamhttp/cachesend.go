package upstreamhttp

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// sendFound answers with what openEntry has found. A file whose header nobody understands
// counts as none.
func (u *Upstream) sendFound() (res httpd.Result, answered bool) {
	if !u.readKept() {
		u.Proto.Reinit(u)
		u.fromCache, u.CacheStatus = false, CacheMiss
		u.buf, u.pos = nil, 0
		u.resetIn()
		return 0, false
	}
	u.dropMark()
	return u.sendKept(), true
}

// dropMark takes back the mark of Begin: there is no try behind it.
func (u *Upstream) dropMark() {
	if n := len(u.States); n > 0 {
		u.States = u.States[:n-1]
	}
}

// sendInstead answers with the response that has been kept, in place of the peer's.
func (u *Upstream) sendInstead(as CacheStatus) httpd.Result {
	u.release()
	u.Proto.Reinit(u)
	u.CacheStatus = as
	if !u.readKept() {
		return u.finish(500)
	}
	return u.finish(u.sendKept())
}

// readKept takes in the header of the file (the first half of
// ngx_http_upstream_cache_send).
func (u *Upstream) readKept() bool {
	k := u.kept
	e := &k.entry
	u.fromCache = true
	u.resetIn()
	if e.HeaderStart == e.BodyStart {
		return true // HTTP/0.9
	}
	u.buf, u.pos = e.Buf[:e.BodyStart], e.HeaderStart
	if u.Proto.Header(u) != HeaderDone {
		u.R.Logf(errlog.Crit, "cache file \"%s\" contains invalid header", e.Name())
		return false
	}
	u.cacheable = u.cacheable && k.fresh.Allowed()
	return true
}

// sendKept sends the header, and the body from the file.
func (u *Upstream) sendKept() httpd.Result {
	r, k := u.R, u.kept
	e := &k.entry
	if e.HeaderStart == e.BodyStart {
		r.Version, r.KeepAlive = http1.HTTP09, false
	} else {
		if u.In.Redirect != "" {
			return u.accelRedirect()
		}
		u.copyHeader()
	}
	if r.Debugging() {
		r.Debugf("http file cache send: %s", e.Name())
	}
	if res := r.SendHeader(); res == httpd.Error || res > httpd.OK || r.HeaderOnly {
		return res
	}
	parts := k.parts[:0]
	if begun := e.Begun(); len(begun) > 0 {
		parts = append(parts, httpd.Buf{B: begun, Keep: true})
	}
	if off := int64(e.BodyStart + len(e.Begun())); off < e.Length {
		k.body = httpd.OpenedFile(e.TakeFD(), e.Name(), e.Length)
		parts = append(parts, httpd.Buf{File: k.body, Off: off, End: e.Length})
	}
	if len(parts) == 0 {
		parts = append(parts, httpd.Buf{})
	}
	parts[len(parts)-1].Last = true
	if r.WriteBufs(parts) != nil {
		return httpd.Error
	}
	return httpd.OK
}
