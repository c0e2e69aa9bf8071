package sub

import (
	"strings"
	"testing"
)

// replace runs text through a search in parts of a size.
func replace(text string, size int, once bool, pairs ...string) string {
	s := &search{once: once}
	for i := 0; i < len(pairs); i += 2 {
		s.add(pairs[i])
	}
	var out strings.Builder
	var held []byte
	for at := 0; at <= len(text); at += size {
		end := min(at+size, len(text))
		data := append(held, text[at:end]...)
		used := s.run(data, at+size > len(text), func(plain []byte, found int) {
			out.Write(plain)
			if found >= 0 {
				out.WriteString(pairs[2*found+1])
			}
		})
		held = append([]byte(nil), data[used:]...)
	}
	return out.String() + string(held)
}

func TestReplace(t *testing.T) {
	for _, c := range []struct {
		text  string
		once  bool
		pairs []string
		want  string
	}{
		{"abcabc", true, []string{"b", "X"}, "aXcabc"},
		{"abcabc", false, []string{"b", "X"}, "aXcaXc"},
		{"ABab", false, []string{"aB", "x"}, "xx"},
		{"aaab", false, []string{"aab", "x"}, "ax"},
		{"aaaa", false, []string{"aa", "x"}, "xx"},
		{"foobar", false, []string{"foobaz", "1", "foo", "2"}, "2bar"},
		{"foobaz", false, []string{"foo", "2", "foobaz", "1"}, "2baz"},
		{"one two one two", true, []string{"one", "1", "two", "2"}, "1 2 one two"},
		{"abab", false, []string{"abc", "x"}, "abab"},
		{"x", false, []string{"xyz", "1"}, "x"},
		{"éÉ", false, []string{"é", "e"}, "eÉ"},
		{"ab", false, []string{"ab", ""}, ""},
	} {
		for size := 1; size < 8; size++ {
			if got := replace(c.text, size, c.once, c.pairs...); got != c.want {
				t.Errorf("%q in parts of %d by %q: %q, not %q", c.text, size, c.pairs, got, c.want)
			}
		}
	}
}

// However a body is cut, the result is the same.
func FuzzReplace(f *testing.F) {
	f.Add("abcabcabd", "abd", "bc", 3)
	f.Fuzz(func(t *testing.T, text, a, b string, size int) {
		if a == "" || b == "" || size < 1 || size > 100 || strings.EqualFold(a, b) {
			return
		}
		want := replace(text, len(text)+1, false, a, "<1>", b, "<2>")
		if got := replace(text, size, false, a, "<1>", b, "<2>"); got != want {
			t.Errorf("%q in parts of %d: %q, not %q", text, size, got, want)
		}
	})
}
