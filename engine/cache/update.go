package cache

import (
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// UpdateHeader writes Meta, ETag and Vary into the file that Open has read, if that is
// still the one in its place (ngx_http_file_cache_update_header).
func (e *Entry) UpdateHeader() {
	fd, no := file.Open(e.Name(), file.ReadWrite, 0)
	if no != 0 {
		if err := errno.Error(no); err != errno.ENOENT {
			e.Log.Crit(err, "open() \"%s\" failed", e.Name())
		}
		return
	}
	defer file.Close(fd)
	var info file.Info
	if no := file.Fstat(fd, &info); no != 0 {
		e.Log.Crit(errno.Error(no), "fstat() \"%s\" failed", e.Name())
		return
	}
	if info.Ino != e.inode || info.Size != e.Length {
		return
	}
	var room [frontSize]byte
	n, no := file.ReadAt(fd, room[:], 0)
	switch {
	case no != 0:
		e.Log.Crit(errno.Error(no), "pread() \"%s\" failed", e.Name())
		return
	case n != len(room):
		e.Log.Crit(nil, "pread() read only %d of %d from \"%s\"", n, len(room), e.Name())
		return
	}
	var was front
	was.read(room[:])
	if was.version != version || was.LastModified != e.LastModified || was.crc != e.crc || was.HeaderStart != e.HeaderStart || was.BodyStart != e.BodyStart {
		return
	}
	e.fill()
	e.front.length = was.length
	e.front.write(room[:])
	if no := file.WriteAt(fd, room[:], 0); no != 0 {
		e.Log.Crit(errno.Error(no), "pwrite() \"%s\" failed", e.Name())
	}
}
