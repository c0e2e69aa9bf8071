package pcre2

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func compile(t testing.TB, pattern string, options uint32, mode Mode) *Code {
	t.Helper()
	c, err := Compile(pattern, options, mode)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern string
		options uint32
		mode    Mode
		subject string
		offset  int
		want    string
	}{
		{`(\d+)-(x)?(\w)`, 0, JIT, "ab 12-y", 0, "4 [3 7 3 5 -1 -1 6 7]"},
		{`(\d+)-(x)?(\w)`, 0, 0, "ab 12-y", 0, "4 [3 7 3 5 -1 -1 6 7]"},
		{`a(b)?`, 0, JIT, "a", 0, "1 [0 1 -1 -1]"},
		{`ABC`, Caseless, JIT, "xabc", 0, "1 [1 4]"},
		{`^b`, Multiline, JIT, "a\nb", 0, "1 [2 3]"},
		{`b`, Anchored, JIT, "ab", 0, "-1 []"},
		{`b`, Anchored, JIT, "ab", 1, "1 [1 2]"},
		{`a.b`, DotAll, JIT, "a\nb", 0, "1 [0 3]"},
		{`a|ab|abc`, 0, DFA, "xabcd", 0, "1 [1 4]"},
		{`(a)(b)`, 0, DFA, "ab", 0, "1 [0 2]"},
		{`.`, UTF, JIT, "é", 0, "1 [0 2]"},
		{`.`, 0, JIT, "é", 0, "1 [0 1]"},
		{``, 0, JIT, "", 0, "1 [0 0]"},
		{`x`, 0, JIT, "x", 2, "-33 []"},
		{`x`, UTF, JIT, "\xff", 0, "-23 []"},
		{`[]|x`, JavaScript, JIT, "x", 0, "1 [0 1]"},
	} {
		code := compile(t, c.pattern, c.options, c.mode)
		ov := make([]int32, 2*(code.Captures()+1))
		rc := code.Match(c.subject, c.offset, c.mode, ov)
		if rc < 0 {
			ov = nil
		}
		if got := fmt.Sprint(rc, ov); got != c.want {
			t.Errorf("%q on %q: %s, want %s", c.pattern, c.subject, got, c.want)
		}
		code.Close()
		code.Close()
	}
}

func TestShortOvector(t *testing.T) {
	code := compile(t, `(a)(b)(c)`, 0, JIT)
	ov := []int32{7, 7, 7, 7, 7}
	if rc := code.Match("abc", 0, JIT, ov); rc != 4 || fmt.Sprint(ov) != "[0 3 0 1 7]" {
		t.Error(rc, ov)
	}
	if rc := code.Match("abc", 0, JIT, nil); rc != 4 {
		t.Error(rc)
	}
}

