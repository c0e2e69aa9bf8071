package regex

import (
	"fmt"
	"strings"
	"testing"
)

func TestExec(t *testing.T) {
	for _, c := range []struct {
		pattern  string
		caseless bool
		subject  string
		groups   string
	}{
		{`^/user/(\d+)(/x)?(/.*)$`, false, "/user/42/name", `4 /user/42/name|42||/name`},
		{`\.PHP$`, true, "/index.php", `1 .php`},
		{`\.PHP$`, false, "/index.php", ``},
		{`^(?<lang>en|fr)(?<rest>.*)`, false, "english", `3 english|en|glish`},
		{`a$`, false, "a\n", `1 a`},
		{`x*`, false, "", `1 `},
	} {
		re, err := Compile(c.pattern, c.caseless)
		if err != nil {
			t.Fatal(err)
		}
		ov := make([]int32, 2*(re.Captures()+1))
		n, err := re.Exec(c.subject, ov)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if n > 0 {
			var parts []string
			for i := range n / 2 {
				parts = append(parts, Capture(c.subject, ov, i))
			}
			got = fmt.Sprint(n/2, " ", strings.Join(parts, "|"))
		}
		if got != c.groups {
			t.Errorf("%q on %q: %q, want %q", c.pattern, c.subject, got, c.groups)
		}
		if ok, _ := re.Match(c.subject); ok != (n > 0) {
			t.Errorf("%q: Match says %v", c.pattern, ok)
		}
	}
}

func TestSharedAndNames(t *testing.T) {
	a, _ := Compile(`(?<a>x)`, false)
	b, _ := Compile(`(?<a>x)`, false)
	c, _ := Compile(`(?<a>x)`, true)
	if a != b || a == c || len(a.Names()) != 1 || a.Names()[0] != (Name{Name: "a", Group: 1}) {
		t.Error(a == b, a == c, a.Names())
	}
	if _, err := Compile(`(`, false); err == nil || err.Error() != `pcre2_compile() failed: missing closing parenthesis in "("` {
		t.Error(err)
	}
	if got := Capture("abc", []int32{0, 1, -1, -1}, 1) + Capture("abc", []int32{0, 1}, 7); got != "" {
		t.Error(got)
	}
}

func TestMatchAny(t *testing.T) {
	one, _ := Compile("^a", false)
	two, _ := Compile("b$", false)
	slow, _ := Compile(`^(?:(a+)+)+$`, false)
	for s, want := range map[string]bool{"ax": true, "xb": true, "c": false} {
		if ok, err := MatchAny([]*Regex{one, two}, s); ok != want || err != nil {
			t.Error(s, ok, err)
		}
	}
	s := strings.Repeat("a", 40) + "!"
	_, err := MatchAny([]*Regex{slow, one}, s)
	if err == nil || err.Error() != `pcre2_match() failed: -47 on "`+s+`" using "^(?:(a+)+)+$"` {
		t.Error(err)
	}
}

