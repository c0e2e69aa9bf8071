package cache

import (
	"encoding/binary"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// Commit makes a finished temporary file the one of the key, and lets others go on
// (ngx_http_file_cache_update). fd stays the caller's. A file that can't be moved there is
// removed; that has been logged.
func (e *Entry) Commit(fd int, name string) bool {
	if e.done {
		return false
	}
	e.closeFile()
	beside()
	var info file.Info
	e.Error = 0 // whatever was remembered of the key
	ok := e.finish(fd, name, &info) && e.move(fd, name, &info) && e.enter(&info)
	e.Exists = e.Exists || ok
	e.Release()
	return ok
}

// finish writes the length into the front of a file that is complete.
func (e *Entry) finish(fd int, temp string, info *file.Info) bool {
	no := file.Fstat(fd, info)
	if no == 0 {
		var length [4]byte
		binary.NativeEndian.PutUint32(length[:], uint32(info.Size))
		no = file.WriteAt(fd, length[:], atLength)
	}
	if no != 0 {
		e.Log.Crit(errno.Error(no), "pwrite() \"%s\" failed", temp)
		e.Discard(temp)
	}
	return no == 0
}

// enter makes the index know of the key's new file.
func (e *Entry) enter(info *file.Info) bool {
	c, x := e.cache, e.cache.index
	for try := 0; ; try++ {
		x.seg.Lock()
		n := x.find(&e.key, &e.place)
		gone := n == nil
		if gone {
			// Nobody counts who is about to store something: the key was thrown out meanwhile.
			if n = x.add(&e.key, &e.place); n != nil {
				n.uses = 1
			}
		}
		if n != nil {
			n.expire = c.now() + c.inactive
			x.setFile(n, info.Ino, e.BodyStart, c.blocks(info.Disk))
			waited := x.give(n)
			x.seg.Unlock()
			if gone {
				c.lookAgain(&e.key, &e.place, e.Name()) // perhaps with the new file
			}
			if waited {
				c.ring(&e.key)
			}
			return true
		}
		x.seg.Unlock()
		if try == roomTries || c.forceExpire() > 0 {
			c.noRoom(e.Log)
			e.Discard(e.Name()) // what is not in the index is never thrown out
			return false
		}
	}
}

// move moves a temporary file to its place (ngx_ext_rename_file). It is another file there
// when that is another file system.
func (e *Entry) move(fd int, temp string, info *file.Info) bool {
	to := e.Name()
	err := errno.Error(file.Rename(temp, to))
	if err == errno.ENOENT {
		if e.makeFolder() != 0 {
			e.Discard(temp)
			return false
		}
		err = errno.Error(file.Rename(temp, to))
	}
	if err == errno.EXDEV {
		if err = e.copy(fd, to, info); err == 0 {
			e.Discard(temp)
		}
	}
	if err != 0 {
		e.Log.Crit(err, "rename() \"%s\" to \"%s\" failed", temp, to)
		e.Discard(temp)
	}
	return err == 0
}

// Discard removes a temporary file that will not be committed.
func (e *Entry) Discard(temp string) {
	if err := errno.Error(file.Unlink(temp)); err != 0 && err != errno.ENOENT {
		e.Log.Crit(err, "unlink() \"%s\" failed", temp)
	}
}

// copy is move to another file system: nobody shall see half a file there.
func (e *Entry) copy(from int, to string, info *file.Info) errno.Error {
	fd, name, fault := e.createTemp()
	if fault != 0 {
		return fault
	}
	defer file.Close(fd)
	no := copyAll(from, fd)
	if no == 0 {
		no = file.Fstat(fd, info)
	}
	if no == 0 {
		no = file.Rename(name, to)
	}
	if no != 0 {
		e.Discard(name)
	}
	return errno.Error(no)
}

func copyAll(from, to int) (no int) {
	room := make([]byte, 64<<10)
	for at := int64(0); ; {
		n, no := file.ReadAt(from, room, at)
		if no != 0 || n == 0 {
			return no
		}
		if no = file.WriteAt(to, room[:n], at); no != 0 {
			return no
		}
		at += int64(n)
	}
}
