package conf

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// disk is files in memory.
type disk map[string]string

func (d disk) options() Options {
	return Options{ID: "main", Instance: "one",
		Read: func(name string) ([]byte, error) {
			text, ok := d[name]
			if !ok {
				return nil, fs.ErrNotExist
			}
			return []byte(text), nil
		},
		Glob: func(pattern string) (out []string, err error) {
			for name := range d {
				if ok, _ := path.Match(pattern, name); ok {
					out = append(out, name)
				}
			}
			sort.Strings(out)
			if pattern == "/d" {
				out = []string{"/d/"}
			}
			return out, nil
		}}
}

// show writes lines in one: words with their quotes away, braces as they are.
func show(list []Line) string {
	var out []string
	for _, l := range list {
		if l.Brace != 0 {
			out = append(out, string(l.Brace))
		} else {
			out = append(out, strings.Join(l.Words, "|"))
		}
	}
	return strings.Join(out, " ")
}

// faults are all of a file, with the places where the first process sees them.
func faults(f *File) (list []string) {
	for _, l := range f.Lines {
		for _, x := range l.Faults {
			list = append(list, f.Where(x.Pos)+x.Text)
		}
	}
	for _, x := range f.Faults {
		list = append(list, f.Where(x.Pos)+x.Text)
	}
	return list
}

func read(t *testing.T, d disk) (lines, wrong string) {
	t.Helper()
	f, err := Read("/k.conf", d.options())
	if err != nil {
		t.Fatal(err)
	}
	return show(f.Lines), strings.Join(faults(f), "; ")
}

