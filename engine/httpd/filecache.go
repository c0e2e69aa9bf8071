package httpd

import (
	"container/list"
	"strings"
	"sync"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
)

// FileCacheConf is open_file_cache, and in a worker the cache itself
// (ngx_open_file_cache_t): paths with what they were when last looked at, and
// the descriptors of those in use often enough.
type FileCacheConf struct {
	Max      int
	Inactive time.Duration

	mu     sync.Mutex
	byPath map[string]*list.Element // of *cachedFile
	recent list.List                // most recently used in front
}

type cachedFile struct {
	path     string
	file     *File // nil for folders, errors, and files used too seldom
	info     file.Info
	err      *FileError
	links    file.Links
	from     int
	created  time.Time
	accessed time.Time
	uses     int
}

// open answers from the cache, or opens and keeps.
func (c *FileCacheConf) open(core *CoreConf, path string, links file.Links, from int, test bool, of *OpenFile) *FileError {
	now := event.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expire(now, 2)
	e := c.byPath[path]
	if e == nil {
		return c.add(core, path, links, from, now, of)
	}
	k := e.Value.(*cachedFile)
	k.uses++
	k.accessed = now
	c.recent.MoveToFront(e)
	if k.file == nil && k.err == nil && !k.info.IsDir() {
		// Not used often enough to be kept open, so far.
		err := openFile(path, links, from, of)
		return c.keep(core, k, links, from, now, of, err)
	}
	if now.Sub(k.created) < core.FileCacheValid.V && k.links == links && k.from == from {
		if k.err != nil {
			return k.err
		}
		of.Info = k.info
		if k.file != nil {
			of.File = k.file.Share()
		}
		return nil
	}
	return c.retest(core, k, links, from, now, of)
}

// retest looks at a path again whose time is over: the same file stays open.
func (c *FileCacheConf) retest(core *CoreConf, k *cachedFile, links file.Links, from int, now time.Time, of *OpenFile) *FileError {
	if k.file != nil {
		if err := statFile(k.path, links, from, of); err == nil && of.Info.Ino == k.info.Ino && of.Info.Dev == k.info.Dev {
			k.info, k.file.Info, k.file.Size = of.Info, of.Info, of.Info.Size
			k.created, k.links, k.from = now, links, from
			of.File = k.file.Share()
			return nil
		}
	}
	err := openFile(k.path, links, from, of)
	return c.keep(core, k, links, from, now, of, err)
}

// keep puts what was found into an entry.
func (c *FileCacheConf) keep(core *CoreConf, k *cachedFile, links file.Links, from int, now time.Time, of *OpenFile, err *FileError) *FileError {
	if k.file != nil {
		k.file.Close()
		k.file = nil
	}
	if err != nil && !core.FileCacheErrors.V {
		c.drop(k)
		return err
	}
	k.err, k.info, k.links, k.from, k.created = err, of.Info, links, from, now
	if err != nil {
		k.err = &FileError{"open()", k.path, err.Err}
	} else if of.File != nil && k.uses >= core.FileCacheMinUses.V {
		of.File.Name = k.path
		k.file = of.File.Share()
	}
	return err
}

func (c *FileCacheConf) add(core *CoreConf, path string, links file.Links, from int, now time.Time, of *OpenFile) *FileError {
	err := openFile(path, links, from, of)
	if err != nil && !core.FileCacheErrors.V {
		return err
	}
	if c.byPath == nil {
		c.byPath = map[string]*list.Element{}
	}
	if c.recent.Len() >= c.Max {
		c.expire(now, 0)
	}
	k := &cachedFile{path: strings.Clone(path), uses: 1, accessed: now}
	c.byPath[k.path] = c.recent.PushFront(k)
	return c.keep(core, k, links, from, now, of, err)
}

// expire drops up to n entries that nobody has asked for in the time of inactive;
// n = 0 drops the oldest entry in any case.
func (c *FileCacheConf) expire(now time.Time, n int) {
	force := n == 0
	for ; n > 0 || force; n-- {
		e := c.recent.Back()
		if e == nil {
			return
		}
		k := e.Value.(*cachedFile)
		if !force && now.Sub(k.accessed) <= c.Inactive {
			return
		}
		force = false
		if k.file != nil {
			k.file.Close()
			k.file = nil
		}
		c.drop(k)
	}
}

func (c *FileCacheConf) drop(k *cachedFile) {
	if e := c.byPath[k.path]; e != nil {
		c.recent.Remove(e)
		delete(c.byPath, k.path)
	}
}
