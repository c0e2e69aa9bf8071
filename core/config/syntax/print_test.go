package syntax

import (
	"slices"
	"strings"
	"testing"
)

func TestQuote(t *testing.T) {
	for word, want := range map[string]string{
		"":         `""`,
		"abc":      "abc",
		"a b":      `"a b"`,
		`a"b`:      `a"b`,
		`"a`:       `'"a'`,
		"#a":       `"#a"`,
		"a#b":      "a#b",
		"${a}b":    "${a}b",
		"a{b":      `"a{b"`,
		"a;":       `"a;"`,
		`a\d`:      `"a\d"`,
		`a\nb`:     `"a\\nb"`,
		`a\`:       `"a\\"`,
		"$":        "$",
		"$ {":      `"$ {"`,
		`'"`:       `"'\""`,
		"a\nb":     "\"a\nb\"",
		"}":        `"}"`,
		"a}":       "a}",
		"~^/(.*)$": "~^/(.*)$",
	} {
		got := Quote(word)
		if got != want {
			t.Errorf("Quote(%q) = %s, want %s", word, got, want)
		}
		if back := Words(got); len(back) != 1 || back[0] != word {
			t.Errorf("Quote(%q) = %s is read as %q", word, got, back)
		}
	}
}

func TestPrint(t *testing.T) {
	text := "a 1;\n# gone\nb 'x y' {c; d{e;}}\nx_by_lua_block { say('}') }"
	want := "a 1;\nb \"x y\" {\n    c;\n    d {\n        e;\n    }\n}\nx_by_lua_block { say('}') }\n"
	if got := Print(Parse("f", []byte(text))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// FuzzParse holds that printing and parsing lose nothing, and that no text
// makes the parser fail otherwise than by a fault.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a b { c 'd'; }", `if ($a = "b") { return 200 "x\n"; }`, "x_by_lua_block { [==[ } ]==] -- }\n '}' }", "map $a ${b} { ~^x y; }",
		`a \{ \; "\\" $ ${ ;`, "a \"x'y\\\"\" '';", "#c\n}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tree := Parse("f", []byte(text))
		if Fault(tree) != nil {
			return
		}
		printed := Print(tree)
		again := Parse("f", []byte(printed))
		if fault := Fault(again); fault != nil {
			if strings.HasPrefix(fault.Text, "too long parameter") {
				return // quotes made a word cross the limit
			}
			t.Fatalf("%q printed as %q: %v", text, printed, fault)
		}
		if !slices.EqualFunc(tree, again, same) {
			t.Fatalf("%q printed as %q is another tree", text, printed)
		}
		if twice := Print(again); twice != printed {
			t.Fatalf("%q printed twice: %q", printed, twice)
		}
	})
}

func same(a, b *Node) bool {
	return a.Name == b.Name && slices.Equal(a.Args, b.Args) && a.HasBody == b.HasBody && a.Raw == b.Raw &&
		slices.EqualFunc(a.Body, b.Body, same)
}
