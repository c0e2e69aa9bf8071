package log

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":                  "",
		"plain text":        "plain text",
		`a"b\c`:             `a\x22b\x5Cc`,
		"\x00\x1f \x7e\x7f": `\x00\x1F ~\x7F`,
		"12345678\"":        `12345678\x22`,
		"é":                 `\xC3\xA9`,
		"1234567é9012":      `1234567\xC3\xA99012`,
	} {
		if got := string(appendEscaped([]byte("x"), in)); got != "x"+want {
			t.Errorf("%q: %q, not %q", in, got, want)
		}
	}
}

// Every byte at every place of a word is judged as it is alone.
func TestPrefix(t *testing.T) {
	for c := range 256 {
		for at := range 17 {
			s := []byte(strings.Repeat("y", 17))
			s[at] = byte(c)
			want := 17
			if odd[c] {
				want = at
			}
			if got := prefix(string(s)); got != want {
				t.Fatalf("byte %#x at %d: %d, not %d", c, at, got, want)
			}
		}
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("plain")
	f.Add("\x80\"abcdefgh\\")
	f.Fuzz(func(t *testing.T, s string) {
		var want strings.Builder
		for i := 0; i < len(s); i++ {
			if c := s[i]; c < 32 || c > 126 || c == '"' || c == '\\' {
				fmt.Fprintf(&want, `\x%02X`, c)
			} else {
				want.WriteByte(c)
			}
		}
		if got := string(appendEscaped(nil, s)); got != want.String() {
			t.Errorf("%q: %q", s, got)
		}
		for _, c := range appendJSON(nil, s) {
			if c < 0x20 {
				t.Errorf("%q: byte %#x in JSON", s, c)
			}
		}
	})
}

func TestVariable(t *testing.T) {
	for _, c := range []struct{ text, name, rest, fault string }{
		{"$a b", "a", " b", ""},
		{"${a}b", "a", "b", ""},
		{"$a_1-", "a_1", "-", ""},
		{"${a b}", "", "", `the closing bracket in "a" variable is missing`},
		{"${a", "", "", `the closing bracket in "a" variable is missing`},
		{"$", "", "", `invalid parameter "$"`},
		{"${", "", "", `invalid parameter "${"`},
		{"$-x", "", "", `invalid parameter "$-x"`},
	} {
		name, rest, err := variable(c.text)
		switch {
		case err != nil:
			if c.fault == "" || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("%q: %v", c.text, err)
			}
		case c.fault != "" || name != c.name || rest != c.rest:
			t.Errorf("%q: %q, %q", c.text, name, rest)
		}
	}
}

func TestMillis(t *testing.T) {
	for ms, want := range map[int64]string{0: "0.000", 7: "0.007", 1234: "1.234", 1700000000050: "1700000000.050"} {
		if got := string(appendMillis(nil, ms)); got != want {
			t.Errorf("%d: %s", ms, got)
		}
	}
}

func TestStamp(t *testing.T) {
	s := stampNow()
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", s.local)
	if err != nil || at.Unix() != event.UnixNano()/1e9 {
		t.Errorf("%q: %v", s.local, err)
	}
	if iso, err := time.Parse(time.RFC3339, s.iso); err != nil || !iso.Equal(at) || strings.HasSuffix(s.iso, "Z") {
		t.Errorf("%q: %v", s.iso, err)
	}
	if n := testing.AllocsPerRun(100, func() { stampNow() }); n > 0.1 {
		t.Errorf("%v allocations", n)
	}
}

func TestFileCache(t *testing.T) {
	dir := t.TempDir()
	name := func(n string) string { return filepath.Join(dir, n) }
	fc := newCache(2)
	fc.minUses = 2
	a, err := fc.open(name("a"))
	if err != nil {
		t.Fatal(err)
	}
	a.Write([]byte("1"))
	a.done()
	if a.FD() >= 0 {
		t.Error("kept open after one use of two")
	}
	a, _ = fc.open(name("a"))
	a.done()
	if a.FD() < 0 {
		t.Error("not kept open")
	}
	if again, _ := fc.open(name("a")); again != a {
		t.Error("opened twice")
	} else {
		again.done()
	}
	fc.open(name("b"))
	c, _ := fc.open(name("c"))
	if a.FD() >= 0 || fc.recent.Len() != 2 {
		t.Error("the oldest file was not closed")
	}
	// One in use is closed by its last user.
	fc.open(name("d"))
	fc.open(name("e"))
	if c.FD() < 0 {
		t.Error("closed while in use")
	}
	c.done()
	if c.FD() >= 0 {
		t.Error("left open")
	}
	if _, err := fc.open(name("no/such")); err == nil || fc.byName[name("no/such")] != nil {
		t.Error("a file without a folder")
	}
}

// A file that was moved away is noticed after valid.
func TestFileCacheValid(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a")
	fc := newCache(2)
	fc.valid = 0
	a, _ := fc.open(name)
	a.done()
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	b, err := fc.open(name)
	if err != nil || b == a || a.FD() >= 0 {
		t.Error("the old file is still in use")
	}
}

func newCache(max int) *fileCache {
	fc, _ := parseFileCache(cacheCall(fmt.Sprintf("max=%d", max)))
	return fc
}

// A line costs no allocation.
func TestNoAllocation(t *testing.T) {
	r := &httpd.Request{Line: "GET /a HTTP/1.1", MethodName: "GET", UnparsedURI: "/a", Start: event.Now()}
	r.Main = r
	r.In.List = []httpd.Header{{Name: "User-Agent", Value: "a\"b", ID: http1.UserAgent}}
	r.Out.Status = 200
	var f format
	f.literal("x ")
	for name, run := range computed {
		f.ops = append(f.ops, op{run: run, text: name})
	}
	for name, run := range direct {
		if name != "remote_addr" && name != "remote_user" {
			f.ops = append(f.ops, op{run: run, text: name})
		}
	}
	buf := make([]byte, 0, 1024)
	n := testing.AllocsPerRun(100, func() {
		buf = buf[:0]
		for i := range f.ops {
			buf = f.ops[i].run(buf, r, &f.ops[i])
		}
	})
	if n > 0.1 {
		t.Errorf("%v allocations", n)
	}
	if !strings.Contains(string(buf), `a\x22b`) {
		t.Errorf("%s", buf)
	}
}
