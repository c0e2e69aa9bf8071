package cache

import (
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// Open looks the key up, and reads the front of its file into Buf
// (ngx_http_file_cache_open).
func (e *Entry) Open() Result {
	e.done = false
	e.found = e.open()
	return e.found
}

func (e *Entry) open() Result {
	if !e.hashed {
		e.Hash()
	}
	for {
		found := e.look()
		if e.Log.Debugging(errlog.DebugHTTP) {
			e.Log.Debug(errlog.DebugHTTP, "http file cache exists: %d e:%v", found, e.Exists)
		}
		switch found {
		case Failed, Remembered:
			return found
		case Scarce:
			if !e.Exists && !e.cold {
				return Scarce
			}
		case Miss:
			if !e.Exists && !e.cold {
				return e.lock()
			}
		}
		fd, no := file.Open(e.Name(), file.ReadOnly|file.NonBlock, 0)
		switch err := errno.Error(no); err {
		case 0:
		case errno.ENOENT, errno.ENOTDIR:
			if found == Scarce {
				return Scarce
			}
			return e.lock()
		default:
			e.Log.Crit(err, "open() \"%s\" failed", e.Name())
			return Failed
		}
		e.fd = fd
		result, other := e.read()
		if !other {
			if result != Hit && result != Stale && result != Updating {
				e.closeFile()
			}
			return result
		}
		e.closeFile()
		e.secondary, e.counted = true, false
		e.rename(e.variant)
	}
}

// roomTries is how often a key is thrown out to make room for another.
const roomTries = 5

// look finds the key in the index or adds it (ngx_http_file_cache_exists). Miss says
// that its answer may be kept; whether there is a file is in Exists.
func (e *Entry) look() Result {
	x := e.cache.index
	for try := 0; ; try++ {
		x.seg.Lock()
		n := x.find(&e.key, &e.place)
		fresh := n == nil
		if fresh {
			n = x.add(&e.key, &e.place)
		} else {
			x.t.Bump(e.place.ref)
		}
		if n == nil {
			x.seg.Unlock()
			if try < roomTries && e.cache.forceExpire() == 0 {
				continue // if another process is not quicker
			}
			e.cache.noRoom(e.Log)
			return Failed
		}
		found := e.use(n, fresh)
		x.seg.Unlock()
		return found
	}
}

// use counts a use of a node and takes from it what is known. It needs the lock.
func (e *Entry) use(n *node, fresh bool) Result {
	c := e.cache
	now := c.now()
	n.expire = now + c.inactive
	if !e.counted || fresh {
		e.counted = true
		n.uses = min(n.uses+1, maxUses)
	}
	// What is known of an older key is that it has no file: one that was here before the
	// index was filled has been looked for when the key was new.
	e.cold, e.hint, e.Exists = fresh && c.index.cold != 0, 0, n.flags&nodeExists != 0
	if n.status != 0 {
		if n.validSec >= now {
			e.Error = int(n.status)
			return Remembered
		}
		// Over. If there was a file before, it may still be of use.
		n.status, n.validSec, n.validMsec = 0, 0, 0
	}
	if e.Exists {
		if !e.anew {
			e.hint = int(n.bodyStart)
		}
		return Miss
	}
	if int(n.uses) >= e.MinUses {
		return Miss
	}
	return Scarce
}
