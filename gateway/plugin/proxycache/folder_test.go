package proxycache

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"moongate/gateway/entity"
)

func TestFolder(t *testing.T) {
	f := &Folder{Path: t.TempDir()}
	get := func(k string, now int64, want string) {
		t.Helper()
		if v, ok := f.get(k, nil, now); string(v) != want || ok != (want != "") {
			t.Errorf("%s at %d: %q %v, want %q", k, now, v, ok, want)
		}
	}
	get("a", 1, "")
	for k, v := range map[string]string{"a": "one", "b": "two", "c": "three"} {
		if err := f.set(k, []byte(v), 100, 1000); err != nil {
			t.Fatal(err)
		}
	}
	get("a", 1099, "one")
	get("a", 1100, "")
	f.drop("b")
	get("b", 1000, "")
	// Another process, or the same one later, sees the same.
	f = &Folder{Path: f.Path}
	get("c", 1000, "three")
	// A file that is not whole is none, nor is that of another key.
	name := f.file("c")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, b[:10], b[:len(b)-1], append(b[:len(b)-1:len(b)-1], 'x')} {
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		get("c", 1000, "")
	}
	os.MkdirAll(filepath.Dir(f.file("d")), 0o700)
	if err := os.WriteFile(f.file("d"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	get("d", 1000, "")
	if err := f.clear(); err != nil {
		t.Fatal(err)
	}
	get("a", 1000, "")
}

// The manager throws out what is over, and then what was not used for longest.
func TestSweep(t *testing.T) {
	f := &Folder{Path: t.TempDir()}
	now := time.Now().UnixMilli()
	for i := range 10 {
		k := fmt.Sprint("k", i)
		if err := f.set(k, make([]byte, 1000-fileHead-len(k)), int64(1+i/2)*100_000, now); err != nil {
			t.Fatal(err)
		}
		used := time.UnixMilli(now).Add(time.Duration(i%5-10) * time.Hour)
		if err := os.Chtimes(f.file(k), used, used); err != nil {
			t.Fatal(err)
		}
	}
	temp := filepath.Join(filepath.Dir(f.file("k9")), tempName+"x")
	for _, age := range []time.Duration{0, time.Hour} {
		if err := os.WriteFile(temp+age.String(), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		os.Chtimes(temp+age.String(), at, at)
	}
	left, err := f.sweep(6004, now+200_001) // k0 to k3 are over
	if err != nil || left != 6004 {
		t.Errorf("%d bytes are left: %v", left, err)
	}
	if left, err = f.sweep(3500, now+200_001); err != nil || left != 3004 {
		t.Errorf("%d bytes are left: %v", left, err)
	}
	for k, want := range map[string]bool{"k0": false, "k3": false, "k4": true, "k5": false, "k6": false, "k7": false, "k8": true, "k9": true} {
		if _, ok := f.get(k, nil, now+200_001); ok != want {
			t.Errorf("%s is there: %v", k, ok)
		}
	}
	if _, err := os.Stat(temp + "1h0m0s"); err == nil {
		t.Error("half a file of long ago is there")
	}
}

// Workers write no more than the manager can take.
func TestRoom(t *testing.T) {
	_, s := bound(t, 1<<20)
	root := t.TempDir()
	f := &Folder{Path: filepath.Join(root, "a"), Room: roomIn(s.Counts, "a", 2000)}
	var failed error
	n := 0
	for ; failed == nil && n < 10; n++ {
		failed = f.set(fmt.Sprint(n), make([]byte, 900), 1000, clock())
	}
	if failed != errFull || n != 3 {
		t.Errorf("after %d: %v", n, failed)
	}
	state := entity.New(entity.NewModel(entity.Outside{}))
	if err := (&Manager{root, s.Counts}).Round(state); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(f.Path); err == nil {
		t.Error("a folder that nobody names is there")
	}
}

// Many write, read and throw out the same; what is read is whole.
func TestFolderHammer(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for w := range 4 {
		all.Go(func() {
			f := &Folder{Path: dir}
			for i := range 300 {
				k := fmt.Sprint(i % 5)
				switch (i + w) % 4 {
				case 0:
					v := make([]byte, 5000)
					for j := range v {
						v[j] = byte('a' + w)
					}
					if err := f.set(k, v, 1000, 1); err != nil {
						t.Error(err)
					}
				case 3:
					f.drop(k)
				default:
					if v, ok := f.get(k, nil, 1); ok && (len(v) != 5000 || v[0] != v[4999]) {
						t.Errorf("%d bytes, %c and %c", len(v), v[0], v[4999])
					}
				}
			}
		})
	}
	all.Wait()
}