func TestText(t *testing.T) {
	for _, c := range []struct{ text, lines, faults string }{
		{"", "", ""},
		{"global_defs {\n router_id LVS_1\n}\n", "global_defs { router_id|LVS_1 }", ""},
		{"a\n{\nb c\n}\nd", "a { b|c } d", ""},
		{"a { b }\nc {\nd e }", "a { b } c { d|e }", ""},
		{"a { b c } d", "a { b|c } d", ""},
		{"a;b ; c", "a;b|;|c", ""},
		{"! all\na b ! c\nd # e\n\"f ! g\" 'h ! i'\nj\\!k l\\#m", "a|b d f ! g|'h j\\!k|l\\#m", ""},
		{"script \"'/bin/a b' c\"\nx a\"b c\"d ''", "script|'/bin/a b' c x|a|b c|d|''", ""},
		{`a \x "{" '}'`, `a|\x|{|' } '`, "(Line 1) Extra '}' found"},
		{`a "b\" { c" d`, `a|b\ { c`, `(Line 1) Unmatched quote: 'c" d'`},
		{`a b\" c`, `a|b\`, `(Line 1) Unmatched quote: 'a b\" c'`},
		{`a "b\" c`, `a|b\|c`, `(Line 1) Unterminated quote 'a "b\" c'`},
		{"a ${B}c", "a|$ { B } c", ""},
		{"vi {\n{\n}\nb\n}", "vi { { } b }", ""},
		{"a }\n}\nb", "a } } b", "(Line 1) Extra '}' found; (Line 2) Extra '}' found"},
		{`a "b`, "a", `(Line 1) Unterminated quote 'a "b'; (Line 1) Unmatched quote: 'a "b'`},
	} {
		lines, faults := read(t, disk{"/k.conf": c.text})
		if lines != c.lines || faults != c.faults {
			t.Errorf("%q:\n%s (%s), want\n%s (%s)", c.text, lines, faults, c.lines, c.faults)
		}
	}
	f, err := Read("/k.conf", disk{"/k.conf": "a {\nb {\nc"}.options())
	if err != nil || f.Open != 2 {
		t.Errorf("%d braces are open, want 2 (%v)", f.Open, err)
	}
}

func TestQuoted(t *testing.T) {
	for _, c := range []struct{ text, words, wrong string }{
		{`a b	c`, "a|b|c", ""},
		{`script "'/bin/a b' c" d`, "script|'/bin/a b' c|d", ""},
		{`a"b c"d '' x\ y`, "ab cd||x y", ""},
		{`a \x41\102\cA\tx\q "\"{" '\}'`, "a|AB\x01\txq|\"{|\\}", ""},
		{`a 'b`, "", `String 'a 'b': missing terminating '`},
		{`a \`, "", `Missing escape char at end: 'a \'`},
	} {
		words, wrong := Quoted(c.text)
		if got := strings.Join(words, "|"); got != c.words || wrong != c.wrong {
			t.Errorf("%s: %s (%s), want %s (%s)", c.text, got, wrong, c.words, c.wrong)
		}
	}
}

func TestDefinitions(t *testing.T) {
	seq := func(kind, line string) string {
		return "Invalid ~SEQ " + kind + " '" + line + "'; Invalid ~SEQ specification '" + line + "'"
	}
	for _, c := range []struct{ text, lines, faults string }{
		{"$A=10.0.0.1\nip ${A}/24 $A x$A ${A}", "ip|10.0.0.1/24|10.0.0.1|x10.0.0.1|10.0.0.1", ""},
		{"  $A=x y\n a $A", "a|x|y", ""},
		{"$A=\na [${A}] $A", "a|[]", ""},
		{"a $A $ $5 \"${D} e\"", "a|$A|$|$5|${D} e", ""},
		{"$A=${B}\n$B=1\na ${A}\n$B=2\na ${A}", "a|1 a|2", ""},
		{"$A=${A}\nb\na ${A}", "b a", "definitions use each other: ${A}"},
		{"$A= \\\n b c \\\n d {\\\n e\\\n }\na {\n$A\n}", "a { b|c d { e } }", ""},
		{"$A=@main\n$A x y\n@main b\n@^main c\n@other d\n@^other e\n@main\tf", "x|y b e f", ""},
		{"@main $V=1\na ${V}\n@other $V=2\na ${V}", "a|1 a|1", ""},
		{"a ${_HASH} ${_BANG} ${_PWD} ${_INSTANCE} ${_RANDOM 7 7}", "a|#|!|/|one|7", ""},
		{"a \"${_ENV MOONGATE_NO_SUCH}\"", "a|${_ENV MOONGATE_NO_SUCH}", ""},
		{"~SEQ(I, 1, 3) ip 10.0.0.$I /32 ${I}", "ip|10.0.0.1|/32|1 ip|10.0.0.2|/32|2 ip|10.0.0.3|/32|3", ""},
		{"~SEQ(I, 2) a${I}\n~SEQ(I, -2) b${I}\n~SEQ(I, 3, 1) c${I}\n~SEQ(I, 0, 5, 10) d${I}", "a1 a2 b-1 b-2 c3 c2 c1 d0 d5 d10", ""},
		{"~SEQx(I, 0x9, 11) ${I}\n~SEQ(I 1 2) e${I}", "9 a b e1 e2", ""},
		{"~LST(V, x, y) ${V}\n~LST({V,W}, {1,2}, {3,4}) ${W}${V}\n~LST({V,W}, {1}) [${V}${W}]", "x y 21 43 [1]", ""},
		{"$N=2\n~SEQ(A, ${N}) ~SEQ(B, ${N}) v${A}${B} { w }", "v11 { w } v12 { w } v21 { w } v22 { w }", ""},
		{"$V= \\\n v${A}\\\n w${B}\n~SEQ(A, 2) ~LST(B, x, y) $V", "v1 wx v1 wy v2 wx v2 wy", ""}, // as the manual says
		{"~SEQ(I, 1, 0, 5) a", "", seq("values", "~SEQ(I, 1, 0, 5) a")},
		{"~SEQ(I, 1, 99999999) a", "", seq("values", "~SEQ(I, 1, 99999999) a")},
		{"~SEQ(I, x) a", "", seq("definition", "~SEQ(I, x) a")},
		{"~SEQ(I) a", "", seq("definition", "~SEQ(I) a")},
		{"~SEQ a\n~X(I, 1) a\n~", "~SEQ|a ~X(I,|1)|a ~", ""},
		{"~LST({V,W}, {1,2,3}) a", "", "Invalid ~LST specification '~LST({V,W}, {1,2,3}) a'"},
	} {
		lines, faults := read(t, disk{"/k.conf": c.text})
		faults = place.ReplaceAllString(faults, "")
		if lines != c.lines || faults != c.faults {
			t.Errorf("%q:\n%s (%s), want\n%s (%s)", c.text, lines, faults, c.lines, c.faults)
		}
	}
}

var place = regexp.MustCompile(`\(Line \d+\) `)

func TestIncludes(t *testing.T) {
	d := disk{
		"/k.conf":       "a\ninclude sub/*.conf\nb {\ninclude \"in.conf\"\n}\ninclude {x,y}.conf\ninclude none.conf\nincluder none.conf\nincludem none.conf\nincludew n*.conf\nincludeb {x,n}.conf\ninclude\n$I=include\n$I x.conf\ninclude d",
		"/sub/1.conf":   "one\ninclude ../in.conf\n$V=9\n",
		"/sub/2.conf":   "two ${V} {",
		"/in.conf":      "}inner",
		"/x.conf":       "x",
		"/y.conf":       "y\ninclude k.conf\n}",
		"/not/me.conf":  "never",
		"/sub/not.text": "never",
	}
	f, err := Read("/k.conf", d.options())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(f.Lines), "a one } inner two|9 { b { } inner } x y } x include x"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	want := []string{
		"(../in.conf: Line 1) Extra '}' found",
		"(y.conf: Line 2) 'k.conf' includes itself - ignoring",
		"(y.conf: Line 3) Extra '}' found",
		"(Line 7) Config files missing 'none.conf'.",
		"(Line 8) Config files missing 'none.conf'.",
		"(Line 9) Config files missing 'none.conf'. required",
		"(Line 10) No config files matched 'n*.conf'. required",
		"(Line 11) Some config files missing: \"{x,n}.conf\". required",
		"(Line 15) Configuration file 'd/' is a directory - skipping",
	}
	if got := required(f); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(f.Names) != 9 {
		t.Errorf("%d files: %v", len(f.Names), f.Names)
	}
	if _, err := Read("/nobody", d.options()); err == nil {
		t.Error("a file that is not there is read")
	}
}

// required are the faults, marked where somebody has asked for them to be errors.
func required(f *File) (list []string) {
	add := func(x Fault) {
		text := f.Where(x.Pos) + x.Text
		if x.Required {
			text += " required"
		}
		list = append(list, text)
	}
	for _, l := range f.Lines {
		for _, x := range l.Faults {
			add(x)
		}
	}
	for _, x := range f.Faults {
		add(x)
	}
	return list
}

func TestIncludeCheck(t *testing.T) {
	for text, want := range map[string]bool{
		"include none":                                          false,
		"include_check\ninclude none":                           true,
		"include_check match\ninclude none":                     true,
		"include_check wildcard_match\ninclude none":            false,
		"include_check\ninclude_check -match\ninclude none":     false,
		"include_check +match\ninclude none":                    true,
		"include in\ninclude none":                              false, // what a file sets ends with it
		"include_check brace_match\ninclude in\ninclude {none}": true,
	} {
		f, err := Read("/k.conf", disk{"/k.conf": text, "/in": "include_check"}.options())
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, line := range required(f) {
			got = got || strings.HasSuffix(line, " required")
		}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Files are called what the one that includes them calls them, and the first what
// the user does.
func TestShown(t *testing.T) {
	d := disk{"/etc/k/k.conf": "include in/*.conf\ninclude {a,b}.inc\nx ${_PWD}", "/etc/k/in/a.conf": "include ../c.inc\ninclude /etc/d.inc\nx ${_PWD}", "/etc/k/a.inc": "x", "/etc/k/c.inc": "x", "/etc/d.inc": "x"}
	o := d.options()
	o.Shown = "../k/k.conf"
	f, err := Read("/etc/k/k.conf", o)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(f.Names, " "), "../k/k.conf in/a.conf ../c.inc /etc/d.inc a.inc"; got != want {
		t.Errorf("the files are %s, want %s", got, want)
	}
	var lines []string
	for _, l := range f.Lines {
		lines = append(lines, strings.Join(l.Words, " ")+" "+strings.TrimSpace(f.Where(l.Pos)))
	}
	if got, want := strings.Join(lines, "\n"), "x (../c.inc: Line 1)\nx (/etc/d.inc: Line 1)\nx /etc/k/in (in/a.conf: Line 3)\nx (a.inc: Line 1)\nx /etc/k (Line 3)"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Whatever comes, reading ends, and in little room.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"a {\nb 'c' \"d\" \\x41 }", "$A=1\n$A $A\n~SEQ(I,1,3) a${I}", "@main include k.conf", "$A=\\\nx\\\ny\n$A", "~LST({A,B},{1,2}) $A ${B}", "include {a,b}*"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := disk{"/k.conf": text, "/a.conf": "x {\n}", "/b.conf": text}
		file, err := Read("/k.conf", d.options())
		if err != nil {
			t.Fatal(err)
		}
		open := 0
		for _, l := range file.Lines {
			if (len(l.Words) == 0) == (l.Brace == 0) || l.Pos.Line < 1 {
				t.Fatalf("a line of %d words at line %d, brace %q", len(l.Words), l.Pos.Line, l.Brace)
			}
			switch l.Brace {
			case '{':
				open++
			case '}':
				open = max(open-1, 0)
			}
		}
		if open != file.Open {
			t.Fatalf("%d braces are open, not %d", open, file.Open)
		}
	})
}
