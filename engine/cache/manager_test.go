package cache

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/file"
)

// files counts what is in the folder.
func (g *rig) files() (n int) {
	filepath.WalkDir(g.c.Folder, func(_ string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			n++
		}
		return nil
	})
	return n
}

// rounds runs the manager until it has nothing to do.
func (g *rig) rounds() (next time.Duration) {
	for range 1000 {
		if next = g.c.round(nil); next != g.c.Manager.Sleep {
			return next
		}
	}
	g.t.Fatal("the manager does not come to an end")
	return 0
}

func TestInactive(t *testing.T) {
	g := newRig(t, "inactive=60s", "manager_files=2", "levels=1:2")
	for i := range 5 {
		g.put(fmt.Sprintf("/%d", i), "x", 1000)
	}
	if next := g.rounds(); next != longest {
		t.Errorf("next round in %v", next)
	}
	g.seconds += 55
	g.want("/3", Hit, "x").Release()
	if next := g.rounds(); next != 5*time.Second {
		t.Errorf("next round in %v", next)
	}
	g.seconds += 5
	if next := g.c.round(nil); next != g.c.Manager.Sleep || g.files() != 3 {
		t.Errorf("after one round of two files there are %d, the next in %v", g.files(), next)
	}
	g.rounds()
	if n := g.files(); n != 1 || g.c.index.t.Len() != 1 {
		t.Errorf("%d files, %d keys", n, g.c.index.t.Len())
	}
	g.want("/3", Hit, "x").Release()
	g.verify()
	g.wantLog("")
}

func TestMaxSize(t *testing.T) {
	g := newRig(t, "max_size=100k")
	for i := range 60 {
		g.put(fmt.Sprintf("/%d", i), strings.Repeat("x", 3000), 1000)
	}
	g.want("/0", Hit, strings.Repeat("x", 3000)).Release()
	g.rounds()
	x := g.c.index
	if size := x.blocks * x.blockSize; size >= 100<<10 || size < 90<<10 {
		t.Errorf("%d bytes are kept", size)
	}
	g.want("/0", Hit, strings.Repeat("x", 3000)).Release() // which was used last
	g.want("/1", Miss, "").Release()
	g.verify()
}

func TestMinFree(t *testing.T) {
	g := newRig(t, "min_free=1000000g")
	for i := range 5 {
		g.put(fmt.Sprintf("/%d", i), "x", 1000)
	}
	g.rounds()
	if n := g.files(); n != 0 {
		t.Errorf("%d files", n)
	}
}

// A full zone throws out what was not used for longest, and the manager then keeps an
// eighth free. It holds as many keys as nginx's.
func TestFullZone(t *testing.T) {
	g := rigIn(t, inMemory(t), "keys_zone=one:64k")
	g.c.index.cold = 0
	for i := range 600 {
		g.put(fmt.Sprintf("/%d", i), "x", 1000)
	}
	full := g.c.index.t.Len()
	// nginx 1.22 keeps 446 answers in keys_zone=one:64k.
	if full < 440 || full > 460 {
		t.Errorf("%d keys in a full zone", full)
	}
	if g.files() != full {
		t.Errorf("%d files of %d keys", g.files(), full)
	}
	g.rounds()
	if n := g.c.index.t.Len(); n >= full-full/8 {
		t.Errorf("%d keys after the manager was there", n)
	}
	g.want("/599", Hit, "x").Release()
	g.verify()
	g.wantLog("")
}

// A key that is being renewed is passed over.
func TestSpared(t *testing.T) {
	g := newRig(t, "inactive=10s")
	g.put("/a", "x", -1)
	e := g.want("/a", Stale, "x")
	g.seconds += 11
	g.rounds()
	if g.files() != 1 {
		t.Error("it was thrown out")
	}
	e.Release()
	g.seconds += 11
	g.rounds()
	if g.files() != 0 {
		t.Error("it was not thrown out")
	}
}

// What a process has left half thrown out is finished by another.
func TestHalfThrownOut(t *testing.T) {
	g := newRig(t)
	g.put("/a", "x", 10)
	x := g.c.index
	x.seg.Lock()
	n := x.node(x.t.Oldest())
	x.noFile(n)
	n.flags |= nodeDeleting
	n.expire = g.seconds
	x.seg.Unlock()
	g.rounds()
	if g.files() != 0 || x.t.Len() != 0 {
		t.Errorf("%d files, %d keys", g.files(), x.t.Len())
	}
	g.verify()
	g.wantLog("")
}

// The key and the new file may both be thrown out while an answer is stored.
func TestThrownOutMeanwhile(t *testing.T) {
	g := newRig(t)
	e := g.want("/a", Miss, "")
	g.c.forceExpire()
	if !e.enter(&file.Info{Disk: 4096}) {
		t.Fatal("no room")
	}
	if x := g.c.index; x.blocks != 0 || g.flags("/a")&nodeExists != 0 {
		t.Errorf("%d blocks", x.blocks)
	}
	e.Release()
	g.verify()
}
