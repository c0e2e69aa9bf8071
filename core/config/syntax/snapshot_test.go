package syntax

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, dir string, files ...string) {
	t.Helper()
	for _, name := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte("# "+name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.conf", "b.conf", "B.conf", ".h.conf", "c.txt", "d/x.conf", "d-1/y.conf", "e[1].conf", "l/.dot/z.conf")
	for pattern, want := range map[string]string{
		"*.conf":         "B.conf a.conf b.conf e[1].conf",
		".*.conf":        ".h.conf",
		"?.conf":         "B.conf a.conf b.conf",
		"[a-b].conf":     "a.conf b.conf",
		"[!a].conf":      "B.conf b.conf",
		"[^ab].conf":     "B.conf",
		"[[:upper:]].*":  "B.conf",
		"*/*.conf":       "d-1/y.conf d/x.conf",
		"d*/?.conf":      "d-1/y.conf d/x.conf",
		"none/*.conf":    "",
		"*.none":         "",
		"e[1.conf":       "",
		"e\\[1].con[f]":  "e[1].conf",
		"[c.txt":         "",
		"*c*.*t*":        "c.txt",
		"*.conf/*":       "",
		"l/*/z.conf":     "",
		"d//*.conf":      "d//x.conf",
		"[]ab].conf":     "a.conf b.conf",
		"[a\\-c].[c]onf": "a.conf",
	} {
		names, err := Disk{}.Glob(dir + "/" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for i := range names {
			names[i] = strings.TrimPrefix(names[i], dir+"/")
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("*a*[!b-d]?", "xay z")
	f.Add("[[:alpha:]", "[")
	f.Fuzz(func(t *testing.T, pattern, name string) { match(pattern, name) })
}

func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.conf", "b.conf", "key")
	s := NewSnapshot(Disk{})
	names, _ := s.Glob(dir + "/*.conf")
	s.ReadAside(dir + "/key")
	for _, name := range append(names, names...) {
		if _, err := s.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	var dump bytes.Buffer
	if err := s.Dump(&dump); err != nil {
		t.Fatal(err)
	}
	want := "# configuration file D/a.conf:\n# a.conf\n# configuration file D/b.conf:\n# b.conf\n"
	if got := strings.ReplaceAll(dump.String(), dir, "D"); got != want {
		t.Errorf("dump %q, want %q", got, want)
	}

	var wire bytes.Buffer
	if _, err := s.WriteTo(&wire); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, dir+"/key") {
		os.Remove(name)
	}
	replay, err := ReadSnapshot(&wire)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.files {
		s.files[i].info = nil // does not travel
	}
	if !reflect.DeepEqual(replay.Files(), s.Files()) {
		t.Errorf("files differ: %v and %v", replay.Files(), s.Files())
	}
	if again, _ := replay.Glob(dir + "/*.conf"); !reflect.DeepEqual(again, names) {
		t.Errorf("glob differs: %v and %v", again, names)
	}
	if _, err := replay.ReadFile(dir + "/new"); err == nil {
		t.Error("a file the master has not read is there")
	} else if got := ReadFault("/n", err, Pos{"f", 3}).Error(); got != `open() "/n" failed (2: No such file or directory) in f:3` {
		t.Error(got)
	}
}

func FuzzReadSnapshot(f *testing.F) {
	var wire bytes.Buffer
	s := NewSnapshot(nil)
	s.add(File{Name: "a", Data: []byte("b"), Aside: true})
	s.globs["*"] = []string{"a"}
	s.WriteTo(&wire)
	f.Add(wire.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := ReadSnapshot(bytes.NewReader(data)); err == nil {
			var again bytes.Buffer
			s.WriteTo(&again)
			if _, err := ReadSnapshot(&again); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestReadFault(t *testing.T) {
	dir := t.TempDir()
	at := Pos{"f", 7}
	_, err := Disk{}.ReadFile(dir + "/none")
	if got := ReadFault(dir+"/none", err, at).Error(); got != `open() "`+dir+`/none" failed (2: No such file or directory) in f:7` {
		t.Error(got)
	}
	_, err = Disk{}.ReadFile(dir)
	if e := ReadFault(dir, err, at); e.Error() != `pread() "`+dir+`" failed (21: Is a directory)` || e.Level != "crit" {
		t.Error(e.Level, e)
	}
	write(t, dir, "file")
	_, err = Disk{}.ReadFile(dir + "/file/x")
	if got := ReadFault("x", err, at).Error(); got != `open() "x" failed (20: Not a directory) in f:7` {
		t.Error(got)
	}
}

// TestInherit: a file aside that is the same by name and time comes from the old
// snapshot, whatever is in it by now.
func TestInherit(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "same", "new", "moved")
	names := []string{dir + "/same", dir + "/new", dir + "/moved"}
	old := NewSnapshot(Disk{})
	for _, name := range names {
		old.ReadAside(name)
	}
	for i, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if i == 2 { // another file in its place
			os.WriteFile(name+".2", []byte("changed"), 0o600)
			os.Rename(name+".2", name)
		} else {
			os.WriteFile(name, []byte("changed"), 0o600)
		}
		at := info.ModTime()
		if i == 1 {
			at = at.Add(time.Second)
		}
		os.Chtimes(name, at, at)
	}
	next := NewSnapshot(Disk{})
	next.Inherit(old)
	for i, want := range []string{"# same", "changed", "changed"} {
		if got, _ := next.ReadAside(names[i]); string(got) != want {
			t.Errorf("%s: %q, want %q", names[i], got, want)
		}
	}
	next = NewSnapshot(Disk{})
	next.Inherit(old)
	next.Forget()
	if got, _ := next.ReadAside(names[0]); string(got) != "changed" {
		t.Errorf("%q: from the old one", got)
	}
}
