package cache

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

var errStopped = errors.New("stopped")

// load fills the index from the folder, a few files at a time, if nobody has yet
// (ngx_http_file_cache_loader).
func (c *Cache) load(stop <-chan struct{}) {
	x := c.index
	x.seg.Lock()
	if x.cold == 0 || x.loader != 0 && x.seg.Signed(x.loader) {
		x.seg.Unlock()
		return
	}
	x.loader = x.seg.Ticket()
	x.seg.Unlock()
	l := &loader{Cache: c, round: newRound(c.Loader, stop)}
	err := l.walk(c.Folder)
	x.seg.Lock()
	x.loader = 0
	if err == nil {
		x.cold = 0
	}
	blocks := x.blocks
	x.seg.Unlock()
	if err == nil {
		c.log.Notice(nil, "http file cache: %s %.3fM, bsize: %d", c.Folder, float64(blocks)*float64(x.blockSize)/(1<<20), x.blockSize)
	}
}

type loader struct {
	*Cache
	round  *round
	failed int64 // second of the last line about want of room
}

// walk looks at all that is in a folder and below. What is no file of a cache is removed,
// as nginx does it; a folder named temp is left alone. Only errStopped is an error.
func (l *loader) walk(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		l.log.Crit(err, "opendir() \"%s\" failed", folder)
		return nil
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(256)
		for _, name := range names {
			if err := l.one(folder + "/" + name); err != nil {
				return err
			}
		}
		if len(names) == 0 || err != nil {
			return nil
		}
	}
}

func (l *loader) one(path string) error {
	var info file.Info
	if no := file.Lstat(path, &info); no != 0 {
		l.log.Crit(errno.Error(no), "stat() \"%s\" failed", path)
		return nil
	}
	if info.IsDir() {
		if filepath.Base(path) == "temp" {
			return nil
		}
		return l.walk(path)
	}
	if !info.IsRegular() || !l.add(path, &info) {
		if err := errno.Error(file.Unlink(path)); err != 0 {
			l.log.Crit(err, "unlink() \"%s\" failed", path)
		}
	}
	if l.round.enough() {
		if !pause(l.Loader.Sleep, l.round.stop) {
			return errStopped
		}
		l.round.files, l.round.began = 0, time.Now()
	}
	if l.round.stopped() {
		return errStopped
	}
	return nil
}

// isTemp tells a temporary file, NAME.0123456789, which another process may be writing.
func isTemp(path string) bool {
	return len(path) >= 2*keySize+11 && path[len(path)-11] == '.'
}

// abandoned is the age, in seconds, at which nobody writes a temporary file any more. nginx
// leaves those of workers that were killed for ever.
const abandoned = 24 * 60 * 60

// add enters a file into the index (ngx_http_file_cache_add_file). It is false when the
// file must go.
func (l *loader) add(path string, info *file.Info) bool {
	if isTemp(path) {
		return l.now()-info.Mtime < abandoned
	}
	if info.Size < frontSize {
		l.log.Crit(nil, "cache file \"%s\" is too small", path)
		return false
	}
	key, ok := keyOf(path)
	if !ok {
		return false
	}
	x := l.index
	at := place{}
	now := l.now()
	x.seg.Lock()
	defer x.seg.Unlock()
	n := x.find(&key, &at)
	if n == nil {
		if n = x.add(&key, &at); n == nil {
			if l.failed != now {
				l.failed = now
				l.noRoom(l.log)
			}
			return false
		}
		n.uses = 1
		x.setFile(n, info.Ino, 0, l.blocks(info.Disk))
	} else {
		x.t.Bump(at.ref)
	}
	n.expire = now + l.inactive
	return true
}
