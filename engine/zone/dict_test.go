package zone

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func num(n float64) Value  { return Value{Type: Number, Num: n} }
func str(s string) Value   { return Value{Type: String, Str: []byte(s)} }
func boolean(b bool) Value { return Value{Type: Bool, Bool: b} }
func show(v Value) string  { return fmt.Sprintf("%d %v %v %q", v.Type, v.Bool, v.Num, v.Str) }
func key(i int) string     { return fmt.Sprintf("key_%d", i) }
func hello(i int) Value    { return str(strings.Repeat(" hello", 10) + fmt.Sprint(i)) }
func mustNil(t *testing.T, d *Dict, k string, now int64) {
	t.Helper()
	if v, err := d.Get(k, now, nil); v.Type != Nil || err != nil {
		t.Errorf("%s: %s %v", k, show(v), err)
	}
}

func TestDictValues(t *testing.T) {
	_, d := dogs(t, 100<<10)
	for _, v := range []Value{num(32), num(-0.5), num(math.Inf(1)), boolean(true), boolean(false), str(""), str("x"),
		str(strings.Repeat("long", 3000))} {
		v.Flags = 199
		if f, err := d.Set("k", v, 0, 1); f || err != nil {
			t.Error(f, err)
		}
		got, err := d.Get("k", 1, make([]byte, 0, 4))
		if show(got) != show(v) || got.Flags != 199 || err != nil {
			t.Errorf("%s, want %s; %v", show(got), show(v), err)
		}
	}
	if _, err := d.Set("", num(1), 0, 1); err != ErrEmptyKey {
		t.Error(err)
	}
	if _, err := d.Get(strings.Repeat("k", 65536), 1, nil); err != ErrKeyTooLong {
		t.Error(err)
	}
	if _, err := d.Set(strings.Repeat("k", 65535), num(1), 0, 1); err != nil {
		t.Error(err)
	}
	if _, err := d.Set("k", Value{Type: List}, 0, 1); err != ErrBadType {
		t.Error(err)
	}
	d.Delete("k", 1)
	mustNil(t, d, "k", 1)
}

func TestDictExpiry(t *testing.T) {
	_, d := dogs(t, 100<<10)
	d.Set("a", num(1), 10, 100)
	d.Set("b", num(2), 0, 100)
	if ttl, _ := d.TTL("a", 103); ttl != 7 {
		t.Error(ttl)
	}
	if ttl, err := d.TTL("b", 103); ttl != 0 || err != nil {
		t.Error(ttl, err)
	}
	if _, err := d.TTL("c", 103); err != ErrNotFound {
		t.Error(err)
	}
	if v, _ := d.Get("a", 109, nil); v.Num != 1 {
		t.Error("gone early")
	}
	d.Get("b", 109, nil) // now a is the oldest
	if v, _ := d.GetStale("a", 110, nil); v.Num != 1 || !v.Stale {
		t.Error("not stale")
	}
	if v, _ := d.GetStale("b", 110, nil); v.Stale {
		t.Error("stale")
	}
	if err := d.Expire("a", 50, 110); err != nil {
		t.Error(err)
	}
	if v, _ := d.Get("a", 120, nil); v.Num != 1 {
		t.Error("not revived")
	}
	if err := d.Expire("c", 50, 110); err != ErrNotFound {
		t.Error(err)
	}
	mustNil(t, d, "a", 200)
	d.Expire("b", 5, 200)
	if n := d.FlushExpired(0, 205); n != 1+0 && n != 2 || d.Len() != 0 {
		t.Error(n, d.Len())
	}
	for i := range 5 {
		d.Set(key(i), num(1), 5, 300)
	}
	if n := d.FlushExpired(3, 400); n != 3 || d.Len() != 2 {
		t.Error(n, d.Len())
	}
	d.FlushAll(300)
	if v, _ := d.Get(key(4), 300, nil); v.Type != Nil {
		t.Error("flush_all left something")
	}
}

