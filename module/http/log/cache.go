package log

import (
	"container/list"
	"strings"
	"sync"
	"time"

	"moongate/core/config/directive"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
)

// fileCache is open_log_file_cache: files that stay open after a line was
// written (ngx_open_cached_file with of.log). nil opens a file for each line.
type fileCache struct {
	max      int
	inactive time.Duration
	valid    time.Duration
	minUses  int

	mu     sync.Mutex
	byName map[string]*list.Element // of *openFile
	recent list.List                // most recently used in front
}

// openFile is a log file in use; held by the cache as well when it is kept.
type openFile struct {
	*file.Append
	cache    *fileCache
	info     file.Info
	users    int
	uses     int
	accessed time.Time
	checked  time.Time
	gone     bool // no longer in the cache
}

// parseFileCache is ngx_http_log_open_file_cache.
func parseFileCache(c *directive.Call) (*fileCache, error) {
	fc := &fileCache{inactive: 10 * time.Second, valid: time.Minute, minUses: 1, byName: map[string]*list.Element{}}
	off := false
	for _, arg := range c.Args {
		name, value, _ := strings.Cut(arg, "=")
		var ok bool
		switch {
		case arg == "off":
			off, ok = true, true
		case name == "max":
			fc.max, ok = directive.ParseInt(value)
		case name == "inactive":
			fc.inactive, ok = directive.ParseSec(value)
		case name == "min_uses":
			fc.minUses, ok = directive.ParseInt(value)
		case name == "valid":
			fc.valid, ok = directive.ParseSec(value)
		}
		if !ok {
			return nil, directive.Errorf("invalid \"open_log_file_cache\" parameter \"%s\"", arg)
		}
	}
	if off {
		return nil, nil
	}
	if fc.max == 0 {
		return nil, directive.Errorf("\"open_log_file_cache\" must have \"max\" parameter")
	}
	return fc, nil
}

// open gives a file for one line.
func (fc *fileCache) open(name string) (*openFile, error) {
	if fc == nil {
		f := &openFile{Append: file.NewAppend(strings.Clone(name))}
		return f, f.Open()
	}
	fc.mu.Lock()
	defer fc.mu.Unlock()
	now := event.Now()
	fc.expire(now)
	e := fc.byName[name]
	if e != nil && !e.Value.(*openFile).still(now) {
		fc.drop(e)
		e = nil
	}
	if e == nil {
		f := &openFile{Append: file.NewAppend(strings.Clone(name)), cache: fc}
		for fc.recent.Len() >= fc.max {
			fc.drop(fc.recent.Back())
		}
		e = fc.recent.PushFront(f)
		fc.byName[f.Name()] = e
	}
	fc.recent.MoveToFront(e)
	f := e.Value.(*openFile)
	if f.FD() < 0 {
		if err := f.Open(); err != nil {
			fc.drop(e)
			return nil, err
		}
		file.Fstat(f.FD(), &f.info)
		f.checked = now
	}
	f.uses++
	f.users++
	f.accessed = now
	return f, nil
}

// still tells whether the name means the file that is open; that is looked up
// again when the last look is older than valid.
func (f *openFile) still(now time.Time) bool {
	if f.FD() < 0 || now.Sub(f.checked) < f.cache.valid {
		return true
	}
	f.checked = now
	var info file.Info
	return file.Stat(f.Name(), &info) == 0 && info.Ino == f.info.Ino && info.Dev == f.info.Dev
}

// expire drops what has not been used for a while.
func (fc *fileCache) expire(now time.Time) {
	for e := fc.recent.Back(); e != nil; e = fc.recent.Back() {
		if f := e.Value.(*openFile); now.Sub(f.accessed) < fc.inactive {
			break
		}
		fc.drop(e)
	}
}

func (fc *fileCache) drop(e *list.Element) {
	f := fc.recent.Remove(e).(*openFile)
	delete(fc.byName, f.Name())
	f.gone = true
	if f.users == 0 {
		f.Close()
	}
}

// done ends the use for a line.
func (f *openFile) done() {
	if f.cache == nil {
		f.Close()
		return
	}
	f.cache.mu.Lock()
	defer f.cache.mu.Unlock()
	f.users--
	if f.users == 0 && (f.gone || f.uses < f.cache.minUses) {
		f.Close() // in the second case not worth a descriptor yet, but counted
	}
}
