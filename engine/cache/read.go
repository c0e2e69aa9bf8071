package cache

import (
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
)

// read checks the front of the open file and takes what it says
// (ngx_http_file_cache_read). other: the key to look for is that of e.variant.
func (e *Entry) read() (found Result, other bool) {
	var info file.Info
	if no := file.Fstat(e.fd, &info); no != 0 {
		e.Log.Crit(errno.Error(no), "fstat() \"%s\" failed", e.Name())
		return Failed, false
	}
	if !info.IsRegular() {
		e.Log.Crit(nil, "cache file \"%s\" is not a file", e.Name())
		return Failed, false
	}
	e.inode, e.Length = info.Ino, info.Size
	switch fault := e.readFront(); fault {
	case "":
	case faultRead:
		return Failed, false
	case faultVersion:
		e.Log.Info(nil, "cache file \"%s\" "+fault, e.Name())
		return Miss, false
	default:
		e.Log.Crit(nil, "cache file \"%s\" "+fault, e.Name())
		return Miss, false
	}
	if f := &e.front; f.vary.n > 0 {
		e.variant = variantOf(e.main, f.vary.bytes(), e.Fields)
		if e.variant != f.variant {
			if e.secondary {
				e.Log.Crit(nil, "cache file \"%s\" has incorrect vary hash", e.Name())
				return Miss, false
			}
			return Miss, true
		}
	}
	e.Meta = e.front.Meta
	return e.age(&info), false
}

// readFront reads as much as a front may have into Buf, and says what is wrong with it.
// The body's beginning comes along: it costs next to nothing, and what is sent of the
// file by sendfile then begins with a page.
func (e *Entry) readFront() (fault string) {
	if e.hint > len(e.Buf) {
		e.Buf = make([]byte, e.hint) // another location has larger buffers
	}
	beside()
	n, no := file.ReadAt(e.fd, e.Buf, 0)
	if no != 0 {
		e.Log.Crit(errno.Error(no), "pread() \"%s\" failed", e.Name())
		return faultRead
	}
	e.got = n
	return e.check(e.Buf[:n])
}

// What may be wrong with a file.
const (
	faultSmall   = "is too small"
	faultVersion = "version mismatch"
	faultOther   = "has md5 collision"
	faultLong    = "has too long header"
	faultRead    = "cannot be read" // which has been logged
	faultVary    = "has incorrect vary length"
)

// check reads the front of a file that has begun with b, and says what is wrong with it,
// "" for nothing.
func (e *Entry) check(b []byte) string {
	if len(b) < e.HeaderStart {
		return faultSmall
	}
	f := &e.front
	f.read(b)
	at := frontSize + len(keyMark)
	switch {
	case f.version != version:
		return faultVersion
	case f.crc != e.crc, f.HeaderStart != e.HeaderStart, string(b[at:at+len(e.Key)]) != string(e.Key):
		return faultOther
	case f.BodyStart > len(b):
		if int64(f.BodyStart) > e.Length {
			return faultSmall
		}
		return faultLong
	case f.BodyStart < f.HeaderStart:
		return faultLong
	case f.varyLen > tagSize:
		return faultVary
	case f.length != 0 && f.length != uint32(e.Length):
		return faultSmall
	}
	return ""
}

// age tells whether the file is over, and then who renews it.
func (e *Entry) age(info *file.Info) Result {
	c, x := e.cache, e.cache.index
	now := c.now()
	over := e.ValidSec < now
	if !over && !e.cold {
		return Hit
	}
	if over {
		e.StaleUpdating = e.ValidSec+e.UpdatingSec >= now
		e.StaleError = e.ValidSec+e.ErrorSec >= now
	}
	e.keepRight()
	x.seg.Lock()
	defer x.seg.Unlock()
	n := x.find(&e.key, &e.place)
	switch {
	case n == nil: // it has just been thrown out
	case e.cold && n.flags&nodeExists == 0:
		n.uses = max(n.uses, 1)
		x.setFile(n, info.Ino, e.BodyStart, c.blocks(info.Disk))
	}
	switch {
	case !over:
		return Hit
	case n == nil:
		return Stale
	case x.renewed(n):
		if e.renews(n) {
			return Stale // it was passed on to this entry
		}
		return Updating
	}
	e.hold(n)
	return Stale
}

// beside lets the loop go on without this goroutine while disks are slow.
func beside() {
	if file.Slow() {
		event.Block()
	}
}
