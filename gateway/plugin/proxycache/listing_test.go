package proxycache

import (
	"encoding/hex"
	"path/filepath"
	"slices"
	"testing"
)

// What is in memory and in folders is listed together, page by page, and summed up.
func TestStores(t *testing.T) {
	_, s := bound(t, 1<<20)
	all := &Stores{Cache: s.Cache, Counts: s.Counts, Root: t.TempDir()}
	plugin := "00000000-0000-4000-8000-0000000000aa"
	other := "00000000-0000-4000-8000-0000000000bb"
	now := clock()
	put := func(s *Store, id string, n byte) {
		t.Helper()
		d := digest{n}
		e := entry{kind: whole, status: 200, stored: now, lives: 60_000, length: 3, body: []byte("abc")}
		if err := s.put(string(key(nil, 'h', id, d[:])), e.append(nil), 60_000, now); err != nil {
			t.Fatal(err)
		}
	}
	disk := &Store{Cache: s.Cache, Counts: s.Counts, Folder: &Folder{Path: filepath.Join(all.Root, "one")}}
	for n := range byte(5) {
		put(s, plugin, n)
		put(disk, plugin, 10+n)
		put(disk, other, 20+n)
	}
	if err := disk.put("p part", []byte("x"), 60_000, now); err != nil {
		t.Fatal(err)
	}
	var got []string
	for from := 0; from >= 0; {
		var page []Kept
		page, from = all.Entries(plugin, "", from, 3)
		for _, k := range page {
			got = append(got, k.Key[:2])
		}
		if len(got) > 20 {
			t.Fatal("it does not end")
		}
	}
	slices.Sort(got)
	if want := []string{"00", "01", "02", "03", "04", "0a", "0b", "0c", "0d", "0e"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	entries, bytes := all.Sum()
	if entries[plugin] != 10 || bytes[plugin] != 30 || entries[other] != 5 {
		t.Errorf("%v %v", entries, bytes)
	}
	d := digest{11}
	if shown := all.Show(plugin, hex.EncodeToString(d[:])); shown == nil || shown.Body != "abc" {
		t.Errorf("%+v", shown)
	}
	if err := all.Purge(plugin, hex.EncodeToString(d[:])); err != nil || all.Show(plugin, hex.EncodeToString(d[:])) != nil {
		t.Errorf("it is there after a purge: %v", err)
	}
	if err := all.PurgeOf(plugin); err != nil {
		t.Fatal(err)
	}
	if entries, _ = all.Sum(); entries[plugin] != 0 || entries[other] != 5 {
		t.Errorf("after a purge of one %v", entries)
	}
	if err := all.PurgeAll(); err != nil {
		t.Fatal(err)
	}
	if entries, _ = all.Sum(); len(entries) > 0 {
		t.Errorf("after a purge %v", entries)
	}
	if !OnDisk([]byte(`{"strategy":"disk"}`)) || OnDisk([]byte(`{"strategy":"memory"}`)) {
		t.Error("OnDisk")
	}
}
