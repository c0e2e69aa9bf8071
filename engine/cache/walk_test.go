package cache

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"moongate/edge/wire/http1"
)

// A walk meets each file once, in any steps, whatever the levels are.
func TestFilesByKeys(t *testing.T) {
	for _, levels := range []string{"", "1", "1:2", "2:2:2"} {
		args := []string{}
		if levels != "" {
			args = append(args, "levels="+levels)
		}
		g := newRig(t, args...)
		var want []string
		for i := range 20 {
			key := fmt.Sprintf("mine:%02d", i)
			g.put(key, "body", 60)
			g.put("other:"+key, "body", 60)
			want = append(want, key)
		}
		g.put("old", "body", -60)
		junk := filepath.Join(g.c.Folder, "temp")
		os.Mkdir(junk, 0o700)
		os.WriteFile(filepath.Join(junk, "0123456789"), []byte("half"), 0o600)

		for steps := 1; steps < 50; steps += 6 {
			var got []string
			rounds := 0
			for from := 0; from >= 0; rounds++ {
				looked := 0
				from = g.c.Walk("mine:", from, steps, func(f *Front) bool {
					if looked++; looked > steps || string(f.Head) != head || f.Length != int64(f.BodyStart)+4 {
						t.Errorf("%s: %d of %d, %q", f.Key, looked, steps, f.Head)
					}
					got = append(got, f.Key)
					return len(got)%7 != 0
				})
				if rounds > 100 {
					t.Fatal("it does not end")
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("levels %q, %d at a time: %v", levels, steps, got)
			}
		}
		if err := g.c.RemoveAll("mine:"); err != nil {
			t.Fatal(err)
		}
		if next := g.c.Walk("mine:", 0, math.MaxInt, func(f *Front) bool { t.Errorf("%s is there", f.Key); return true }); next != -1 {
			t.Errorf("it would go on at %d", next)
		}
		g.want("mine:07", Miss, "").Release()
		g.want("other:mine:07", Hit, "body").Release()
		g.verify()
		if text := g.logged(); text != "" {
			t.Error(text)
		}
	}
}

func TestPeek(t *testing.T) {
	g := newRig(t, "levels=1")
	g.put("a", "some text", 60)
	uses := g.uses("a")
	var f Front
	if !g.c.Peek("a", 4, &f) || string(f.Head) != head || string(f.Body) != "some" || f.ValidSec != g.seconds+60 {
		t.Errorf("%+v", f)
	}
	if !g.c.Peek("a", 100, &f) || string(f.Body) != "some text" {
		t.Errorf("%q", f.Body)
	}
	if g.c.Peek("b", 0, &f) {
		t.Error("there is no b")
	}
	if now := g.uses("a"); now != uses {
		t.Errorf("it was used %d times, now %d", uses, now)
	}
	// A file that was cut off is none, nor is one of another key, or one that is no file of a cache.
	e := g.entry("a")
	e.Hash()
	name := e.Name()
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, whole[:100], whole[:frontSize+7], whole[:len(whole)-1], slices.Concat(whole[:frontSize], []byte("\nKEY: b\n"), whole[e.HeaderStart:])} {
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if g.c.Peek("a", 0, &f) {
			t.Errorf("%d bytes are an answer", len(bad))
		}
	}
}

func (g *rig) uses(key string) uint16 {
	e := g.entry(key)
	e.Hash()
	x := g.c.index
	x.seg.Lock()
	defer x.seg.Unlock()
	return x.find(&e.key, &e.place).uses
}

// What is thrown out by its key is gone for all, also before the index knows of it, and
// variants go with all that begins so.
func TestRemove(t *testing.T) {
	dir := inMemory(t)
	g := rigIn(t, dir)
	g.put("a", "one", 60)
	g.put("b", "two", 60)
	for range 2 {
		if err := g.c.Remove("a"); err != nil {
			t.Fatal(err)
		}
	}
	g.want("a", Miss, "").Release()
	g.want("b", Hit, "two").Release()

	g = rigIn(t, dir) // after a restart
	if err := g.c.Remove("b"); err != nil {
		t.Fatal(err)
	}
	g.want("b", Miss, "").Release()

	for _, lang := range []string{"de", "fr"} {
		fields := []http1.Header{{Name: "Accept-Language", Value: lang}}
		e := g.entry("c")
		e.Fields = fields
		e.Open()
		e.SetVary("Accept-Language")
		if err := store(e, 60, lang); err != nil {
			t.Fatal(err)
		}
	}
	if n := g.files(); n != 2 {
		t.Fatalf("%d files", n)
	}
	if err := g.c.RemoveAll(""); err != nil || g.files() != 0 {
		t.Errorf("%v, %d files are left", err, g.files())
	}
	g.verify()
}

// An entry that was never used has nothing to give back, file 0 least of all.
func TestReleaseOfNothing(t *testing.T) {
	var e Entry
	e.Release()
	if _, err := os.Stdin.Stat(); err != nil {
		t.Error(err)
	}
}
