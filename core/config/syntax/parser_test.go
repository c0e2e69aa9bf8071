package syntax

import (
	"reflect"
	"strings"
	"testing"
)

// flat writes a tree as name(args){body} for comparison.
func flat(nodes []*Node) string {
	var parts []string
	for _, n := range nodes {
		if n.Name == "" && n.Err != nil {
			parts = append(parts, "!"+n.Err.Error())
			continue
		}
		s := n.Name + "(" + strings.Join(n.Args, "|") + ")"
		switch {
		case n.IsRaw:
			s += "<" + n.Raw + ">"
			if n.Err != nil {
				s += "!" + n.Err.Error()
			}
		case n.HasBody:
			s += "{" + flat(n.Body) + "}"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

// The faults and their lines were checked with nginx -t.
func TestParse(t *testing.T) {
	long := strings.Repeat("a", 5000)
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{" # only a comment", ""},
		{"a;b  c\td\r\n;", "a() b(c|d)"},
		{"a{b;}c{}", "a(){b()} c(){}"},
		{`a "b c" 'd "e' "f\"g";`, `a(b c|d "e|f"g)`},
		{`a "x\ty\n\\z\w" 'it\'s' p\;q;`, "a(x\ty\n\\z\\w|it's|p\\;q)"},
		{`a b"c"d e'f;`, `a(b"c"d|e'f)`},
		{`a ${b}c "${d}" $e{ f; }`, "a(${b}c|${d}|$e){f()}"},
		{`a $b { c; }`, `a($b){c()}`},
		{"a #b\n c;", "a(c)"},
		{"a b#c;", "a(b#c)"},
		{`if ($a = "b") { c; }`, `if(($a|=|b|)){c()}`},
		{"a \"b\nc\";", "a(b\nc)"},
		{`a "";`, "a()"},
		{";", `!unexpected ";" in f:1`},
		{"\n{", `!unexpected "{" in f:2`},
		{"a;\n}", `a() !unexpected "}" in f:2`},
		{"a {\n b }", `a(){!unexpected "}" in f:2}`},
		{"a {\n b\n c ; d }\n", `a(){b(c) !unexpected "}" in f:3}`},
		{"a {\n b x\n", `a(){!unexpected end of file, expecting ";" or "}" in f:3}`},
		{"a {\n b x\n }\n", `a(){!unexpected "}" in f:3}`},
		{"a {\n b;\n", `a(){b() !unexpected end of file, expecting "}" in f:3}`},
		{"a", `!unexpected end of file, expecting ";" or "}" in f:1`},
		{`a "b`, `!unexpected end of file, expecting ";" or "}" in f:1`},
		{`a "b"c;`, `!unexpected "c" in f:1`},
		{"a {b;}\n\n c 'd'};", `a(){b()} !unexpected "}" in f:3`},
		{"ok;\na\n \"" + long + "\n\";", `ok() !too long parameter, probably missing terminating """ character in f:3`},
		{"ok;\na\n " + long + ";", `ok() !too long parameter "aaaaaaaaaa..." started in f:3`},
		{"ok;\n#" + long + "\nb;", `ok() !too long parameter "#aaaaaaaaa..." started in f:2`},
		{"ok;" + strings.Repeat(" ", 5000) + "b;", "ok() b()"},
		{"a " + long[:4095] + ";", "a(" + long[:4095] + ")"},
		{"a " + long[:4096] + ";", `!too long parameter "aaaaaaaaaa..." started in f:1`},
		{"\ufeffa;", "\ufeffa()"},
	} {
		got := flat(Parse("f", []byte(test.text)))
		if got != test.want {
			t.Errorf("%.200q:\n got %.300s\nwant %.300s", test.text, got, test.want)
		}
	}
}

func TestParseLua(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"x_by_lua_block { a = {} } b;", "x_by_lua_block()< a = {} > b()"},
		{"x_by_lua_block{}", "x_by_lua_block()<>"},
		{"set_by_lua_block $a { return '}' }", "set_by_lua_block($a)< return '}' >"},
		{`x_by_lua_block { s = "a\"}" }`, `x_by_lua_block()< s = "a\"}" >`},
		{"x_by_lua_block { -- it's }\n }", "x_by_lua_block()< -- it's }\n >"},
		{"x_by_lua_block { --[[ } ]] }", "x_by_lua_block()< --[[ } ]] >"},
		{"x_by_lua_block { --[==[ } ]] ]=] ]==] }", "x_by_lua_block()< --[==[ } ]] ]=] ]==] >"},
		{"x_by_lua_block { s = [[\n}\n]] t[1] = 2 }", "x_by_lua_block()< s = [[\n}\n]] t[1] = 2 >"},
		{"x_by_lua_block { --[= }\n }", "x_by_lua_block()< --[= }\n >"},
		{"x_by_lua_block { a - b }", "x_by_lua_block()< a - b >"},
		{"x_by_lua_block { s = \"a\\\n}\" }", "x_by_lua_block()< s = \"a\\\n}\" >"},
		{"x_by_lua_block {\n {\n\n", "x_by_lua_block()<\n {\n\n>!unexpected end of file, expecting terminating characters for lua code block in f:2"},
		{"x_by_lua_block {\n f([==[ }\n", "x_by_lua_block()<\n f([==[ }\n>!Lua code block missing the closing long bracket \"]==]\", the inlined Lua code may be too long in f:2"},
		{"x_by_lua_block {\n it's }\nb c}", "x_by_lua_block()<\n it's > !unexpected end of file, expecting \";\" or \"}\" in f:3"},
	} {
		if got := flat(Parse("f", []byte(test.text))); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestLines(t *testing.T) {
	nodes := Parse("f", []byte("# c\na\n b\n;\nc\n d {\n\n e;\n}\nx_by_lua_block\n{\n [[\n]] '\\\n' --\n}\nz;"))
	want := [][3]int{{2, 4, 4}, {5, 6, 9}, {10, 11, 15}, {16, 16, 16}}
	for i, n := range nodes {
		if got := [3]int{n.First, n.Pos.Line, n.Last}; got != want[i] {
			t.Errorf("%s: first, pos, last = %v, want %v", n.Name, got, want[i])
		}
	}
}

func TestParseParam(t *testing.T) {
	for text, want := range map[string]string{
		"daemon off; pid x;":    "daemon(off) pid(x)",
		"daemon off":            `!unexpected end of parameter, expecting ";" in command line`,
		"events {}":             "!block directives are not supported in -g option in command line",
		"a; }":                  `a() !unexpected "}" in command line`,
		strings.Repeat(" ", 10): "",
	} {
		if got := flat(ParseParam(text)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestFault(t *testing.T) {
	if f := Fault(Parse("f", []byte("a { b { c } }"))); f == nil || f.Pos.Line != 1 {
		t.Errorf("fault in a nested block: %v", f)
	}
	if f := Fault(Parse("f", []byte("a { b; }"))); f != nil {
		t.Errorf("fault in a good text: %v", f)
	}
	if f := Fault(Parse("f", []byte(strings.Repeat("a{", 2000)))); f == nil || f.Text != "too many nested blocks" {
		t.Errorf("deep nesting: %v", f)
	}
}

func TestWords(t *testing.T) {
	if got := Words(`8 4k "a b"`); !reflect.DeepEqual(got, []string{"8", "4k", "a b"}) {
		t.Errorf("got %q", got)
	}
	if got := Words(""); len(got) != 0 {
		t.Errorf("empty text: got %q", got)
	}
}