func TestDictAddReplace(t *testing.T) {
	_, d := dogs(t, 100<<10)
	if _, err := d.Replace("a", num(1), 0, 1); err != ErrNotFound {
		t.Error(err)
	}
	if _, err := d.Add("a", num(1), 10, 1); err != nil {
		t.Error(err)
	}
	if _, err := d.Add("a", num(2), 10, 1); err != ErrExists {
		t.Error(err)
	}
	if err := d.SafeAdd("a", num(2), 10, 1); err != ErrExists {
		t.Error(err)
	}
	if _, err := d.Replace("a", str("longer than a number"), 10, 1); err != nil {
		t.Error(err)
	}
	d.Set("z", num(1), 0, 1)
	d.Get("a", 1, nil)
	if _, err := d.Replace("a", num(1), 0, 50); err != ErrNotFound {
		t.Error(err)
	}
	if _, err := d.Add("a", num(3), 0, 50); err != nil {
		t.Error(err)
	}
	if _, err := d.Add("a", Value{}, 0, 50); err != ErrNilValue {
		t.Error(err)
	}
	if v, _ := d.Get("a", 50, nil); v.Num != 3 {
		t.Error(show(v))
	}
}

func TestDictIncr(t *testing.T) {
	_, d := dogs(t, 100<<10)
	if _, _, err := d.Incr("a", 1, Init{}, 1); err != ErrNotFound {
		t.Error(err)
	}
	if n, _, err := d.Incr("a", 1.5, Init{Given: true, Value: 2, TTL: 10}, 1); n != 3.5 || err != nil {
		t.Error(n, err)
	}
	if n, _, _ := d.Incr("a", -1, Init{Given: true, Value: 2}, 5); n != 2.5 {
		t.Error(n)
	}
	if ttl, _ := d.TTL("a", 5); ttl != 6 {
		t.Error("incr changed the expiry", ttl)
	}
	if n, _, _ := d.Incr("a", 1, Init{Given: true, Value: 7}, 50); n != 8 {
		t.Error(n)
	}
	d.Set("s", str("12345678"), 0, 1)
	if _, _, err := d.Incr("s", 1, Init{Given: true}, 1); err != ErrNotNumber {
		t.Error(err)
	}
}

func TestDictList(t *testing.T) {
	_, d := dogs(t, 100<<10)
	push := func(left bool, v Value, want int) {
		t.Helper()
		f := d.RPush
		if left {
			f = d.LPush
		}
		if n, err := f("l", v, 1); n != want || err != nil {
			t.Errorf("%d %v, want %d", n, err, want)
		}
	}
	push(true, str("b"), 1)
	push(true, str("a"), 2)
	push(false, num(3), 3)
	if _, err := d.Get("l", 1, nil); err != ErrIsList {
		t.Error(err)
	}
	if n, err := d.LLen("l", 1); n != 3 || err != nil {
		t.Error(n, err)
	}
	if _, err := d.LPush("l", boolean(true), 1); err != ErrBadType {
		t.Error(err)
	}
	if _, _, err := d.Incr("l", 1, Init{}, 1); err != ErrNotNumber {
		t.Error(err)
	}
	if v, err := d.RPop("l", 1, nil); v.Num != 3 || err != nil {
		t.Error(show(v), err)
	}
	if v, _ := d.LPop("l", 1, nil); string(v.Str) != "a" {
		t.Error(show(v))
	}
	if v, _ := d.LPop("l", 1, nil); string(v.Str) != "b" {
		t.Error(show(v))
	}
	if v, err := d.LPop("l", 1, nil); v.Type != Nil || err != nil || d.Len() != 0 {
		t.Error(show(v), err, d.Len())
	}
	d.Set("s", num(1), 0, 1)
	if _, err := d.LPush("s", num(1), 1); err != ErrNotList {
		t.Error(err)
	}
	if _, err := d.LPop("s", 1, nil); err != ErrNotList {
		t.Error(err)
	}
	if _, err := d.LLen("s", 1); err != ErrNotList {
		t.Error(err)
	}
	push(true, num(1), 1)
	push(true, num(2), 2)
	d.Expire("l", 5, 1)
	d.Set("s", num(1), 0, 50)
	d.Set("l", num(9), 0, 3) // a list is replaced whole
	if v, err := d.Get("l", 3, nil); v.Num != 9 || err != nil {
		t.Error(show(v), err)
	}
	if err := d.Verify(); err != nil {
		t.Error(err)
	}
}

