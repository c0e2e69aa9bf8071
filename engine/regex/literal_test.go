package regex

import (
	"testing"

	"moongate/edge/native/pcre2"
)

func TestLiteral(t *testing.T) {
	for _, c := range []struct{ pattern, prefix, suffix string }{
		{`^/rx39/([a-z]+)$`, "/rx39/", ""},
		{`^/api/(v1|v2)/`, "/api/", ""},
		{`\.php$`, "", ".php"},
		{`^/a\.b\.c$`, "/a.b.c", "/a.b.c"},
		{`^/download/(.*)/media/(.*)\.m-p_3$`, "/download/", ".m-p_3"},
		{`^ab?c`, "a", ""},
		{`^ab*`, "a", ""},
		{`^ab{0,2}c`, "a", ""},
		{`^ab+c`, "ab", ""},
		{`^a\.?b`, "a", ""},
		{`^a\d`, "a", ""},
		{`^a|b`, "", ""},
		{`^(a|b)c`, "", ""},
		{`^a[|]b`, "", ""},
		{`^a[(]b|c`, "", ""},
		{`^/x(?i)y`, "", ""},
		{`(?i)^/x`, "", ""},
		{`^a(?#|)b`, "", ""},
		{`^a(*ACCEPT)b$`, "", ""},
		{`(*CRLF)^a`, "", ""},
		{`\Qa|$`, "", ""},
		{`a\$`, "", ""},
		{`a\\.b$`, "", "b"},
		{`a\\\.b$`, "", ".b"},
		{`\x2e$`, "", ""},
		{`a\Ebc$`, "", ""},
		{`^a\E?b`, "", ""},
		{`$`, "", ""},
		{`^$`, "", ""},
		{``, "", ""},
		{`\.(gif|jpg)$`, "", ""},
		{"^/\xc3\xa9", "/", ""},
	} {
		l := literalOf(c.pattern, false)
		if l.prefix != c.prefix || l.suffix != c.suffix {
			t.Errorf("%q: begins with %q, ends with %q", c.pattern, l.prefix, l.suffix)
		}
	}
	for _, c := range []struct {
		pattern, subject string
		caseless, want   bool
	}{
		{`^/a`, "/a", false, true},
		{`^/a`, "/A", false, false},
		{`^/a`, "/A", true, true},
		{`\.PHP$`, "/x.php", true, true},
		{`\.php$`, "/x.php\n", false, true},
		{`\.php$`, "/x.phps", false, false},
		{`\.php$`, "hp", false, false},
		{`^/a`, "", false, false},
	} {
		re, err := Compile(c.pattern, c.caseless)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := re.Match(c.subject); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.subject, got)
		}
	}
}

// Every short pattern is tried on every short subject: whatever is rejected, PCRE2 rejects too.
func TestLiteralOfShortPatterns(t *testing.T) {
	parts := []string{"a", "b", "?", "*", "{0}", "+", "|", "(", ")", "(?:", "(?#", "[", "]", `\`, `\E`, `\Q`, `\.`, ".", "^", "$"}
	subjects := []string{"", "a", "b", "aa", "ab", "ba", "bb", ".", "a.", "b\n", "aab", "a|", `a\`}
	const depth = 4
	var try func(pattern string, left int)
	try = func(pattern string, left int) {
		for _, p := range []string{"^" + pattern, pattern + "$", "^" + pattern + "$"} {
			l := literalOf(p, false)
			if l.prefix == "" && l.suffix == "" {
				continue
			}
			code, err := pcre2.Compile(p, 0, 0)
			if err != nil {
				continue
			}
			for _, s := range subjects {
				if l.rejects(s) && code.Match(s, 0, 0, nil) >= 0 {
					t.Errorf("%q matches %q, but is rejected for %q, %q", p, s, l.prefix, l.suffix)
				}
			}
			code.Close()
		}
		if left > 0 {
			for _, x := range parts {
				try(pattern+x, left-1)
			}
		}
	}
	try("", depth)
}

// The same for patterns that the fuzzer makes up.
func FuzzLiteral(f *testing.F) {
	for _, c := range [][2]string{
		{`^/a(b|c)[|]$`, "/ab|"}, {`^a?b$`, "b"}, {`\\.b$`, `\xb`}, {`^a(?R)?b$`, "aabb"}, {`(*ANYCRLF)^a.b$`, "a b\r"},
		{`^\Qa|b$`, "a|b$"}, {`x{2,3}y$`, "xxy\n"}, {`^[[:alpha:](]|z`, "z"}, {`a\Kb$`, "ab"}, {`(?<n>^a|b)c$`, "bc"},
	} {
		f.Add(c[0], c[1], false)
		f.Add(c[0], c[1], true)
	}
	f.Fuzz(func(t *testing.T, pattern, subject string, caseless bool) {
		l := literalOf(pattern, caseless)
		if !l.rejects(subject) {
			return
		}
		var options uint32
		if caseless {
			options = pcre2.Caseless
		}
		code, err := pcre2.Compile(pattern, options, pcre2.JIT)
		if err != nil {
			return
		}
		defer code.Close()
		if rc := code.Match(subject, 0, pcre2.JIT, nil); rc >= 0 {
			t.Errorf("%q matches %q, but is rejected for %q, %q", pattern, subject, l.prefix, l.suffix)
		}
	})
}