func TestErrorsAsNginx(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{`^(.*`, `pcre2_compile() failed: missing closing parenthesis in "^(.*"`},
		{`a)b`, `pcre2_compile() failed: unmatched closing parenthesis in "a)b" at ")b"`},
		{`[a`, `pcre2_compile() failed: missing terminating ] for character class in "[a"`},
		{`(?<n>a)(?<n>b)`, `pcre2_compile() failed: two named subpatterns have the same name (PCRE2_DUPNAMES not set) in "(?<n>a)(?<n>b)" at "b)"`},
		{`\`, `pcre2_compile() failed: \ at end of pattern in "\"`},
	} {
		if _, err := Compile(c.pattern, 0, JIT); err == nil || err.Error() != c.want {
			t.Errorf("%s\n got %v\nwant %s", c.pattern, err, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	code := compile(t, `(?<year>\d+)-(\d)(?<a>x)`, 0, JIT)
	if got := fmt.Sprint(code.Names(), code.Captures()); got != "[{a 3} {year 1}] 3" {
		t.Error(got)
	}
	if got := fmt.Sprint(compile(t, `(?J)(?<n>a)|(?<n>b)`, 0, 0).Names()); got != "[{n 1} {n 2}]" {
		t.Error(got)
	}
}

func TestLimits(t *testing.T) {
	slow := compile(t, `^(?:(a+)+)+$`, 0, 0)
	if rc := slow.Match(strings.Repeat("a", 40)+"b", 0, 0, nil); rc != MatchLimit {
		t.Error(rc, Message(rc))
	}
	SetLuaLimits(1000, 0)
	if rc := slow.Match(strings.Repeat("a", 12)+"b", 0, LuaLimits, nil); rc != MatchLimit {
		t.Error(rc)
	}
	SetLuaLimits(0, 0)
	if rc := slow.Match(strings.Repeat("a", 12)+"b", 0, LuaLimits, nil); rc != NoMatch {
		t.Error(rc)
	}
	deep := compile(t, `^(?:(.)(.))*?(ab|b)$`, 0, JIT)
	if deep.JITError() != 0 {
		t.Skip("no JIT compiler on this machine")
	}
	subject := strings.Repeat("xy", 2000) + "ab"
	if rc := deep.Match(subject, 0, JIT|LuaLimits, nil); rc != JITStackLimit {
		t.Error(rc, "with 32 KiB of stack")
	}
	if rc := deep.Match(subject, 0, JIT, nil); rc < 0 {
		t.Error(rc, "with 1 MiB of stack")
	}
	SetLuaLimits(0, 1<<20)
	if rc := deep.Match(subject, 0, JIT|LuaLimits, nil); rc < 0 {
		t.Error(rc, "with the stack Lua asked for")
	}
	SetLuaLimits(0, 0)
}

func TestCollected(t *testing.T) {
	for i := range 2000 {
		compile(t, fmt.Sprintf("a{%d}(b|c)+", i%50+1), 0, JIT)
	}
	runtime.GC()
	runtime.GC()
	if n := compile(t, "abc", 0, JIT).Size(); n < 100 {
		t.Error(n)
	}
	if !strings.HasPrefix(Version(), "10.") {
		t.Error(Version())
	}
}

func TestHammerThreads(t *testing.T) {
	code := compile(t, `(\d+)([a-z]+)`, 0, JIT)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			runtime.LockOSThread()
			s := strings.Repeat(" ", i) + strings.Repeat("1", i+1) + "ab"
			want := fmt.Sprint([]int32{int32(i), int32(2*i + 3), int32(i), int32(2*i + 1), int32(2*i + 1), int32(2*i + 3)})
			ov := make([]int32, 6)
			for range 2000 {
				if rc := code.Match(s, 0, JIT, ov); rc != 3 || fmt.Sprint(ov) != want {
					t.Errorf("%d %v, want %s", rc, ov, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestMatchAllocations(t *testing.T) {
	code := compile(t, `^/api/(\w+)`, 0, JIT)
	var ov [4]int32
	if n := testing.AllocsPerRun(100, func() { code.Match("/api/users", 0, JIT, ov[:]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{`(a|b)*c`, `(?<x>\d)\k<x>`, `[[:alpha:]]+`, `(?i)x{2,5}?`, `\p{L}+$`, `(?R)?a`, `(?J)(?<n>a)(?<n>b)`, `[`, `\Q..\E`} {
		f.Add(s, "abcab11xxx..", uint32(0), 0)
	}
	f.Fuzz(func(t *testing.T, pattern, subject string, options uint32, offset int) {
		options &= Caseless | Multiline | DotAll | Extended | Anchored | UTF | DupNames | JavaScript
		code, err := Compile(pattern, options, JIT)
		if err != nil {
			_ = err.Error()
			return
		}
		defer code.Close()
		ov := make([]int32, 2*(code.Captures()+1))
		rc := code.Match(subject, offset, JIT, ov)
		for i := 0; rc >= 0 && i < len(ov); i++ {
			if ov[i] < -1 || int(ov[i]) > len(subject) {
				t.Fatal(rc, ov)
			}
		}
		code.Match(subject, offset, DFA, ov)
		for _, n := range code.Names() {
			if n.Group < 1 || n.Group > code.Captures() || n.Name == "" {
				t.Fatal(n)
			}
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	code := compile(b, `\.(jpe?g|png)$`, 0, JIT)
	var ov [4]int32
	b.ReportAllocs()
	for b.Loop() {
		code.Match("/images/2024/photo-of-the-moon.jpg", 0, JIT, ov[:])
	}
}
