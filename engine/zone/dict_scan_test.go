package zone

import (
	"fmt"
	"strings"
	"testing"

	"moongate/edge/sys/shm"
)

func newDict(t testing.TB, size int64) *Dict {
	t.Helper()
	seg, err := shm.Create("scan", size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seg.Close() })
	d, err := openDict(seg, 40)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// scan reads all of a dict, page by page.
func scan(t *testing.T, d *Dict, prefix string, wanted int, now int64) map[string]Item {
	t.Helper()
	out, next := map[string]Item{}, 0
	for next >= 0 {
		s := d.Scanner(next)
		s.Prefix = prefix
		var list []Item
		list, next = s.Next(wanted, now)
		for _, it := range list {
			if _, twice := out[it.Key]; twice {
				t.Errorf("%q comes twice", it.Key)
			}
			it.Value.Str = append([]byte(nil), it.Value.Str...)
			out[it.Key] = it
		}
	}
	return out
}

func TestScan(t *testing.T) {
	d := newDict(t, 1<<20)
	for i := range 1000 {
		if _, err := d.Set(fmt.Sprintf("n:%d", i), Value{Type: Number, Num: float64(i)}, int64(i)*1000, 1); err != nil {
			t.Fatal(err)
		}
	}
	d.Set("bool", Value{Type: Bool, Bool: true}, 0, 1)
	d.Set("text", Value{Type: String, Str: []byte(strings.Repeat("x", 5000))}, 0, 1)
	d.RPush("list", Value{Type: Number, Num: 1}, 1)
	d.RPush("list", Value{Type: Number, Num: 2}, 1)
	for _, wanted := range []int{1, 7, 1000} {
		all := scan(t, d, "", wanted, 1)
		if len(all) != 1003 || all["n:7"].Value.Num != 7 || all["n:7"].Left != 7000 || all["n:0"].Left != 0 || !all["bool"].Value.Bool || len(all["text"].Value.Str) != scanValue || all["text"].Size != 5000 ||
			all["list"].Value.Type != List || all["list"].Size != 2 {
			t.Fatalf("%d entries, %+v", len(all), all["n:7"])
		}
	}
	if some := scan(t, d, "n:99", 10, 1); len(some) != 11 {
		t.Errorf("%d with a prefix", len(some))
	}
	if some := scan(t, d, "n:", 1000, 500_001); len(some) != 500 {
		t.Errorf("%d have not expired", len(some))
	}
}

// Keys that are as long as they may be are given too.
func TestScanLongKeys(t *testing.T) {
	d := newDict(t, 4<<20)
	for i := range 20 {
		key := strings.Repeat(string(rune('a'+i)), MaxKey)
		if _, err := d.Set(key, Value{Type: String, Str: []byte(strings.Repeat("v", 2000))}, 0, 1); err != nil {
			t.Fatal(err)
		}
	}
	if all := scan(t, d, "", scanItems, 1); len(all) != 20 {
		t.Errorf("%d entries", len(all))
	}
}

// While a step reads, nothing is allocated with the lock held: a step costs what it gives.
func BenchmarkScan(b *testing.B) {
	d := newDict(b, 64<<20)
	for i := range 100_000 {
		d.Set(fmt.Sprint(i), Value{Type: Number, Num: 1}, 0, 1)
	}
	for b.Loop() {
		s := d.Scanner(0)
		s.Prefix = "none"
		for next := 0; next >= 0; {
			_, next = s.Next(scanItems, 1)
		}
	}
}
