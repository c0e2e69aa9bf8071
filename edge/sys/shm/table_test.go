package shm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func verify(t testing.TB, tb *Table) {
	t.Helper()
	tb.seg.Lock()
	defer tb.seg.Unlock()
	if err := tb.Verify(); err != nil {
		t.Fatal(err)
	}
}

func TestTableModel(t *testing.T) {
	s := create(t, 200<<10)
	tb, err := openTest(s)
	if err != nil {
		t.Fatal(err)
	}
	model := map[string]bool{}
	var order []string // oldest first
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 20000 {
		key := "k" + strconv.Itoa(rnd.IntN(200))
		at := slices.Index(order, key)
		if rnd.IntN(3) == 0 {
			if drop(tb, key) != model[key] {
				t.Fatalf("drop %s", key)
			}
			delete(model, key)
		} else {
			put(tb, key, rnd.IntN(500))
			model[key] = true
		}
		if at >= 0 {
			order = slices.Delete(order, at, at+1)
		}
		if model[key] {
			order = append(order, key)
		}
		if i%1000 == 0 {
			verify(t, tb)
		}
	}
	verify(t, tb)
	var got []string
	for r := tb.Oldest(); r != 0; r = tb.Newer(tb.Node(r)) {
		got = append(got, string([]byte(tb.Key(tb.Node(r)))))
	}
	if !slices.Equal(got, order) {
		t.Errorf("order %v\nwant  %v", got, order)
	}
}

// As many chunks as nginx's slab gives for the same size.
func TestPoolFill(t *testing.T) {
	for _, c := range []struct{ zone, size, want int }{
		{16 << 10, 4096, 3}, {100 << 10, 4096, 24}, {100 << 10, 256, 24 * 16}, {100 << 10, 200, 24 * 16},
		{100 << 10, 8, 24 * 504}, {100 << 10, 16, 24 * 254}, {100 << 10, 32, 24 * 127},
		{100 << 10, 64, 24 * 64}, {100 << 10, 2048, 48}, {100 << 10, 2049, 24}, {100 << 10, 5000, 12},
		{1 << 20, 128, 254 * 32},
	} {
		s, err := Private(int64(c.zone))
		if err != nil {
			t.Fatal(err)
		}
		var got []Ref
		for r := s.Alloc(c.size); r != 0; r = s.Alloc(c.size) {
			got = append(got, r)
		}
		if len(got) != c.want {
			t.Errorf("%d of %d bytes in %d, want %d", len(got), c.size, c.zone, c.want)
		}
		if n, err := s.verifyPool(); err != nil || n != len(got) {
			t.Error(n, err)
		}
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		pages := int(s.pool().pages)
		for _, r := range got {
			if !s.Free(r) || s.Free(r) {
				t.Fatalf("free of %d", r)
			}
		}
		if n, err := s.verifyPool(); err != nil || n != 0 || s.FreePages() != pages || s.page(1).run != uint32(pages) {
			t.Error(c, n, err, s.FreePages())
		}
	}
}

func TestFreeWrong(t *testing.T) {
	s, _ := Private(100 << 10)
	a, b := s.Alloc(100), s.Alloc(9000)
	for _, r := range []Ref{0, 1, a + 1, b + 1, b + 512, Ref(s.pageAt(20) >> 3), 1 << 31} {
		if s.Free(r) {
			t.Errorf("free of %d", r)
		}
	}
	if !s.Free(a) || !s.Free(b) {
		t.Error("not freed")
	}
}

func FuzzPool(f *testing.F) {
	f.Add([]byte("abcdefghijklmnop"))
	f.Add([]byte{255, 254, 1, 2, 3, 128, 129, 130, 7, 7, 7})
	f.Fuzz(func(t *testing.T, ops []byte) {
		s, _ := Private(64 << 10)
		var live []Ref
		for i, op := range ops {
			if op&1 == 0 && len(live) > 0 {
				at := int(op>>1) % len(live)
				if !s.Free(live[at]) {
					t.Fatal("not freed")
				}
				live = slices.Delete(live, at, at+1)
			} else if r := s.Alloc(1 + int(op)*int(op)/4*(i%2+1)); r != 0 {
				live = append(live, r)
			}
		}
		if n, err := s.verifyPool(); err != nil || n != len(live) {
			t.Fatal(n, err)
		}
	})
}

