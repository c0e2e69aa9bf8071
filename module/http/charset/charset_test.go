package charset

import (
	"testing"
	"unicode/utf8"

	"moongate/core/config/syntax"
)

func build(t *testing.T, toUTF8 bool, pairs ...string) *table {
	t.Helper()
	tb := &table{utf8: toUTF8}
	tb.reset()
	for i := 0; i < len(pairs); i += 2 {
		if err := tb.pair(&syntax.Node{Name: pairs[i], Args: pairs[i+1 : i+2]}); err != nil {
			t.Fatal(err)
		}
	}
	return tb
}

func TestRecode(t *testing.T) {
	koi := build(t, true, "C1", "D0B0", "80", "E282AC")
	win := build(t, false, "C1", "E0")
	for _, c := range []struct {
		t        *table
		back     bool
		in, want string
	}{
		{koi, false, "a\xc1\x80\xff", "aа€?"},
		{koi, true, "aа€", "a\xc1\x80"},
		{koi, true, "б", "&#1073;"},
		{koi, true, "\U0001F600", "&#128512;"},
		{koi, true, "\xff", "?"},
		{koi, true, "\xd0", "?"},
		{koi, true, "\xd0x", "?x"},
		{win, false, "a\xc1\xc2", "a\xe0?"},
		{win, true, "a\xe0", "a\xc1"},
	} {
		for size := 1; size < 5; size++ {
			rc := &recoder{t: c.t, back: c.back}
			got := ""
			for at := 0; at < len(c.in); at += size {
				got += string(rc.run([]byte(c.in[at:min(at+size, len(c.in))]), at+size >= len(c.in)))
			}
			if got != c.want {
				t.Errorf("%q in parts of %d: %q, not %q", c.in, size, got, c.want)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		utf8     bool
		from, to string
	}{{false, "100", "20"}, {false, "g", "20"}, {false, "20", "1ff"}, {true, "80", "F0908080"}, {true, "80", "E2"}, {true, "80", "E282A"}, {true, "80", ""}, {true, "58", "58"}} {
		tb := &table{utf8: c.utf8}
		tb.reset()
		if err := tb.pair(&syntax.Node{Name: c.from, Args: []string{c.to}}); err == nil {
			t.Errorf("%s %s was taken", c.from, c.to)
		}
	}
	if (&table{}).pair(&syntax.Node{Name: "20"}) == nil {
		t.Error("a line of one word was taken")
	}
}

// What is well-formed is read as Go reads it.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("€x"))
	f.Fuzz(func(t *testing.T, p []byte) {
		if len(p) == 0 {
			return
		}
		r, size := decode(p)
		want, n := utf8.DecodeRune(p)
		if want != utf8.RuneError && (r != want || size != n) {
			t.Errorf("%q: %#x in %d", p, r, size)
		}
		rc := &recoder{t: &table{utf8: true}, back: true}
		rc.run(p, true)
	})
}
