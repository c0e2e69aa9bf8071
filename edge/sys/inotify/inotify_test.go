package inotify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWatch(t *testing.T) {
	w, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	dir, other := t.TempDir(), t.TempDir()
	if err := w.Add(dir); err != nil {
		t.Fatal(err)
	}
	news := func() string {
		seen := map[string]bool{}
		if err := w.Read(func(d, name string) {
			if d != dir {
				t.Errorf("news of %q", d)
			}
			seen[name] = true
		}); err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, n := range []string{"a", "b", "c", ""} {
			if seen[n] {
				list = append(list, n)
			}
		}
		return strings.Join(list, " ")
	}
	write := func(path string) {
		if err := os.WriteFile(path, []byte("1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if s := news(); s != "" {
		t.Errorf("news before anything has happened: %q", s)
	}
	write(filepath.Join(dir, "a"))
	write(filepath.Join(other, "c"))
	if s := news(); s != "a" {
		t.Errorf("after writing a: %q", s)
	}
	os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b"))
	if s := news(); s != "a b" {
		t.Errorf("after renaming: %q", s)
	}
	os.Rename(filepath.Join(other, "c"), filepath.Join(dir, "c"))
	os.Remove(filepath.Join(dir, "b"))
	if s := news(); s != "b c" {
		t.Errorf("after moving one in and removing one: %q", s)
	}
}
