package live

import (
	"math"
	"os"
	"sync"
	"testing"
	"time"
	"unsafe"

	"moongate/edge/sys/event"
	"moongate/edge/sys/shm"
)

func newTable(t testing.TB) *Table {
	t.Helper()
	s, err := shm.Create("live", ZoneSize)
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

// Rows are whole cache lines, so that no worker waits for another's.
func TestRowSize(t *testing.T) {
	if n := unsafe.Sizeof(Row{}); n%64 != 0 {
		t.Errorf("%d bytes", n)
	}
	if n := unsafe.Sizeof(head{}); n%64 != 0 {
		t.Errorf("%d bytes", n)
	}
}

// A time is found in its bucket again, with at most an eighth of it lost.
func TestBuckets(t *testing.T) {
	last := -1
	for us := int64(0); us < 130_000_000; us += 1 + us/97 {
		took := time.Duration(us) * time.Microsecond
		i := bucket(took)
		if i < last || i > last+1 && us > 100 || i >= numBuckets {
			t.Fatalf("%v is in bucket %d, behind %d", took, i, last)
		}
		if is, got := float64(us)/1000, middle(i); math.Abs(got-is) > is/8+0.001 {
			t.Fatalf("%v is told as %v ms", took, got)
		}
		last = i
	}
	if bucket(-time.Second) != 0 || bucket(time.Hour) != numBuckets-1 {
		t.Error("what is out of bounds is not at the ends")
	}
}

func TestPercentile(t *testing.T) {
	var times Times
	if times.Percentile(50) != 0 {
		t.Error("nothing has a percentile")
	}
	for ms := 1; ms <= 100; ms++ {
		times[bucket(time.Duration(ms)*time.Millisecond)]++
	}
	for p, want := range map[float64]float64{50: 50, 95: 95, 99: 99, 100: 100, 0: 1} {
		if got := times.Percentile(p); math.Abs(got-want) > want/8 {
			t.Errorf("p%v is %v, want %v", p, got, want)
		}
	}
}

// What workers count is read once, by the pid of who has counted it; a reader that comes
// later begins with what comes then.
func TestRows(t *testing.T) {
	table := newTable(t)
	before := table.NewReader()
	w := table.Worker()
	for range 3 {
		w.Count(&Request{Status: 200, In: 10, Out: 100, Took: 20 * time.Millisecond})
	}
	w.Count(&Request{Status: 503, Who: Gateway, Took: time.Millisecond})
	w.Count(&Request{Status: 9, Who: Client})
	after := table.NewReader()
	s := before.Read()
	if s.Requests != 5 || s.In != 30 || s.Out != 300 || s.Statuses != [numStatuses]uint64{1, 0, 3, 0, 0, 1} || s.Who != [numWho]uint64{0, 1, 1, 0} || s.ByPid[os.Getpid()] != 5 {
		t.Errorf("%+v", s)
	}
	if got := s.Took.Percentile(60); math.Abs(got-20) > 2.5 {
		t.Errorf("p60 is %v ms", got)
	}
	w.Count(&Request{Status: 301})
	for _, r := range []*Reader{before, after} {
		if s := r.Read(); s.Requests != 1 || s.Statuses[3] != 1 || s.Took.Count() != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// Another process in the same slot begins with nothing, and nothing goes backwards.
func TestAnotherInTheSlot(t *testing.T) {
	table := newTable(t)
	r := table.NewReader()
	table.Worker().Count(&Request{Status: 200})
	r.Read()
	w := table.Worker()
	w.Count(&Request{Status: 200})
	w.Count(&Request{Status: 200})
	if s := r.Read(); s.Requests != 2 || s.Took.Count() != 2 {
		t.Errorf("%+v", s)
	}
}

// Cells are counted while somebody looks.
func TestCells(t *testing.T) {
	table := newTable(t)
	r, w := table.NewReader(), table.Worker()
	now := time.Now()
	event.UpdateTime()
	if w.Watched() {
		t.Error("somebody looks")
	}
	r.Watch(now, now.Add(time.Minute))
	if !w.Watched() {
		t.Error("nobody looks")
	}
	var one, two Spot
	a, b := Key{OfRoute, "r1", "s1"}, Key{OfVariant, "x", "candidate"}
	w.In(&one, a).Add(10*time.Millisecond, false)
	w.In(&one, a).Add(10*time.Millisecond, true)
	w.In(&two, b).Add(time.Millisecond, false)
	w.Connections(map[Key]int{{OfTarget, "u", "h:80"}: 7})
	read := func() map[Key]*Sum {
		s := r.Read()
		r.Cells(s, now)
		return s.Series
	}
	got := read()
	if len(got) != 3 || got[a].Requests != 2 || got[a].Failed != 1 || got[b].Requests != 1 || got[Key{OfTarget, "u", "h:80"}].Connections != 7 {
		t.Errorf("%v", got)
	}
	w.In(&one, a).Add(time.Second, false)
	w.Connections(nil)
	if got = read(); len(got) != 1 || got[a].Requests != 1 || got[a].Failed != 0 || got[a].Took.Percentile(50) < 900 {
		t.Errorf("%v", got)
	}
	// Who looks again later finds nothing of what there was.
	late := now.Add(time.Hour)
	r.Watch(late, late.Add(time.Minute))
	w.In(&two, b).Add(time.Millisecond, false)
	if got = read(); len(got) != 1 || got[b] == nil || got[b].Requests != 1 {
		t.Errorf("%v", got)
	}
	if w.In(new(Spot), Key{OfTarget, "u", string(make([]byte, maxOf+1))}) != nil {
		t.Error("a key that is too long has a cell")
	}
}

// When there is no more room the rest is not counted, and later all begin anew.
func TestCellsAreFull(t *testing.T) {
	table := newTable(t)
	r, w := table.NewReader(), table.Worker()
	now := time.Now()
	r.Watch(now, now.Add(time.Hour))
	for i := range rowChunks * chunkCells {
		if w.In(new(Spot), Key{OfRoute, string(rune('a' + i)), ""}) == nil {
			t.Fatalf("no room for %d", i)
		}
	}
	late := Key{OfRoute, "late", ""}
	var s Spot
	if w.In(&s, late) != nil {
		t.Fatal("there is always room")
	}
	r.Cells(r.Read(), now)
	if w.In(&s, late) != nil {
		t.Error("it began anew at once")
	}
	r.Cells(r.Read(), now.Add(anewEvery))
	if w.In(&s, late) == nil {
		t.Error("it did not begin anew")
	}
}

// Many goroutines count, cells become others' and somebody reads: whatever was counted in
// one epoch is read once.
func TestLiveHammer(t *testing.T) {
	table := newTable(t)
	r, w := table.NewReader(), table.Worker()
	now := time.Now()
	r.Watch(now, now.Add(time.Hour))
	const goroutines, rounds, keys = 4, 5000, 40
	spots := make([]Spot, keys)
	var all sync.WaitGroup
	done := make(chan struct{})
	for g := range goroutines {
		all.Go(func() {
			for i := range rounds {
				n := (i*7 + g) % keys
				w.In(&spots[n], Key{OfRoute, string(rune('a' + n)), ""}).Add(time.Duration(i)*time.Microsecond, i%5 == 0)
				w.Count(&Request{Status: 200, In: 1, Out: 2, Took: time.Duration(i) * time.Microsecond})
			}
		})
	}
	go func() { all.Wait(); close(done) }()
	var requests, cells, failed, bytes uint64
	for over := false; !over; {
		select {
		case <-done:
			over = true
		default:
		}
		s := r.Read()
		r.Cells(s, now)
		requests, bytes = requests+s.Requests, bytes+s.Out
		for _, sum := range s.Series {
			cells, failed = cells+sum.Requests, failed+sum.Failed
		}
	}
	if want := uint64(goroutines * rounds); requests != want || cells != want || failed != want/5 || bytes != 2*want {
		t.Errorf("%d requests, %d in cells, %d failed, %d bytes; want %d", requests, cells, failed, bytes, want)
	}
}

// Counting allocates nothing.
func TestCountAllocs(t *testing.T) {
	table := newTable(t)
	w := table.Worker()
	var s Spot
	k := Key{OfRoute, "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"}
	w.In(&s, k)
	if n := testing.AllocsPerRun(100, func() {
		w.Count(&Request{Status: 200, In: 100, Out: 1000, Took: time.Millisecond})
		if !w.Watched() {
			w.In(&s, k).Add(time.Millisecond, false)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCount(b *testing.B) {
	w := newTable(b).Worker()
	for b.Loop() {
		w.Count(&Request{Status: 200, In: 100, Out: 1000, Took: time.Millisecond})
		if w.Watched() {
			b.Fatal("somebody looks")
		}
	}
}

func BenchmarkCell(b *testing.B) {
	w := newTable(b).Worker()
	var s Spot
	for b.Loop() {
		w.In(&s, Key{OfRoute, "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"}).Add(time.Millisecond, false)
	}
}

// BenchmarkRead is what a second costs the gateway process: with two workers, and so many
// routes that all had requests.
func BenchmarkRead(b *testing.B) {
	table := newTable(b)
	r, w := table.NewReader(), table.Worker()
	now := time.Now()
	r.Watch(now, now.Add(time.Hour))
	spots := make([]Spot, 1000)
	b.Run("rows", func(b *testing.B) {
		for b.Loop() {
			w.Count(&Request{Status: 200, Took: time.Millisecond})
			r.Read()
		}
	})
	b.Run("1000 cells", func(b *testing.B) {
		for b.Loop() {
			for i := range spots {
				w.In(&spots[i], Key{OfRoute, string(rune('a' + i)), ""}).Add(time.Millisecond, false)
			}
			r.Cells(r.Read(), now)
		}
	})
}
