package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"moongate/keepalived/conf"
)

// snapshot is what was found when the configuration was read: the bytes of files,
// and which names fitted a pattern. Whoever has it reads the same again.
type snapshot struct {
	Name     string // of the main file
	Shown    string // what it is called
	ID       string
	Instance string
	Strict   bool
	Files    map[string][]byte
	Globs    map[string][]string
	Missing  map[string]string // files that could not be read, and why
}

func newSnapshot(name, shown, id string) *snapshot {
	return &snapshot{Name: name, Shown: shown, ID: id, Files: map[string][]byte{}, Globs: map[string][]string{}, Missing: map[string]string{}}
}

// record reads from the disk and takes down what was read.
func (s *snapshot) record(strict bool) conf.Options {
	s.Strict = strict
	return conf.Options{ID: s.ID, Shown: s.Shown, Instance: s.Instance, Strict: strict,
		Read: func(name string) ([]byte, error) {
			if b, ok := s.Files[name]; ok {
				return b, nil // a file that is included twice is the same both times
			}
			b, err := os.ReadFile(name)
			if err != nil {
				s.Missing[name] = reason(err)
				return nil, errors.New(reason(err))
			}
			s.Files[name] = b
			return b, nil
		},
		Glob: func(pattern string) ([]string, error) {
			names, err := filepath.Glob(pattern)
			if err != nil {
				return nil, err
			}
			for i, name := range names {
				if st, err := os.Stat(name); err == nil && st.IsDir() {
					names[i] += "/"
				}
			}
			s.Globs[pattern] = slices.Clone(names)
			return names, nil
		},
	}
}

// replay reads what was taken down.
func (s *snapshot) replay() conf.Options {
	return conf.Options{ID: s.ID, Shown: s.Shown, Instance: s.Instance, Strict: s.Strict,
		Read: func(name string) ([]byte, error) {
			if b, ok := s.Files[name]; ok {
				return b, nil
			}
			if why := s.Missing[name]; why != "" {
				return nil, errors.New(why)
			}
			return nil, fs.ErrNotExist
		},
		Glob: func(pattern string) ([]string, error) { return slices.Clone(s.Globs[pattern]), nil },
	}
}

// reason is an error without the name of the file, which the log has beside it.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}
