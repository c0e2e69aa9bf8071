package syntax

import (
	"io"
	"io/fs"
	"slices"
	"sync"
)

// File is one file as it was read.
type File struct {
	Name string
	Data []byte
	// Aside marks a file that belongs to the configuration but is not
	// configuration text (a certificate, a list): not part of -T.
	Aside bool

	info fs.FileInfo // of a file aside, when it was read
}

// Snapshot is a Reader that remembers what was read, in the order of first
// reading, and gives the same answer ever after. Read back by ReadSnapshot it
// has no source behind it: what the master has not read, no worker sees.
type Snapshot struct {
	mu     sync.Mutex
	source Reader
	old    *Snapshot // see Inherit
	files  []File
	byName map[string]int
	globs  map[string][]string
}

// NewSnapshot begins an empty snapshot that reads from source.
func NewSnapshot(source Reader) *Snapshot {
	return &Snapshot{source: source, byName: map[string]int{}, globs: map[string][]string{}}
}

// ReadFile reads configuration text. The bytes must not be changed.
func (s *Snapshot) ReadFile(name string) ([]byte, error) { return s.read(name, false) }

// ReadAside reads a file that -T does not show.
func (s *Snapshot) ReadAside(name string) ([]byte, error) { return s.read(name, true) }

func (s *Snapshot) read(name string, aside bool) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, known := s.byName[name]; known {
		f := &s.files[at]
		f.Aside = f.Aside && aside
		return f.Data, nil
	}
	if s.source == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f := File{Name: name}
	var err error
	if aside {
		f, err = s.load(name)
	} else {
		f.Data, err = s.source.ReadFile(name)
	}
	if err != nil {
		return nil, err
	}
	s.add(f)
	return f.Data, nil
}

func (s *Snapshot) add(f File) {
	s.byName[f.Name] = len(s.files)
	s.files = append(s.files, f)
}

func (s *Snapshot) Glob(pattern string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if names, known := s.globs[pattern]; known {
		return names, nil
	}
	if s.source == nil {
		return nil, nil
	}
	names, err := s.source.Glob(pattern)
	if err != nil {
		return nil, err
	}
	s.globs[pattern] = names
	return names, nil
}

// Files are the files read so far, in order.
func (s *Snapshot) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.files)
}

// Dump writes what -T prints: each file's bytes once.
func (s *Snapshot) Dump(w io.Writer) error {
	for _, f := range s.Files() {
		if f.Aside {
			continue
		}
		text := slices.Concat([]byte("# configuration file "+f.Name+":\n"), f.Data, []byte("\n"))
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}
