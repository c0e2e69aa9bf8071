package inotify

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestChanges(t *testing.T) {
	w, err := New()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for range 2 { // the second changes nothing
		if err := w.Add(dir); err != nil {
			t.Fatal(err)
		}
	}
	path, other := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"written", func() error { return os.WriteFile(path, []byte("1"), 0o644) }, path},
		{"moved away", func() error { return os.Rename(path, other) }, path},
		{"replaced", func() error { return os.Rename(other, path) }, path},
		{"removed", func() error { return os.Remove(path) }, path},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		for {
			paths, err := w.Next()
			if err != nil {
				t.Fatal(err)
			}
			if slices.Contains(paths, step.want) {
				break
			}
		}
	}
	done := make(chan error)
	go func() { _, err := w.Next(); done <- err }()
	w.Close()
	if err := <-done; err == nil {
		t.Error("Next goes on after Close")
	}
}
