package zone

import (
	"encoding/binary"
	"fmt"
	"testing"
)

// grant counts up to a limit.
type grant struct {
	limit uint64
	ok    bool
}

func (g *grant) Change(state []byte) {
	n := binary.LittleEndian.Uint64(state)
	if g.ok = n < g.limit; g.ok {
		binary.LittleEndian.PutUint64(state, n+1)
	}
}

// grants asks n times and counts, for all processes, how often it was granted.
func grants(d *Dict, n int) error {
	for range n {
		g := grant{limit: 1000}
		if err := d.Update("limit", 8, 0, 1, &g); err != nil {
			return err
		}
		if g.ok {
			if _, _, err := d.Incr("granted", 1, Init{Given: true}, 1); err != nil {
				return err
			}
		}
	}
	return nil
}

func TestDictUpdate(t *testing.T) {
	_, d := dogs(t, 100<<10)
	for i, c := range []struct {
		size int
		now  int64
		want uint64
	}{{8, 100, 1}, {8, 105, 2}, {8, 114, 3}, {8, 124, 1}, {16, 125, 1}, {8, 126, 1}} {
		if err := d.Update("k", c.size, 10, c.now, &grant{limit: 9}); err != nil {
			t.Fatal(err)
		}
		v, err := d.Get("k", c.now, nil)
		if err != nil || len(v.Str) != c.size || binary.LittleEndian.Uint64(v.Str) != c.want {
			t.Errorf("%d: %v %v, want %d", i, v.Str, err, c.want)
		}
	}
	if err := d.Verify(); err != nil {
		t.Error(err)
	}
}

// What is zero again takes no room.
func TestDictUpdateZero(t *testing.T) {
	_, d := dogs(t, 64<<10)
	for i := range 3000 {
		if err := d.Update(key(i), 100, 0, 1, &grant{}); err != nil {
			t.Fatal(i, err)
		}
	}
	if n := d.Len(); n != 0 {
		t.Errorf("%d entries are left", n)
	}
}

// Nobody's count is thrown out for another's.
func TestDictUpdateFull(t *testing.T) {
	_, d := dogs(t, 64<<10)
	n := 0
	for ; ; n++ {
		if err := d.Update(fmt.Sprint("key", n), 100, 10, 1, &grant{limit: 9}); err == ErrNoMemory {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if v, _ := d.Get("key0", 1, nil); n < 50 || len(v.Str) != 100 {
		t.Errorf("the first of %d keys is %s", n, show(v))
	}
	if err := d.Update("late", 100, 10, 12, &grant{limit: 9}); err != nil {
		t.Errorf("those that have expired make no room: %v", err)
	}
}

func TestHammerUpdate(t *testing.T) {
	zs, d := dogs(t, 100<<10)
	a, b := worker(t, zs, "grants 2000"), worker(t, zs, "grants 2000")
	if err := grants(d, 1000); err != nil {
		t.Error(err)
	}
	for _, w := range []interface{ Wait() error }{a, b} {
		if err := w.Wait(); err != nil {
			t.Error(err)
		}
	}
	if v, _ := d.Get("granted", 1, nil); v.Num != 1000 {
		t.Errorf("%v of 5000 were granted, 1000 should be", v.Num)
	}
	if !d.Signed(d.Ticket()) {
		t.Error("this process is not signed in")
	}
	if d.Signed(d.Ticket() + 1<<10) {
		t.Error("another process has this one's slot")
	}
}
