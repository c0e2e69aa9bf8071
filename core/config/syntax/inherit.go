package syntax

import (
	"io/fs"
	"os"
)

// Inherit has files aside (certificates and their like) that are the same file with
// the same time, in seconds, as when old read them taken from there, not read again
// (ngx_ssl_cache_fetch with ssl_object_cache_inheritable).
func (s *Snapshot) Inherit(old *Snapshot) {
	s.mu.Lock()
	s.old = old
	s.mu.Unlock()
}

// Forget ends what Inherit began: the old snapshot may go.
func (s *Snapshot) Forget() { s.Inherit(nil) }

// kept is a file of the snapshot if it is still the one that was read.
func (s *Snapshot) kept(name string, now fs.FileInfo) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, known := s.byName[name]
	if !known || now == nil {
		return nil, false
	}
	f := &s.files[at]
	if f.info == nil || !os.SameFile(f.info, now) || f.info.ModTime().Unix() != now.ModTime().Unix() {
		return nil, false
	}
	return f.Data, true
}

// load reads a file aside, from the old snapshot where that is allowed.
func (s *Snapshot) load(name string) (File, error) {
	var info fs.FileInfo
	if d, ok := s.source.(interface {
		Stat(name string) (fs.FileInfo, error)
	}); ok {
		info, _ = d.Stat(name) // reading it will say what is wrong
	}
	if s.old != nil {
		if data, ok := s.old.kept(name, info); ok {
			return File{Name: name, Data: data, Aside: true, info: info}, nil
		}
	}
	data, err := s.source.ReadFile(name)
	return File{Name: name, Data: data, Aside: true, info: info}, err
}
