package track

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"moongate/edge/sys/inotify"
	"moongate/edge/sys/loop"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// Files follows track_files.
type Files struct {
	log    role.Logf
	tell   func(name string, value int)
	watch  *inotify.Watcher
	fd     *loop.FD
	list   []*config.File
	values map[string]int
}

// NewFiles makes one that follows nothing. tell is called with the number in a file,
// at first and whenever it is another.
func NewFiles(l *loop.Loop, log role.Logf, tell func(name string, value int)) (*Files, error) {
	w, err := inotify.New()
	if err != nil {
		return nil, err
	}
	f := &Files{log: log, tell: tell, watch: w, values: map[string]int{}}
	if f.fd, err = l.Add(w.FD(), f.news, nil); err != nil {
		w.Close()
		return nil, err
	}
	return f, nil
}

// Follow follows these files and no others.
func (f *Files) Follow(list []*config.File) {
	f.list = list
	for _, c := range list {
		if c.Init != nil {
			f.init(c)
		}
		if err := f.watch.Add(filepath.Dir(c.Path)); err != nil {
			f.log(role.Info, "(%s) %v", c.Name, err)
		}
		f.look(c)
	}
}

// init writes the number that a file begins with.
func (f *Files) init(c *config.File) {
	if _, known := f.values[c.Name]; known {
		return
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if !c.Overwrite {
		flags |= os.O_EXCL
	}
	file, err := os.OpenFile(c.Path, flags, 0o644)
	if err == nil {
		_, err = file.WriteString(strconv.Itoa(*c.Init) + "\n")
		err = errors.Join(err, file.Close())
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		f.log(role.Info, "(%s) %v", c.Name, err)
	}
}

func (f *Files) news() {
	err := f.watch.Read(func(dir, name string) {
		for _, c := range f.list {
			if name == "" || filepath.Base(c.Path) == name && filepath.Dir(c.Path) == dir {
				f.look(c)
			}
		}
	})
	if err != nil {
		f.log(role.Info, "track_file: %v", err)
	}
}

// look reads a file. One that is not there, or has no number, counts as 0.
func (f *Files) look(c *config.File) {
	value := 0
	if b, err := os.ReadFile(c.Path); err == nil {
		if words := strings.Fields(string(b)); len(words) > 0 {
			value, _ = strconv.Atoi(words[0])
		}
	}
	if old, known := f.values[c.Name]; !known || old != value {
		f.values[c.Name] = value
		f.tell(c.Name, value)
	}
}

// Value is the number in a file.
func (f *Files) Value(name string) int { return f.values[name] }

// Close ends it.
func (f *Files) Close() {
	f.fd.Remove()
	f.watch.Close()
}
