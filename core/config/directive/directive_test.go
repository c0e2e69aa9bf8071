package directive

import (
	"strings"
	"testing"
	"time"

	"moongate/core/config/syntax"
)

type conf struct {
	flag   Value[bool]
	num    Value[int]
	size   Value[int64]
	off    Value[int64]
	msec   Value[time.Duration]
	sec    Value[time.Duration]
	str    Value[string]
	list   Value[[]string]
	pairs  Value[[]KeyVal]
	enum   Value[uint8]
	bits   Value[uint32]
	bufs   Value[Buffers]
	parsed Value[string]
}

var setters = map[string]Setter{
	"flag":    Flag(func(c *conf) *Value[bool] { return &c.flag }),
	"num":     Int(func(c *conf) *Value[int] { return &c.num }),
	"between": Int(func(c *conf) *Value[int] { return &c.num }).Between(400, 599),
	"atleast": Int(func(c *conf) *Value[int] { return &c.num }).AtLeast(2),
	"size":    Size(func(c *conf) *Value[int64] { return &c.size }),
	"off":     Off(func(c *conf) *Value[int64] { return &c.off }),
	"msec":    Msec(func(c *conf) *Value[time.Duration] { return &c.msec }),
	"sec":     Sec(func(c *conf) *Value[time.Duration] { return &c.sec }),
	"str":     Str(func(c *conf) *Value[string] { return &c.str }),
	"list":    StrList(func(c *conf) *Value[[]string] { return &c.list }),
	"pairs":   KeyVals(func(c *conf) *Value[[]KeyVal] { return &c.pairs }),
	"enum":    Enum(func(c *conf) *Value[uint8] { return &c.enum }, map[string]uint8{"any": 1, "all": 0}),
	"bits":    Bits(func(c *conf) *Value[uint32] { return &c.bits }, map[string]uint32{"error": 2, "timeout": 4, "off": 8}),
	"bufs":    Bufs(func(c *conf) *Value[Buffers] { return &c.bufs }),
	"parsed": Parsed(func(c *conf) *Value[string] { return &c.parsed }, func(c *Call) (string, error) {
		if c.Args[0] == "bad" {
			return "", Helped(Reason("is bad"), "write good")
		}
		return strings.ToUpper(c.Args[0]), nil
	}).Text(syntax.Quote),
}

// set runs lines through their setters and returns the last fault.
func set(t *testing.T, c *conf, text string, w Walker) *syntax.Error {
	t.Helper()
	for _, n := range syntax.Parse("f", []byte(text)) {
		call := &Call{Node: n, Name: n.Name, Args: n.Args, Walker: w}
		if err := setters[n.Name].Set(call, c); err != nil {
			return call.Place(err)
		}
	}
	return nil
}

func TestSetters(t *testing.T) {
	for _, test := range []struct{ text, setter, want string }{
		{"flag ON;", "flag", "on"},
		{"flag off;", "flag", "off"},
		{"num 0012;", "num", "12"},
		{"between 599;", "num", "599"},
		{"atleast 2;", "num", "2"},
		{"size 8k;", "size", "8k"},
		{"size 1024K;", "size", "1m"},
		{"size 1500;", "size", "1500"},
		{"off 2G;", "off", "2g"},
		{"msec 1h30m;", "msec", "1h30m"},
		{"msec 1500ms;", "msec", "1s500ms"},
		{"msec 30;", "msec", "30s"},
		{"msec '1m 30';", "msec", "1m30s"},
		{"sec 1y2M;", "sec", "425d"},
		{"str 'a b';", "str", `"a b"`},
		{"list a b; list 'c d';", "list", `a b "c d"`},
		{"pairs a b; pairs c '';", "pairs", `a b c ""`},
		{"enum ALL;", "enum", "all"},
		{"bits timeout; bits error;", "bits", "error timeout"},
		{"bufs 8 4k;", "bufs", "8 4k"},
		{"parsed x;", "parsed", "X"},
	} {
		var c conf
		if err := set(t, &c, test.text, nil); err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if got := setters[test.setter].Format(&c); got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
	}
}