// Eviction at the same numbers as lua-nginx-module on 64 bits with 4096-byte pages.
func TestDictEviction(t *testing.T) {
	_, d := dogs(t, 100<<10)
	fill := func(touch bool) int {
		for i := 1; ; i++ {
			if touch && i == 10 {
				d.Get(key(1), 1, nil)
			}
			if forcible, err := d.Set(key(i), hello(i), 0, 1); forcible || err != nil {
				return i
			}
		}
	}
	if free := d.FreeSpace(); free != 90112 {
		t.Error(free)
	}
	if n := fill(false); n != 353 {
		t.Errorf("evicts at %d, not 353", n)
	}
	mustNil(t, d, key(1), 1)
	if err := d.SafeSet("one more", hello(1), 0, 1); err != ErrNoMemory {
		t.Error(err)
	}
	d.FlushAll(1)
	d.FlushExpired(0, 1)
	fill(true)
	if v, _ := d.Get(key(1), 1, nil); v.Type != String {
		t.Error("the first was used and yet evicted")
	}
	mustNil(t, d, key(2), 1)
	// Too big for anything: 30 entries go, then it fails.
	before := d.Len()
	if forcible, err := d.Set("big", str(strings.Repeat("x", 1<<20)), 0, 1); !forcible || err != ErrNoMemory {
		t.Error(forcible, err)
	}
	if d.Len() != before-30 {
		t.Errorf("%d entries of %d", d.Len(), before)
	}
	if err := d.Verify(); err != nil {
		t.Error(err)
	}
}

func TestDictSmallZone(t *testing.T) {
	for _, c := range []struct{ sets, free int }{{0, 4096}, {31, 4096}, {32, 0}, {63, 0}} {
		_, d := dogs(t, 16<<10)
		for i := range c.sets {
			if f, err := d.Set(fmt.Sprintf("key%05d", i), str(fmt.Sprintf("val%05d", i)), 0, 1); f || err != nil {
				t.Fatal(i, f, err)
			}
		}
		if free := d.FreeSpace(); free != int64(c.free) {
			t.Errorf("%d sets: %d bytes free, want %d", c.sets, free, c.free)
		}
		if f, _ := d.Set("another1", str("val00000"), 0, 1); f != (c.sets == 63) {
			t.Errorf("%d sets: forcible %v", c.sets, f)
		}
	}
}

func TestDictKeys(t *testing.T) {
	_, d := dogs(t, 1<<20)
	if k := d.Keys(0, 1); len(k) != 0 {
		t.Error(k)
	}
	var all []string
	for i := range 2000 {
		d.Set(key(i), num(1), 0, 1)
		all = append(all, key(i))
	}
	d.Set("expired", num(1), 1, 1)
	if k := d.Keys(0, 5); !slices.Equal(k, all) {
		t.Error(len(k))
	}
	if k := d.Keys(3, 5); !slices.Equal(k, all[:3]) {
		t.Error(k)
	}
}

func TestDictAllocs(t *testing.T) {
	_, d := dogs(t, 1<<20)
	buf := make([]byte, 0, 128)
	d.Set("s", hello(1), 0, 1)
	v := hello(2)
	if n := testing.AllocsPerRun(100, func() {
		d.Incr("n", 1, Init{Given: true}, 1)
		d.Get("s", 1, buf)
		d.Set("s", v, 0, 1)
		d.Set("t", v, 0, 1)
		d.Delete("t", 1)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
