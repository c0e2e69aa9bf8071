package regex

import (
	"strings"
	"testing"

	"moongate/edge/native/pcre2"
)

func TestNamed(t *testing.T) {
	for _, c := range []struct {
		pattern, options, subject string
		from, at                  int
	}{
		{"b+", "", "abbb", 0, 1},
		{"b+", "", "abbb", 2, 2},
		{"(?<=a)b", "", "ab", 1, 1},
		{"B", "", "abbb", 0, -1},
		{"B", "caseless", "abbb", 0, 1},
		{"a.c", "", "a\nc", 0, -1},
		{"a.c", "dotall", "a\nc", 0, 0},
		{"^c", "multiline", "a\nc", 0, 2},
		{"a b # comment", "extended", "ab", 0, 0},
		{"a$", "dollar_endonly", "a\n", 0, -1},
		{"b", "firstline", "a\nb", 0, -1},
		{"^é.$", "utf ucp", "éß", 0, 0},
	} {
		re, err := CompileNamed(c.pattern, strings.Fields(c.options))
		if err != nil {
			t.Fatal(err)
		}
		if at, err := re.Find(c.subject, c.from); at != c.at || err != nil {
			t.Errorf("%s with %q in %q from %d: at %d, want %d, %v", c.pattern, c.options, c.subject, c.from, at, c.at, err)
		}
	}
	for name := range pcre2.ByName {
		if _, err := CompileNamed("a", []string{name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := CompileNamed("a", []string{"nonesuch"}); err == nil {
		t.Error("an unknown option is taken")
	}
	if _, err := CompileNamed("(", nil); err == nil {
		t.Error("a bad pattern is taken")
	}
	re, _ := CompileNamed("a", nil)
	if _, err := re.Find("a", 2); err == nil {
		t.Error("an offset behind the end is taken")
	}
}
