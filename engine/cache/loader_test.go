package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoad(t *testing.T) {
	g := newRig(t, "levels=1:2", "use_temp_path=off", "loader_files=3", "loader_sleep=1ms")
	for i := range 10 {
		g.put(fmt.Sprintf("/%d", i), "x", 1000)
	}
	folder := g.c.Folder
	long := strings.Repeat("0", 32)
	for name, size := range map[string]int{
		"index.html": 1000, long: 10, "x" + long[1:]: 1000, "sub/" + long[1:] + "9": frontSize,
		long + ".0000000001": 0, "temp/" + long: 0,
	} {
		os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700)
		if err := os.WriteFile(filepath.Join(folder, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := filepath.Join(folder, long+".0000000002")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	twoDays := time.Now().Add(-48 * time.Hour)
	os.Chtimes(old, twoDays, twoDays)
	os.Symlink("index.html", filepath.Join(folder, "link"))

	h := rigIn(t, folder, "levels=1:2", "use_temp_path=off", "loader_files=3", "loader_sleep=1ms")
	// Before it is loaded, files are looked for.
	h.want("/3", Hit, "x").Release()
	h.want("/new", Miss, "").Release()
	h.c.load(nil)
	x := h.c.index
	if n := x.t.Len(); n != 11 || x.cold != 0 || x.loader != 0 {
		t.Errorf("%d keys, cold %d, loader %d", n, x.cold, x.loader)
	}
	for _, name := range []string{"index.html", long, "x" + long[1:], "link", long + ".0000000002"} {
		if _, err := os.Lstat(filepath.Join(folder, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	for _, name := range []string{long + ".0000000001", "temp/" + long} {
		if _, err := os.Lstat(filepath.Join(folder, name)); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
	for i := range 10 {
		h.want(fmt.Sprintf("/%d", i), Hit, "x").Release()
	}
	h.verify()
	h.wantLog(fmt.Sprintf("crit cache file \"%s/%s\" is too small\n", folder, long) +
		fmt.Sprintf("notice http file cache: %s %.3fM, bsize: %d", folder, float64(x.blocks*x.blockSize)/(1<<20), x.blockSize))
	// It is done once.
	h.c.load(nil)
	h.wantLog("")
}

// A load that is told to stop begins again in the next process.
func TestLoadStopped(t *testing.T) {
	g := newRig(t, "loader_files=1", "loader_sleep=1h")
	g.put("/a", "x", 10)
	g.put("/b", "x", 10)
	stop := make(chan struct{})
	close(stop)
	g.c.load(stop)
	if x := g.c.index; x.cold == 0 || x.loader != 0 {
		t.Errorf("cold %d, loader %d", x.cold, x.loader)
	}
}

// What there is no room for in the zone goes, as in nginx.
func TestLoadFull(t *testing.T) {
	g := rigIn(t, inMemory(t))
	for i := range 600 {
		g.put(fmt.Sprintf("/%d", i), "x", 1000)
	}
	h := rigIn(t, g.c.Folder, "keys_zone=one:64k")
	h.c.load(nil)
	if n := h.c.index.t.Len(); n > 460 || h.files() != n {
		t.Errorf("%d keys, %d files", n, h.files())
	}
	if log := h.logged(); !strings.HasPrefix(log, "alert could not allocate node in cache keys zone \"one\"\n") {
		t.Errorf("log: %s", log)
	}
	h.verify()
}