// Death at every place in turn: what is left is repaired, nothing but the entry
// under work is lost.
func TestRepairEverywhere(t *testing.T) {
	defer SetFailpoint(nil)
	type death struct{}
	rebuilt := 0
	for pass := 1; pass <= 1500; pass++ {
		s, _ := Private(48 << 10)
		tb, err := openTest(s)
		if err != nil {
			t.Fatal(err)
		}
		model := map[string]bool{}
		left, key, place := pass, "", ""
		SetFailpoint(func(p string) {
			if left--; left == 0 {
				place = p
				panic(death{})
			}
		})
		rnd := rand.New(rand.NewPCG(uint64(pass), 3))
		func() {
			defer func() {
				if e := recover(); e != nil {
					if _, ok := e.(death); !ok {
						panic(e)
					}
				}
			}()
			for left > 0 {
				key = "key" + strconv.Itoa(rnd.IntN(60))
				if rnd.IntN(3) == 0 {
					drop(tb, key)
					delete(model, key)
				} else {
					put(tb, key, rnd.IntN(1<<rnd.IntN(13)))
					model[key] = true
				}
			}
		}()
		SetFailpoint(nil)
		before := map[string]bool{}
		s.lockForTest()
		s.Recover()
		err = tb.Verify()
		for r := tb.Oldest(); r != 0; r = tb.Newer(tb.Node(r)) {
			before[string([]byte(tb.Key(tb.Node(r))))] = true
		}
		s.Unlock()
		if err != nil {
			t.Fatalf("death at %s: %v", place, err)
		}
		for k := range before {
			if !model[k] && k != key {
				t.Fatalf("death at %s: %s is back", place, k)
			}
		}
		rebuilt += s.Rebuilds()
		work(tb, rnd, 200)
		verify(t, tb)
	}
	if rebuilt < 1000 {
		t.Errorf("only %d of 1500 deaths did damage", rebuilt)
	}
}

// lockForTest takes the lock whatever its state, as a take-over would.
func (s *Segment) lockForTest() { s.head().lock = s.ticket }

// Several processes at work, some dying at given places, some at random.
func TestHammerTable(t *testing.T) {
	s := create(t, 300<<10)
	tb, err := openTest(s)
	if err != nil {
		t.Fatal(err)
	}
	places := []string{"pool.alloc", "pool.free", "pool.take", "pool.give", "table.put",
		"table.chained", "table.unchained", "table.drop", "queue.push", "queue.bump"}
	rnd := rand.New(rand.NewPCG(5, 6))
	steady := start(t, s, "table 60000")
	for _, p := range places {
		c := start(t, s, fmt.Sprintf("table 1000000 %s %d", p, 50+rnd.IntN(300)))
		work(tb, rnd, 2000)
		if c.Wait() == nil {
			t.Errorf("%s: the child did not die", p)
		}
	}
	for range 5 {
		c := start(t, s, "table 100000000")
		work(tb, rnd, 5000)
		c.Process.Kill()
		work(tb, rnd, 2000)
		c.Wait()
	}
	if err := steady.Wait(); err != nil {
		t.Error(err)
	}
	verify(t, tb)
	if s.Takeovers() < len(places) {
		t.Errorf("%d take-overs", s.Takeovers())
	}
	t.Logf("%d take-overs, %d rebuilds, %d entries", s.Takeovers(), s.Rebuilds(), tb.Len())
}

func TestAttachRefuses(t *testing.T) {
	s := create(t, 8192)
	s.head().poolAt++
	if _, err := Attach(dup(t, s)); err == nil {
		t.Error("attached to a damaged header")
	}
	s.head().poolAt--
	for _, size := range []int64{0, 4096, -1, MaxSize + 1} {
		if _, err := Create("x", size); err == nil {
			t.Errorf("created %d bytes", size)
		}
	}
}

func TestHashSpread(t *testing.T) {
	s, _ := Private(8192)
	seen := map[uint32]string{}
	same := 0
	for n := range 70 {
		for i := range 300 {
			key := fmt.Sprintf("%0*d", n+1, i)
			h := s.Hash(key)
			if other, ok := seen[h]; ok && other != key {
				same++
			}
			seen[h] = key
		}
	}
	if same > 5 {
		t.Errorf("%d collisions", same)
	}
}

func BenchmarkHash(b *testing.B) {
	s, _ := Private(8192)
	for b.Loop() {
		s.Hash("192.168.40.1:user")
	}
}