func TestFaults(t *testing.T) {
	for text, want := range map[string]string{
		"flag maybe;":               `invalid value "maybe" in "flag" directive, it must be "on" or "off"`,
		"flag on; flag off;":        `"flag" directive is duplicate`,
		"num -1;":                   `"num" directive invalid number`,
		"num 99999999999999999999;": `"num" directive invalid number`,
		"num '';":                   `"num" directive invalid number`,
		"between 399;":              "value must be between 400 and 599",
		"atleast 1;":                "value must be equal to or greater than 2",
		"size 1g;":                  `"size" directive invalid value`,
		"size k;":                   `"size" directive invalid value`,
		"size '';":                  `"size" directive invalid value`,
		"off 9999999999g;":          `"off" directive invalid value`,
		"msec 1y;":                  `"msec" directive invalid value`,
		"sec 1ms;":                  `"sec" directive invalid value`,
		"enum some;":                `invalid value "some"`,
		"bits error; bits some;":    `invalid value "some"`,
		"bufs 0 4k;":                `"bufs" directive invalid value`,
		"bufs 4 0;":                 `"bufs" directive invalid value`,
		"parsed bad;":               `"parsed" directive is bad`,
	} {
		err := set(t, new(conf), text, nil)
		if err == nil || err.Error() != want+" in f:1" {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	if err := set(t, new(conf), "parsed bad;", nil); err.Help != "write good" {
		t.Errorf("help: %q", err.Help)
	}
}

// The values were checked with nginx -t and the source of ngx_parse_time.
func TestParseTime(t *testing.T) {
	for _, test := range []struct {
		text string
		sec  bool
		want int64 // -1 for a fault
	}{
		{"0", true, 0}, {"1", false, 1000}, {"1s", false, 1000}, {"1s5ms", false, 1005}, {"5ms1s", false, -1},
		{"1d2h3m4s", true, 93784}, {"1h1h", true, -1}, {"1m1h", true, -1}, {"1M1m", true, 2592060}, {"1M", false, -1},
		{"1y1M1w1d", true, 31536000 + 2592000 + 604800 + 86400}, {"1w", false, 604800000},
		{"1h 30m", true, 5400}, {"1h 30", true, 5400 - 1800 + 30}, {"30 ", true, 30}, {"30 5", true, 35}, {"30s 5", true, -2}, {"30 5s", true, -1},
		{"", true, -1}, {"h", true, -1}, {"1x", true, -1}, {"-1", true, -1}, {"1ms", false, 1}, {"1ms1ms", false, -1},
		{"9223372036854775807", true, 9223372036854775807}, {"9223372036854775808", true, -1}, {"9223372036854775807", false, -1},
		{"106751991167300d", true, 9223372036854720000}, {"106751991167301d", true, -1},
	} {
		got, ok := parseTime(test.text, test.sec)
		if test.want == -2 {
			test.want = 35 // the blank behind "s" belongs to the unit
		}
		if !ok && test.want != -1 || ok && got != test.want {
			t.Errorf("%q (seconds %v): got %d %v, want %d", test.text, test.sec, got, ok, test.want)
		}
	}
	if d, ok := ParseSec("300y"); !ok || d != 1<<63-1 {
		t.Errorf("300y: %v %v", d, ok)
	}
}

func FuzzParseValues(f *testing.F) {
	f.Add("1h30m")
	f.Add("8k")
	f.Fuzz(func(t *testing.T, text string) {
		if d, ok := ParseMsec(text); ok && d < 1<<62 {
			if again, ok := ParseMsec(FormatTime(d)); !ok || again != d {
				t.Fatalf("%q is %v, written %q, read %v", text, d, FormatTime(d), again)
			}
		}
		if n, ok := ParseOffset(text); ok {
			if again, ok := ParseOffset(FormatOffset(n)); !ok || again != n {
				t.Fatalf("%q is %d, written %q, read %d", text, n, FormatOffset(n), again)
			}
		}
		if n, ok := ParseSize(text); ok {
			if again, ok := ParseSize(FormatSize(n)); !ok || again != n {
				t.Fatalf("%q is %d, written %q, read %d", text, n, FormatSize(n), again)
			}
		}
	})
}

func TestInherit(t *testing.T) {
	var parent, child, other conf
	set(t, &parent, "num 5; str a; list x;", nil)
	set(t, &child, "str b;", nil)
	for _, s := range setters {
		s.Inherit(&parent, &child)
		s.Inherit(&child, &other)
	}
	if child.num.V != 5 || child.str.V != "b" || other.str.V != "b" || strings.Join(other.list.V, "") != "x" {
		t.Errorf("child %+v, other %+v", child, other)
	}
	at, written := setters["num"].(Placer).Place(&child)
	if !written || at.Line != 1 {
		t.Errorf("place of an inherited value: %v %v", at, written)
	}
}

func TestDefaults(t *testing.T) {
	var c conf
	set(t, &c, "num 5;", nil)
	for name, text := range map[string]string{"num": "7", "size": "4k", "bufs": "8 4k", "list": "a 'b c'", "bits": "error timeout", "flag": "on"} {
		if err := setters[name].ApplyDefault(text, &c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c.num.V != 5 || c.size.V != 4096 || c.size.Written || c.bufs.V != (Buffers{8, 4096}) || len(c.list.V) != 2 || c.bits.V != 6 || !c.flag.V {
		t.Errorf("got %+v", c)
	}
	if err := setters["flag"].ApplyDefault("maybe", new(conf)); err == nil {
		t.Error("a wrong default is taken")
	}
}

type logWalker struct{ lines []string }

func (w *logWalker) Walk([]*syntax.Node, Context, Scope, any) error { return nil }
func (w *logWalker) Include(n *syntax.Node, each func([]*syntax.Node) error) error {
	return each(syntax.Parse(n.Args[0], []byte("in cluded;\n bad {}")))
}
func (w *logWalker) Log(level string, at syntax.Pos, text string) {
	w.lines = append(w.lines, level+" "+text+at.In())
}

func TestWarn(t *testing.T) {
	w := new(logWalker)
	set(t, new(conf), "bits error;\nbits error timeout;", w)
	if got := strings.Join(w.lines, "|"); got != `warn duplicate value "error" in f:2` {
		t.Error(got)
	}
	n := syntax.Parse("f", []byte("a {\n b;\n}"))[0]
	c := &Call{Node: n, Name: "a", Walker: w}
	c.Deprecated("b")
	c.Walk(n.Body, Main, nil)
	if got := w.lines[1]; got != `warn the "a" directive is deprecated, use the "b" directive instead in f:1` {
		t.Error(got)
	}
	if e := c.Place(Reason("is wrong")); e.Error() != `"a" directive is wrong in f:3` {
		t.Error(e)
	}
}

func TestPairs(t *testing.T) {
	run := func(text string) (string, error) {
		var seen []string
		c := &Call{Node: syntax.Parse("f", []byte(text))[0], Walker: new(logWalker)}
		err := c.Pairs(func(p *syntax.Node) error {
			seen = append(seen, p.Name+"="+strings.Join(p.Args, ","))
			if p.Name == "wrong" {
				return Reason("is wrong")
			}
			return nil
		})
		return strings.Join(seen, " "), err
	}
	for _, test := range []struct{ text, seen, fault string }{
		{"m { a b; 'c d' e f;}", "a=b c d=e,f", ""},
		{"m { a;\nwrong;\nb; }", "a= wrong=", "is wrong in f:2"},
		{"m { a; b {} }", "a=", `unexpected "{" in f:1`},
		{"m { a; include g; c; }", "a= in=cluded", `unexpected "{" in g:2`},
		{"m { a;\n", "a=", `unexpected end of file, expecting "}" in f:2`},
	} {
		seen, err := run(test.text)
		fault := ""
		if err != nil {
			fault = err.Error()
		}
		if seen != test.seen || fault != test.fault {
			t.Errorf("%q: got %q, %q; want %q, %q", test.text, seen, fault, test.seen, test.fault)
		}
	}
}

func TestArgs(t *testing.T) {
	for _, test := range []struct {
		args Args
		ok   string // the counts taken, of 0..9
	}{
		{NoArgs, "0"}, {Take12, "12"}, {Take7, "7"}, {FlagArg, "1"}, {Any, "0123456789"}, {OneMore, "123456789"}, {TwoMore, "23456789"},
	} {
		for n := 0; n <= 9; n++ {
			if got := test.args.Accepts(n); got != strings.Contains(test.ok, string(rune('0'+n))) {
				t.Errorf("%s takes %d arguments: %v", test.args, n, got)
			}
		}
	}
	if got := (HTTP | ServerIf).String(); got != "http, if in server" {
		t.Error(got)
	}
	if got := len(Anywhere.Words()); got != contexts {
		t.Error(got)
	}
}
