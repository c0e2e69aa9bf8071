package compat

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPasses(t *testing.T) {
	dir := t.TempDir()
	tsv := filepath.Join(dir, "r.tsv")
	text := "file\tarea\tplanned\tpassed\tfailed\na.t\tcore\t10\t8\t2\nb.t\tcore\t3\t0\t3\n"
	if err := os.WriteFile(tsv, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	now, err := readResults(tsv)
	if err != nil || now["a.t"] != (result{10, 8}) || now["b.t"] != (result{3, 0}) {
		t.Fatalf("%v, %v", now, err)
	}
	list := filepath.Join(dir, "passes")
	if err := writePasses(list, map[string]int{"old.t": 4, "a.t": 2}, now); err != nil {
		t.Fatal(err)
	}
	got, err := readPasses(list)
	if err != nil || len(got) != 2 || got["a.t"] != 8 || got["old.t"] != 4 {
		t.Errorf("%v, %v", got, err)
	}
}
