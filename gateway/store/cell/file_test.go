package cell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/gateway/store/storetest"
)

func TestCell(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cell")
	storetest.RunCell(t, New(name))
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// What others may write is not believed.
func TestOthersMayWrite(t *testing.T) {
	f := New(filepath.Join(t.TempDir(), "cell"))
	if err := os.WriteFile(f.name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(f.name, 0o620); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Read(t.Context()); err == nil || !strings.Contains(err.Error(), "written by others") {
		t.Errorf("%v", err)
	}
	if err := f.Write(t.Context(), nil, 0); err == nil {
		t.Error("it was written over")
	}
}

// Somebody puts another file in the place of it.
func TestEdited(t *testing.T) {
	f := New(filepath.Join(t.TempDir(), "cell"))
	f.every = time.Millisecond
	seen := make(chan string, 10)
	go f.Watch(t.Context(), func() {
		b, _, _ := f.Read(t.Context())
		seen <- string(b)
	})
	if got := <-seen; got != "" {
		t.Errorf("%q", got)
	}
	if err := os.WriteFile(f.name+".mine", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.name+".mine", f.name); err != nil {
		t.Fatal(err)
	}
	for deadline := time.After(storetest.Patience); ; {
		select {
		case got := <-seen:
			if got == "mine" {
				return
			}
		case <-deadline:
			t.Fatal("nobody has seen it")
		}
	}
}
