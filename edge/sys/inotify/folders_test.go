package inotify

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A folder that comes, goes and comes again is watched all the time, and what leads to it
// only as long as that is needed.
func TestFolders(t *testing.T) {
	w, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	base := t.TempDir()
	dir := filepath.Join(base, "a", "b")
	path := filepath.Join(dir, "f")
	if err := w.Add(dir); err != nil {
		t.Fatal(err)
	}
	write := func() error { return os.WriteFile(path, []byte("1"), 0o600) }
	for _, step := range []struct {
		name string
		do   func() error
		want string // "": all may be different
	}{
		{"made", func() error { return os.MkdirAll(dir, 0o700) }, ""},
		{"written", write, path},
		{"removed", func() error { return os.RemoveAll(filepath.Join(base, "a")) }, ""},
		{"made with a file in it", func() error { return os.Mkdir(filepath.Join(base, "a"), 0o700) }, "-"},
		{"made again", func() error { return os.MkdirAll(dir, 0o700) }, ""},
		{"written again", write, path},
		{"renamed", func() error { return os.Rename(dir, dir+".old") }, ""},
		{"back", func() error { return os.Rename(dir+".old", dir) }, ""},
		{"written after all", write, path},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		var paths []string
		for step.want != "-" && !slices.Contains(paths, step.want) {
			if paths, err = w.Next(); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, dirs := range w.dirs {
		if !slices.Equal(dirs, []string{dir}) {
			t.Errorf("watched in the end: %q", dirs)
		}
	}
}

// Whoever waits for a folder hears that it has come also where another Add has seen it first.
func TestAddSeesFirst(t *testing.T) {
	base := t.TempDir()
	dir, other := filepath.Join(base, "a"), filepath.Join(base, "b")
	for _, second := range []string{dir, other} {
		w, err := New()
		if err != nil {
			t.Fatal(err)
		}
		w.Add(dir)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		w.Add(second)
		if paths, err := w.Next(); err != nil || !slices.Equal(paths, []string{""}) {
			t.Errorf("%q, %v", paths, err)
		}
		w.Close()
		os.Remove(dir)
	}
}
