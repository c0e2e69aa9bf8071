package cache

import (
	"os"
	"strings"
	"testing"

	"moongate/edge/wire/http1"
)

func TestWalk(t *testing.T) {
	g := newRig(t, "levels=1:2", "use_temp_path=off")
	g.put("/a", "first", 10)
	e := g.want("/a", Hit, "first")
	if want := g.c.Folder + "/c/02/"; !strings.HasPrefix(e.Name(), g.c.Folder+"/"+e.Name()[len(e.Name())-1:]+"/") {
		t.Errorf("%s is not below something like %s", e.Name(), want)
	}
	e.Release()
	g.seconds += 11
	one := g.want("/a", Stale, "first")
	two := g.want("/a", Updating, "first")
	two.Release()
	if err := store(one, 10, "second"); err != nil {
		t.Fatal(err)
	}
	one.Release()
	g.want("/a", Hit, "second").Release()
	g.verify()
	g.wantLog("")
}

// The right to renew goes back when it was of no use, and to who is given it.
func TestRight(t *testing.T) {
	g := newRig(t)
	g.put("/a", "x", -1)
	one := g.want("/a", Stale, "x")
	one.Release()
	one = g.want("/a", Stale, "x")
	beside := g.entry("/a")
	one.Pass(beside)
	one.Release()
	g.want("/a", Updating, "x").Release()
	if r := beside.Open(); r != Stale {
		t.Errorf("who was given the right gets %d", r)
	}
	g.want("/a", Updating, "x").Release()
	beside.Release()
	g.want("/a", Stale, "x").Release()
}

func TestMinUses(t *testing.T) {
	g := newRig(t)
	g.c.index.cold = 0
	for i := range 3 {
		e := g.entry("/a")
		e.MinUses = 3
		want := Scarce
		if i == 2 {
			want = Miss
		}
		if r := e.Open(); r != want {
			t.Errorf("use %d: %d", i+1, r)
		}
		e.Release()
	}
}

// An answer that may not be kept leaves no key behind.
func TestNothingKept(t *testing.T) {
	g := newRig(t)
	e := g.want("/a", Miss, "")
	if g.c.index.t.Len() != 1 {
		t.Error("no key")
	}
	e.Release()
	if n := g.c.index.t.Len(); n != 0 {
		t.Errorf("%d keys", n)
	}
	g.verify()
}

func TestRemembered(t *testing.T) {
	g := newRig(t)
	e := g.want("/a", Miss, "")
	e.Error, e.ValidSec = 502, g.seconds+10
	e.Release()
	e = g.entry("/a")
	if r := e.Open(); r != Remembered || e.Error != 502 {
		t.Errorf("%d, status %d", r, e.Error)
	}
	e.Release()
	g.seconds += 11
	g.want("/a", Miss, "").Release()
}

// A request that bypassed the cache stores its answer nevertheless.
func TestCreate(t *testing.T) {
	g := newRig(t)
	g.put("/a", "old", 10)
	e := g.entry("/a")
	if !e.Create() {
		t.Fatal("not created")
	}
	if err := store(e, 10, "new"); err != nil {
		t.Fatal(err)
	}
	g.want("/a", Hit, "new").Release()
	g.verify()
}

// A status that was remembered is forgotten when there is an answer after all.
func TestCreateAfterError(t *testing.T) {
	g := newRig(t)
	e := g.want("/a", Miss, "")
	e.Error, e.ValidSec = 502, g.seconds+10
	e.Release()
	e = g.entry("/a")
	e.Create()
	if err := store(e, 10, "new"); err != nil {
		t.Fatal(err)
	}
	g.want("/a", Hit, "new").Release()
}

func TestUpdateHeader(t *testing.T) {
	g := newRig(t)
	e := g.want("/a", Miss, "")
	e.SetETag(`"v1"`)
	if err := store(e, -1, "x"); err != nil {
		t.Fatal(err)
	}
	e = g.want("/a", Stale, "x")
	if e.ETag() != `"v1"` {
		t.Errorf("ETag %s", e.ETag())
	}
	e.ValidSec, e.Date = g.seconds+10, g.seconds
	e.SetETag(`"v2"`)
	e.UpdateHeader()
	e.Release()
	e = g.want("/a", Hit, "x")
	if e.ETag() != `"v2"` {
		t.Errorf("ETag %s", e.ETag())
	}
	e.Release()
	// Another file is there meanwhile: it is left alone.
	g.seconds += 20
	old := g.want("/a", Stale, "x")
	other := g.entry("/a")
	other.Create()
	if err := store(other, 10, "longer"); err != nil {
		t.Fatal(err)
	}
	old.ValidSec = g.seconds + 1000
	old.UpdateHeader()
	old.Release()
	if e := g.want("/a", Hit, "longer"); e.ValidSec != g.seconds+10 {
		t.Errorf("valid for %d", e.ValidSec-g.seconds)
	}
}

func TestVary(t *testing.T) {
	g := newRig(t)
	field := func(v string) []http1.Header { return []http1.Header{{Name: "accept-encoding", Value: v}} }
	ask := func(v string) (*Entry, Result) {
		e := g.entry("/a")
		e.Fields = field(v)
		return e, e.Open()
	}
	put := func(v, vary, text string) {
		t.Helper()
		e, r := ask(v)
		if r != Miss {
			t.Fatalf("%s: %d", v, r)
		}
		e.SetVary(vary)
		if err := store(e, 10, text); err != nil {
			t.Fatal(err)
		}
	}
	want := func(v, text string) {
		t.Helper()
		e, r := ask(v)
		if r != Hit {
			t.Fatalf("%s: %d", v, r)
		}
		if got := body(e); got != text {
			t.Errorf("%s: %q", v, got)
		}
		e.Release()
	}
	put("gzip", "Accept-Encoding", "zipped")
	put("br", "Accept-Encoding", "brotli")
	want("gzip", "zipped")
	want("br", "brotli")
	want(" br ,", "brotli")
	// The variant's answer varies no more: it becomes the main one.
	put("zstd", "", "plain")
	want("gzip", "plain")
	want("zstd", "plain")
	g.verify()
	g.wantLog("")
}

// A file that was removed, a folder that was removed: asked for again, and made anew.
func TestRemoved(t *testing.T) {
	g := newRig(t, "levels=2:2", "use_temp_path=off")
	g.put("/a", "x", 10)
	e := g.want("/a", Hit, "x")
	os.Remove(e.Name())
	g.want("/a", Miss, "").Release()
	os.RemoveAll(g.c.Folder)
	g.put("/a", "y", 10)
	g.want("/a", Hit, "y")
	g.verify()
	g.wantLog("")
}
