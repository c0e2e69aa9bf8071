package zone

import (
	"errors"
	"testing"
)

func TestDeclare(t *testing.T) {
	for _, c := range []struct {
		size int64
		kind Kind
		want string
	}{
		{0, KindReq, ""},
		{100000, KindReq, ""},
		{200000, KindReq, `the size 200000 of shared memory zone "one" conflicts with already declared size 100000`},
		{100000, KindConn, `the shared memory zone "one" is already declared for a different use`},
	} {
		zs := New()
		zs.Declare("one", 100000, KindReq)
		_, err := zs.Declare("one", c.size, c.kind)
		if got := text(err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	zs := New()
	zs.Declare("one", 0, KindReq)
	if got := text(zs.Bind(nil)); got != `zero size shared memory zone "one"` {
		t.Error(got)
	}
	z, _ := zs.Declare("one", 65536, KindReq) // the declaration may come second
	if z.Size != 65536 || zs.Bind(nil) != nil {
		t.Error("not bound")
	}
	zs.Close()
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func set(d *Dict, key, val string) {
	d.Set(key, Value{Type: String, Str: []byte(val)}, 0, 1)
}

func get(d *Dict, key string) string {
	v, _ := d.Get(key, 1, nil)
	return string(v.Str)
}

// Reloads: what stays the same keeps its content, a failed one changes nothing.
func TestReload(t *testing.T) {
	declare := func(size int64, kind Kind) *Zones {
		zs := New()
		zs.Declare("dogs", size, kind)
		up, _ := zs.Declare("up", 65536, KindUpstream)
		up.Fresh = true
		return zs
	}
	first := declare(65536, KindDict)
	if err := first.Bind(nil); err != nil {
		t.Fatal(err)
	}
	first.Commit(nil)
	d, _ := OpenDict(first.Find("dogs"))
	set(d, "a", "1")

	bad := declare(65536, KindDict)
	bad.Find("dogs").Keep = func(*Zone) error { return errors.New("another key") }
	if err := bad.Bind(first); err == nil || get(d, "a") != "1" {
		t.Fatal("a refused reload changed something")
	}

	same := declare(65536, KindDict)
	if err := same.Bind(first); err != nil {
		t.Fatal(err)
	}
	if same.Find("up").seg == first.Find("up").seg || same.Find("up").Old == nil {
		t.Error("a fresh zone was taken over")
	}
	same.Commit(first)
	if d, _ = OpenDict(same.Find("dogs")); get(d, "a") != "1" {
		t.Error("content is lost")
	}
	for i, next := range []*Zones{declare(131072, KindDict), declare(131072, KindSessions)} {
		if err := next.Bind(same); err != nil {
			t.Fatal(err)
		}
		next.Commit(same)
		if d, _ = OpenDict(next.Find("dogs")); get(d, "a") != "" {
			t.Errorf("%d: content of another size or kind", i)
		}
		set(d, "a", "1")
		same = next
	}
	same.Close()
}

func TestAttach(t *testing.T) {
	zs, d := dogs(t, 65536)
	set(d, "a", "1")
	hs := zs.Export()
	for _, c := range []struct {
		size int64
		kind Kind
	}{{65537, KindDict}, {65536, KindReq}} {
		w := New()
		w.Declare("dogs", c.size, c.kind)
		if w.Attach(hs) == nil {
			t.Error("attached to another kind or size")
		}
	}
	w := New()
	w.Declare("dogs", 65536, KindDict)
	if got := text(w.Attach(nil)); got != `shared memory zone "dogs" was not inherited` {
		t.Error(got)
	}
}
