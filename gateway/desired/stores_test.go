package desired

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moongate/gateway/entity"
	"moongate/gateway/store"
	"moongate/gateway/store/bolt"
	"moongate/gateway/store/file"
	"moongate/gateway/store/storetest"
)

// The store in memory keeps to what the others keep to.
func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store {
		m := NewMemory()
		m.Keep = 10
		return m
	})
}

// What was acknowledged is there when the file is opened again.
func TestBolt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gateway.db")
	for i := range 3 {
		s, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		d := Open(s, model, Options{})
		if _, at := d.Now(); at != uint64(i) || d.State().Len("services") != i {
			t.Fatalf("revision %d, %d services after %d writes", at, d.State().Len("services"), i)
		}
		apply(t, d, service(string(rune('a'+i))))
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := Open(s, model, Options{})
	defer d.Close()
	if _, err := d.Rollback(t.Context(), 1, Write{}); err != nil || d.State().Len("services") != 1 {
		t.Errorf("%v, %d services", err, d.State().Len("services"))
	}
}

// A file is not written to, but what people write into it comes through.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gateway.yaml")
	write := func(text string) {
		t.Helper()
		next := path + ".next"
		if err := os.WriteFile(next, []byte("_format_version: \"3.0\"\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, path); err != nil {
			t.Fatal(err)
		}
	}
	write("services: [{name: a, host: h}]\n")
	s, err := file.Open(path, model, file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := Open(s, model, Options{})
	defer d.Close()
	_, err = d.Apply(t.Context(), Write{Ops: []entity.Op{service("b")}})
	if status(err) != 405 || !strings.Contains(err.Error(), "edit the file") {
		t.Errorf("%v", err)
	}
	_, _, f := d.Follow()
	write("services: [{name: a, host: h}, {name: c, host: h}]\n")
	if r, err := f.Next(storetest.Context(t)); err != nil || len(r.Changes) != 1 || d.State().Find("services", "c") == nil {
		t.Errorf("%+v %v", r, err)
	}
}
