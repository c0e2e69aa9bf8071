package upstreamhttp

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// keepToo decides, when the header has been sent, whether the response goes to the cache too
// (the middle of ngx_http_upstream_send_response).
func (u *Upstream) keepToo() bool {
	k, cf := u.kept, u.Conf.Cache
	switch {
	case !u.Buffering, u.R.Version < http1.HTTP10, holds(cf.NoCache, u.R):
		u.cacheable = false
	case u.CacheStatus == CacheBypass:
		if !k.entry.Create() {
			u.cacheable = false
		}
	}
	if u.cacheable {
		now := nowSec()
		valid := k.fresh.Valid
		if valid == 0 {
			if valid = cf.Valid.Of(u.In.Status); valid != 0 {
				valid += now
			}
		}
		if u.cacheable = valid != 0; u.cacheable {
			k.fresh.Valid = valid
			u.cacheable = u.begin(now)
		}
	}
	if u.R.Debugging() {
		u.R.Debugf("http cacheable: %t", u.cacheable)
	}
	if !u.cacheable {
		k.entry.Release()
	}
	return u.cacheable
}

// begin makes the front of the file, with the peer's header behind it.
func (u *Upstream) begin(now int64) bool {
	k := u.kept
	e := &k.entry
	e.ValidSec, e.UpdatingSec, e.ErrorSec, e.Date = k.fresh.Valid, k.fresh.Updating, k.fresh.Error, now
	e.LastModified = -1
	tag := ""
	if u.In.Status == 200 || u.In.Status == 206 {
		if t, ok := u.lastModified(); ok {
			e.LastModified = t.Unix()
		}
		for i := range u.In.List {
			if h := &u.In.List[i]; h.ID == http1.ETag {
				tag = h.Value
			}
		}
	}
	e.SetETag(tag)
	e.SetVary(k.fresh.Vary)
	e.BodyStart = e.HeaderStart + u.pos
	k.block = wides.Get().(*wide)
	if e.HeaderStart > len(k.block) {
		u.R.Logf(errlog.Error, "cache key of %d bytes is too long", len(e.Key))
		k.discard()
		return false
	}
	front, err := e.AppendHeader(k.block[:0])
	if err != nil {
		u.R.Logf(errlog.Alert, "%s", err)
		k.discard()
		return false
	}
	k.used = len(front)
	return u.saveBytes(u.buf[:u.pos])
}

// saving tells whether a response is on its way to the cache.
func (u *Upstream) saving() bool { return u.kept != nil && u.kept.block != nil }

// save takes parts of the body for the file, at the end of which it gets its place. A file
// that can't be written ends the saving, and nothing else.
func (u *Upstream) save(parts []httpd.Buf, last bool) {
	for i := range parts {
		if !u.saveBytes(parts[i].B) {
			return
		}
	}
	if last {
		u.saved()
	}
}

func (u *Upstream) saveBytes(b []byte) bool {
	k := u.kept
	for len(b) > 0 {
		n := copy(k.block[k.used:], b)
		b = b[n:]
		if k.used += n; k.used == len(k.block) && !u.flushSaved() {
			return false
		}
	}
	return true
}

// flushSaved writes what has been gathered.
func (u *Upstream) flushSaved() bool {
	k := u.kept
	if k.used == 0 {
		return true
	}
	if k.file == nil && !u.createFile() {
		k.discard()
		k.entry.Release()
		return false
	}
	if err := k.file.Append(k.block[:k.used]); err != nil {
		u.R.LogErr(errlog.Crit, err, "pwrite() \"%s\" failed", k.file.Name)
		k.discard()
		k.entry.Release()
		return false
	}
	k.used = 0
	return true
}

// createFile makes the temporary file.
func (u *Upstream) createFile() bool {
	k := u.kept
	if !k.entry.Cache().UseTempPath {
		fd, name, err := k.entry.CreateTemp() // which logs
		if err != nil {
			return false
		}
		k.file = httpd.OpenedFile(fd, name, 0)
		return true
	}
	f, err := httpd.CreateTemp(u.Conf.TempPath, true)
	if err != nil {
		u.R.LogErr(errlog.Crit, err, "open() temporary file failed")
		return false
	}
	k.file = f
	return true
}

// saved gives a complete response its place in the cache.
func (u *Upstream) saved() {
	if !u.flushSaved() {
		return
	}
	k := u.kept
	k.entry.Commit(k.file.FD(), k.file.Name)
	k.closeFile()
}

// discard gives up a response that is not complete.
func (k *kept) discard() {
	if k.file != nil {
		k.entry.Discard(k.file.Name)
	}
	k.closeFile()
}

func (k *kept) closeFile() {
	if k.file != nil {
		k.file.Close()
		k.file = nil
	}
	if k.block != nil {
		wides.Put(k.block)
		k.block, k.used = nil, 0
	}
}
