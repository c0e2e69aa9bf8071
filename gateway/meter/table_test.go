package meter

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/shm"
)

func newTable(t testing.TB) *Table {
	t.Helper()
	s, err := shm.Create("meter", ZoneSize)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	table, err := open(s)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func ofRoute(n int) Key { return Key{OfRoute, [3]string{id(n), id(1), ""}} }

// What one process counts another one reads, and who is counted again goes on where it was.
func TestTableIsShared(t *testing.T) {
	a := newTable(t)
	b, err := open(a.seg)
	if err != nil {
		t.Fatal(err)
	}
	var one, two Series
	one.In(a, ofRoute(7)).Code(200, true)
	two.In(b, ofRoute(7)).Code(200, true)
	two.In(b, ofRoute(8)).Code(404, false)
	got := map[string]uint64{}
	b.Each(func(x *Block) {
		x.EachCode(func(status int, service bool, n uint64) { got[fmt.Sprint(x.Key().IDs[0], status, service)] = n })
	})
	if len(got) != 1+1 || got[fmt.Sprint(id(7), 200, true)] != 2 {
		t.Error(got)
	}
}

// A block that is given up and becomes another's is noticed by those who had it.
func TestDrop(t *testing.T) {
	table := newTable(t)
	var s Series
	old := s.In(table, ofRoute(1))
	old.Code(200, true)
	tag := old.Tag()
	table.Drop(old, tag)
	table.Drop(old, tag) // twice is once
	var other Series
	if b := other.In(table, ofRoute(2)); b != old {
		t.Fatal("the block that was given up is not used again")
	}
	b := s.In(table, ofRoute(1))
	if b == old {
		t.Fatal("two series in one block")
	}
	n := 0
	table.Each(func(b *Block) { b.EachCode(func(int, bool, uint64) { n++ }) })
	if n != 0 {
		t.Error("a new series begins with counts")
	}
}

// When memory is full, what is new is counted as other; what is there counts on.
func TestFull(t *testing.T) {
	table := newTable(t)
	told := 0
	table.Full = func() { told++ }
	for i := range maxPersonal + 5 {
		var s Series
		k := ofRoute(1)
		k.IDs[2] = id(i)
		s.For(table, &i, k).Code(200, true)
	}
	if told != 5 || table.Missed() != 5 {
		t.Fatalf("told %d times, %d missed", told, table.Missed())
	}
	other := Key{OfRoute, [3]string{id(1), id(1), Other}}
	var s Series
	s.In(table, other).EachCode(func(_ int, _ bool, n uint64) {
		if n != 5 {
			t.Errorf("%d requests of others", n)
		}
	})
	for i := range maxBlocks - maxPersonal {
		var s Series
		s.In(table, ofRoute(1000+i)).Code(200, true)
	}
	var late Series
	b := late.In(table, ofRoute(999999))
	if k := b.Key(); k.IDs[0] != Other || k.IDs[1] != Other {
		t.Errorf("%v", k)
	}
	var first Series
	k := ofRoute(1)
	k.IDs[2] = id(0)
	first.For(table, t, k).EachCode(func(_ int, _ bool, n uint64) {
		if n != 1 {
			t.Errorf("%d requests of the first", n)
		}
	})
}

// Statuses that a service makes up don't fill memory.
func TestManyCodes(t *testing.T) {
	var s Series
	b := s.In(newTable(t), ofRoute(1))
	for i := range 500 {
		b.Code(100+i, true)
	}
	all, others := uint64(0), uint64(0)
	b.EachCode(func(status int, _ bool, n uint64) {
		all += n
		if status == 0 {
			others = n
		}
	})
	if all != 500 || others != 500-(maxCodes-1) {
		t.Errorf("%d of %d are others", others, all)
	}
}

func TestHistogram(t *testing.T) {
	var h Histogram
	for _, took := range []time.Duration{-1, 0, 25 * time.Millisecond, 25*time.Millisecond + time.Microsecond, 2 * time.Minute} {
		h.Add(UpstreamBounds, took)
	}
	if h.buckets[0].Load() != 3 || h.buckets[1].Load() != 1 || h.buckets[len(UpstreamBounds)].Load() != 1 {
		t.Error(h.buckets[:])
	}
	if got := h.sum.Load(); got != 25000+25001+120000000 {
		t.Error(got)
	}
}

// Workers look series up, count and lose them to the sweeper, all at the same time: what is
// counted while nobody sweeps is all there.
func TestTableHammer(t *testing.T) {
	table := newTable(t)
	var all sync.WaitGroup
	const workers, rounds, routes = 4, 2000, 50
	for w := range workers {
		all.Go(func() {
			mine, err := open(table.seg)
			if err != nil {
				t.Error(err)
				return
			}
			series := make([]Series, routes)
			for i := range rounds {
				n := (i*7 + w) % routes
				series[n].In(mine, ofRoute(n)).Code(200, true)
				gone := Key{OfRelease, [3]string{id(i % 10), "candidate"}}
				if b, tag := mine.find(gone); i%3 == 0 {
					mine.Drop(b, tag)
				}
			}
		})
	}
	all.Wait()
	sum, blocks := uint64(0), 0
	table.Each(func(b *Block) {
		if blocks++; b.Key().Kind == OfRoute {
			b.EachCode(func(_ int, _ bool, n uint64) { sum += n })
		}
	})
	if sum != workers*rounds || blocks < routes || blocks > routes+10 {
		t.Errorf("%d requests in %d blocks, want %d", sum, blocks, workers*rounds)
	}
}
