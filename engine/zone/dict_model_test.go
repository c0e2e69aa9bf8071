package zone

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// model is what the dict must do, without memory to run out of. Entries that have
// expired may be gone or not; get_stale and ttl are therefore asked of live ones.
type model map[string]*modelEntry

type modelEntry struct {
	v       Value
	list    []Value
	expires int64
}

func (m model) live(k string, now int64) *modelEntry {
	e := m[k]
	if e == nil || e.expires != 0 && e.expires <= now {
		return nil
	}
	return e
}

func until(ttl, now int64) int64 {
	if ttl > 0 {
		return now + ttl
	}
	return 0
}

// step does one operation on both and says how they differ.
func (m model) step(d *Dict, op, kb, vb byte, now int64) string {
	k := string(rune('a' + kb%16))
	v := Value{Type: String, Str: []byte(fmt.Sprintf("%0*d", 1+int(vb)*3, 7)), Flags: uint32(vb)}
	if vb&1 == 1 {
		v = Value{Type: Number, Num: float64(vb)}
	} else if vb%16 == 0 {
		v = Value{Type: Bool, Bool: vb&32 != 0}
	}
	ttl := int64(vb % 8)
	e := m.live(k, now)
	var got, want string
	var err, wantErr error
	switch op % 12 {
	case 0, 1:
		_, err = d.Set(k, v, ttl, now)
		m[k] = &modelEntry{v: v, expires: until(ttl, now)}
	case 2:
		_, err = d.Add(k, v, ttl, now)
		if e != nil {
			wantErr = ErrExists
		} else {
			m[k] = &modelEntry{v: v, expires: until(ttl, now)}
		}
	case 3:
		_, err = d.Replace(k, v, ttl, now)
		if e == nil {
			wantErr = ErrNotFound
		} else {
			m[k] = &modelEntry{v: v, expires: until(ttl, now)}
		}
	case 4:
		err = d.Delete(k, now)
		delete(m, k)
	case 5:
		var sum float64
		sum, _, err = d.Incr(k, 2, Init{Given: vb&2 != 0, Value: 1, TTL: ttl}, now)
		switch {
		case e == nil && vb&2 == 0:
			wantErr = ErrNotFound
		case e == nil:
			m[k] = &modelEntry{v: Value{Type: Number, Num: 3}, expires: until(ttl, now)}
		case e.v.Type != Number:
			wantErr = ErrNotNumber
		default:
			e.v.Num += 2
		}
		if wantErr == nil {
			got, want = fmt.Sprint(sum), fmt.Sprint(m[k].v.Num)
		}
	case 6, 7:
		var n int
		var l []Value
		if e != nil {
			l = e.list
		}
		if op%12 == 6 {
			n, err = d.LPush(k, v, now)
			l = append([]Value{v}, l...)
		} else {
			n, err = d.RPush(k, v, now)
			l = append(slices.Clip(l), v)
		}
		switch {
		case v.Type == Bool:
			wantErr = ErrBadType
		case e != nil && e.v.Type != List:
			wantErr = ErrNotList
		case e != nil:
			e.list = l
			got, want = fmt.Sprint(n), fmt.Sprint(len(l))
		default:
			m[k] = &modelEntry{v: Value{Type: List}, list: l}
		}
	case 8, 9:
		var x Value
		if op%12 == 8 {
			x, err = d.LPop(k, now, nil)
		} else {
			x, err = d.RPop(k, now, nil)
		}
		switch {
		case e == nil:
			got, want = show(x), show(Value{})
		case e.v.Type != List:
			wantErr = ErrNotList
		default:
			at := 0
			if op%12 == 9 {
				at = len(e.list) - 1
			}
			got, want = show(x), show(e.list[at])
			if e.list = slices.Delete(slices.Clone(e.list), at, at+1); len(e.list) == 0 {
				delete(m, k)
			}
		}
	case 10:
		n, err2 := d.LLen(k, now)
		err = err2
		if e != nil && e.v.Type != List {
			wantErr = ErrNotList
		} else if e != nil {
			want = fmt.Sprint(len(e.list))
		} else {
			want = "0"
		}
		if err == nil {
			got = fmt.Sprint(n)
		} else {
			want = ""
		}
	case 11:
		if e != nil {
			err = d.Expire(k, ttl, now)
			e.expires = until(ttl, now)
			left, _ := d.TTL(k, now)
			got, want = fmt.Sprint(left), fmt.Sprint(ttl)
		}
	}
	if err != wantErr || got != want {
		return fmt.Sprintf("op %d on %s: %s %v, want %s %v", op%12, k, got, err, want, wantErr)
	}
	return ""
}

// same compares all keys.
func (m model) same(d *Dict, now int64) string {
	var keys []string
	for i := range 16 {
		k := string(rune('a' + i))
		e := m.live(k, now)
		if e != nil {
			keys = append(keys, k)
		}
		v, err := d.Get(k, now, nil)
		switch {
		case e == nil && (v.Type != Nil || err != nil):
			return fmt.Sprintf("%s: %s %v, want nothing", k, show(v), err)
		case e != nil && e.v.Type == List && err != ErrIsList:
			return fmt.Sprintf("%s: %s %v, want a list", k, show(v), err)
		case e != nil && e.v.Type != List && (show(v) != show(e.v) || v.Flags != e.v.Flags):
			return fmt.Sprintf("%s: %s, want %s", k, show(v), show(e.v))
		}
	}
	got := d.Keys(0, now)
	slices.Sort(got)
	if !slices.Equal(got, keys) {
		return fmt.Sprintf("keys %q, want %q", got, keys)
	}
	if err := d.Verify(); err != nil {
		return err.Error()
	}
	return ""
}

func runModel(t *testing.T, d *Dict, ops []byte) {
	t.Helper()
	m, now := model{}, int64(1000)
	for len(ops) >= 3 {
		if diff := m.step(d, ops[0], ops[1], ops[2], now); diff != "" {
			t.Fatal(diff)
		}
		now += int64(ops[1] >> 6)
		ops = ops[3:]
	}
	if diff := m.same(d, now); diff != "" {
		t.Fatal(diff)
	}
}

func TestDictModel(t *testing.T) {
	rnd := rand.New(rand.NewPCG(8, 8))
	for range 100 {
		_, d := dogs(t, 2<<20)
		ops := make([]byte, 3*rnd.IntN(1500))
		for i := range ops {
			ops[i] = byte(rnd.Uint32())
		}
		runModel(t, d, ops)
		d.seg.Close()
	}
}

func FuzzDict(f *testing.F) {
	f.Add([]byte("\x00a\x07\x05a\x02\x06b\x02\x08b\x00"))
	f.Fuzz(func(t *testing.T, ops []byte) {
		_, d := dogs(t, 256<<10)
		runModel(t, d, ops[:min(len(ops), 600)])
	})
}
