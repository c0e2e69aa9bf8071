package conf

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
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
			return out, nil
		}}
}

// show writes a tree in one line: words with their quotes away, blocks in braces.
func show(list []*Node) string {
	var out []string
	for _, n := range list {
		text := strings.Join(n.Words, "|")
		if n.Block {
			text += "{" + show(n.Body) + "}"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func read(t *testing.T, d disk) (tree, faults string) {
	t.Helper()
	f, err := Read("/k.conf", d.options())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, x := range f.Faults {
		list = append(list, f.Where(x.Pos)+x.Text)
	}
	return show(f.Nodes), strings.Join(list, "; ")
}

func TestText(t *testing.T) {
	for _, c := range []struct{ text, tree, faults string }{
		{"", "", ""},
		{"global_defs {\n router_id LVS_1\n}\n", "global_defs{router_id|LVS_1}", ""},
		{"a\n{\nb c\n}\nd", "a{b|c} d", ""},
		{"a { b }\nc {\nd e }", "a{b} c{d|e}", ""},
		{"a { b c } d", "a{b|c} d", ""},
		{"a;b ; c", "a;b|;|c", ""},
		{"! all\na b ! c\nd # e\n\"f ! g\" 'h ! i'\nj\\!k l\\#m", "a|b d f ! g|h j!k|l#m", "(Line 4) Unterminated quote ''h'"},
		{"script \"'/bin/a b' c\"\nx a\"b c\"d ''", "script|'/bin/a b' c x|ab cd|", ""},
		{`a \x41\102\cA\tx\q "\"{" '}'`, "a|AB\x01\txq|\"{|}", ""},
		{"a \\x", "a|x", ""},
		{"vi {\n{\n}\nb\n}", "vi{} b", "(Line 2) Unexpected '{' - ignoring; (Line 5) Extra '}' found"},
		{"a }\n}\nb", "a b", "(Line 1) Extra '}' found; (Line 2) Extra '}' found"},
		{"a {\nb {\nc", "a{b{c}}", "There are 2 missing '}'s or extra '{'s"},
		{"a 'b", "a|b", "(Line 1) Unterminated quote ''b'"},
	} {
		tree, faults := read(t, disk{"/k.conf": c.text})
		if tree != c.tree || faults != c.faults {
			t.Errorf("%q:\n%s (%s), want\n%s (%s)", c.text, tree, faults, c.tree, c.faults)
		}
	}
}

func TestDefinitions(t *testing.T) {
	for _, c := range []struct {
		text, tree string
		wrong      []int // lines; the words are ours
	}{
		{"$A=10.0.0.1\nip ${A}/24 $A x$A ${A}", "ip|10.0.0.1/24|10.0.0.1|x10.0.0.1|10.0.0.1", nil},
		{"  $A=x y\n a $A", "a|x|y", nil},
		{"$A=\na [${A}] $A", "a|[]", nil},
		{"a $A ${B}c $ $5 \"${D} e\"", "a|$A|${B}c|$|$5|${D} e", nil},
		{"$A=${B}\n$B=1\na ${A}\n$B=2\na ${A}", "a|1 a|2", nil},
		{"$A=${A}\nb\na ${A}", "b a", []int{3}},
		{"$A= \\\n b c \\\n d {\\\n e\\\n }\na {\n$A\n}", "a{b|c d{e}}", nil},
		{"$A=@main\n$A x y\n@main b\n@^main c\n@other d\n@^other e\n@main\tf", "x|y b e f", nil},
		{"@main $V=1\na ${V}\n@other $V=2\na ${V}", "a|1 a|1", nil},
		{"a ${_HASH} ${_BANG} ${_PWD} ${_INSTANCE} ${_RANDOM 7 7}", "a|#|!|/|one|7", nil},
		{"a ${_ENV MOONGATE_NO_SUCH}", "a|${_ENV MOONGATE_NO_SUCH}", nil},
		{"~SEQ(I, 1, 3) ip 10.0.0.$I /32 ${I}", "ip|10.0.0.1|/32|1 ip|10.0.0.2|/32|2 ip|10.0.0.3|/32|3", nil},
		{"~SEQ(I, 2) a${I}\n~SEQ(I, -2) b${I}\n~SEQ(I, 3, 1) c${I}\n~SEQ(I, 0, 5, 10) d${I}", "a1 a2 b-1 b-2 c3 c2 c1 d0 d5 d10", nil},
		{"~SEQx(I, 9, 11) ${I}", "9 a b", nil},
		{"~LST(V, x, y) ${V}\n~LST({V,W}, {1,2}, {3,4}) ${W}${V}", "x y 21 43", nil},
		{"$N=2\n~SEQ(A, ${N}) ~SEQ(B, ${N}) v${A}${B} { w }", "v11{w} v12{w} v21{w} v22{w}", nil},
		{"~SEQ(I, 1, 0, 5) a\n~SEQ(I, 1, 99999999) a\n~SEQ a\n~SEQ(I, x) a\n~X(I, 1) a\n~LST({V,W}, {1}) a", "", []int{1, 2, 3, 4, 5, 6}},
	} {
		f, err := Read("/k.conf", disk{"/k.conf": c.text}.options())
		if err != nil {
			t.Fatal(err)
		}
		var wrong []int
		for _, x := range f.Faults {
			wrong = append(wrong, x.Pos.Line)
		}
		if tree := show(f.Nodes); tree != c.tree || !slices.Equal(wrong, c.wrong) {
			t.Errorf("%q:\n%s %v, want\n%s %v", c.text, tree, f.Faults, c.tree, c.wrong)
		}
	}
}

func TestIncludes(t *testing.T) {
	d := disk{
		"/k.conf":       "a\ninclude sub/*.conf\nb {\ninclude \"in.conf\"\n}\ninclude {x,y}.conf\ninclude none.conf\nincluder none.conf\nincludem none.conf\nincludew n*.conf\nincludeb {x,n}.conf\ninclude",
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
	if got, want := show(f.Nodes), "a one inner two|9{b{} inner} x y x"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var got []string
	for _, x := range f.Faults {
		got = append(got, fmt.Sprintf("%s%s %v", f.Where(x.Pos), x.Text, x.Required))
	}
	want := []string{
		"(/in.conf: Line 1) Extra '}' found false",
		"(/y.conf: Line 2) '/k.conf' includes itself - ignoring false",
		"(/y.conf: Line 3) Extra '}' found false",
		"(/k.conf: Line 7) Config files missing 'none.conf'. false",
		"(/k.conf: Line 8) Config files missing 'none.conf'. false",
		"(/k.conf: Line 9) Config files missing 'none.conf'. true",
		"(/k.conf: Line 10) Config files missing 'n*.conf'. true",
		"(/k.conf: Line 11) Config files missing '{x,n}.conf'. true",
		"(/k.conf: Line 12) *** Configuration line starting `include` is missing a parameter after keyword `include` at word position 1 false",
	}
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(f.Names) != 8 {
		t.Errorf("%d files: %v", len(f.Names), f.Names)
	}
	if _, err := Read("/nobody", d.options()); err == nil {
		t.Error("a file that is not there is read")
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
		var walk func(list []*Node, depth int)
		walk = func(list []*Node, depth int) {
			for _, n := range list {
				if len(n.Words) == 0 || n.Pos.Line < 1 {
					t.Fatalf("a statement of %d words at line %d", len(n.Words), n.Pos.Line)
				}
				walk(n.Body, depth+1)
			}
		}
		walk(file.Nodes, 0)
	})
}