func TestLuaOptions(t *testing.T) {
	for _, c := range []struct {
		opts, pattern, subject string
		offset                 int
		want                   string
	}{
		{"", "b(c)?", "abcd", 0, "2 [1 3 2 3]"},
		{"jo", "b(c)?", "abcd", 0, "2 [1 3 2 3]"},
		{"i", "B", "abcd", 0, "1 [1 2]"},
		{"a", "b", "ab", 0, "0 []"},
		{"a", "b", "ab", 1, "1 [1 2]"},
		{"d", "a|ab", "ab", 0, "1 [0 2]"},
		{"m", "^b", "a\nb", 0, "1 [2 3]"},
		{"s", "a.", "a\n", 0, "1 [0 2]"},
		{"x", "a b", "ab", 0, "1 [0 2]"},
		{"u", ".", "é", 0, "1 [0 2]"},
		{"U", ".", "é", 0, "1 [0 2]"},
		{"D", "(?<n>a)|(?<n>b)", "b", 0, "3 [0 1 -1 -1 0 1]"},
		{"J", `(a)?\1b`, "b", 0, "1 [0 1 -1 -1]"},
		{"u", ".", "\xff", 0, "pcre_exec() failed: -23"},
		{"", "(", "", 0, `pcre2_compile() failed: missing closing parenthesis in "("`},
		{"q", "a", "", 0, `unknown flag "q" (flags "q")`},
		{"jq", "a", "", 0, `unknown flag "q" (flags "jq")`},
		{"", "a", "a", 9, "pcre_exec() failed: -33"},
	} {
		cache := NewCache(8)
		got := ""
		re, err := cache.Get(c.pattern, c.opts)
		if err == nil {
			ov := make([]int32, 2*(re.Captures()+1))
			var n int
			if n, err = re.Exec(c.subject, c.offset, ov); n == 0 {
				ov = nil
			}
			got = fmt.Sprint(n, ov)
			re.Release()
		}
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q %q on %q: %s, want %s", c.opts, c.pattern, c.subject, got, c.want)
		}
	}
	_, err := NewCache(0).Get("("+strings.Repeat("x", 900), "")
	if len(err.Error()) != luaErrorMax {
		t.Error(len(err.Error()))
	}
}

func TestCacheBound(t *testing.T) {
	c := NewCache(2)
	get := func(p, o string) *LuaRegex {
		re, err := c.Get(p, o)
		if err != nil {
			t.Fatal(err)
		}
		return re
	}
	a := get("a", "o")
	get("b", "o")
	if get("a", "o") != a || get("a", "oi") == a {
		t.Error("options are part of the key")
	}
	if c.Len() != 2 || get("a", "o") != a {
		t.Error("the most recent was dropped")
	}
	b := get("b", "o")
	b.Release()
	if n, _ := b.Exec("b", 0, make([]int32, 2)); n != 1 {
		t.Error("a kept pattern was freed")
	}
	loose := get("z", "")
	if c.Len() != 2 || get("z", "") == loose {
		t.Error("kept without o")
	}
	none := NewCache(0)
	re, _ := none.Get("a", "o")
	re.Release()
	if none.Len() != 0 {
		t.Error("a cache of 0 keeps")
	}
}

func TestAllocations(t *testing.T) {
	re, _ := Compile(`^/api/(\w+)`, false)
	c := NewCache(8)
	c.Get("x", "jo")
	c.Get(`(\w)-`, "jo")
	ov := make([]int32, 8)
	if n := testing.AllocsPerRun(100, func() {
		re.Exec("/api/users", ov)
		for _, p := range [...]string{"x", `(\w)-`} {
			l, _ := c.Get(p, "jo")
			l.Exec("a-b", 0, ov)
			l.Release()
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzLua(f *testing.F) {
	f.Add("(a)(?<n>b)?", "joD", "xab", 0)
	f.Add("[", "q", "", 3)
	c := NewCache(4)
	f.Fuzz(func(t *testing.T, pattern, opts, subject string, offset int) {
		if strings.ContainsRune(opts, 'U') {
			return // the caller vouches for the subject then
		}
		re, err := c.Get(pattern, opts)
		if err != nil {
			_ = err.Error()
			return
		}
		ov := make([]int32, 2*(re.Captures()+1))
		re.Exec(subject, offset, ov)
		re.Release()
		if c.Len() > 4 {
			t.Fatal(c.Len())
		}
	})
}

func BenchmarkExec(b *testing.B) {
	re, _ := Compile(`^/api/v(\d)/(\w+)`, false)
	ov := make([]int32, 6)
	b.ReportAllocs()
	for b.Loop() {
		re.Exec("/api/v2/users/17", ov)
	}
}

func BenchmarkLuaCached(b *testing.B) {
	c := NewCache(1024)
	ov := make([]int32, 6)
	b.ReportAllocs()
	for b.Loop() {
		re, _ := c.Get(`(\d+)\.(\d+)`, "jo")
		re.Exec("version 1.27", 0, ov)
		re.Release()
	}
}
