package cache

import (
	"strings"
	"testing"

	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/edge/wire/http1"
)

// hit is what a request does to an answer that is there, but for sending it.
func hit(e *Entry, g *rig, key string) Result {
	g.reset(e, key)
	r := e.Open()
	file.Close(e.TakeFD())
	e.Release()
	return r
}

func BenchmarkHit(b *testing.B) {
	g := newRig(b, "levels=1:2")
	g.c.clock = event.UnixNano
	g.put("/a/usual/name.html", strings.Repeat("x", 10000), 1000)
	e := new(Entry)
	b.ReportAllocs()
	for b.Loop() {
		if hit(e, g, "/a/usual/name.html") != Hit {
			b.Fatal("no hit")
		}
	}
}

func BenchmarkHitVariant(b *testing.B) {
	g := newRig(b, "levels=1:2")
	g.c.clock = event.UnixNano
	fields := []http1.Header{{Name: "Host", Value: "a"}, {Name: "Accept-Encoding", Value: "gzip, br"}}
	e := g.entry("/a")
	e.Open()
	e.Fields = fields
	e.SetVary("Accept-Encoding")
	if err := store(e, 1000, "x"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		g.reset(e, "/a")
		e.Fields = fields
		if e.Open() != Hit {
			b.Fatal("no hit")
		}
		file.Close(e.TakeFD())
		e.Release()
	}
}

// BenchmarkMiss is a request whose answer is not kept.
func BenchmarkMiss(b *testing.B) {
	g := newRig(b)
	g.c.clock = event.UnixNano
	g.c.index.cold = 0
	e := new(Entry)
	b.ReportAllocs()
	for b.Loop() {
		g.reset(e, "/a/usual/name.html")
		if e.Open() != Miss {
			b.Fatal("no miss")
		}
		e.Release()
	}
}

func TestHitAllocatesNothing(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	g := newRig(t, "levels=1:2")
	g.put("/a", "x", 1000)
	e := new(Entry)
	hit(e, g, "/a")
	if n := testing.AllocsPerRun(100, func() {
		if hit(e, g, "/a") != Hit {
			t.Fatal("no hit")
		}
	}); n != 0 {
		t.Errorf("a hit allocates %v times", n)
	}
}
