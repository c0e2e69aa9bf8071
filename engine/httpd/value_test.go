package httpd

import (
	"strings"
	"testing"
)

// bare is a request on no connection, with places for variables.
func (g *rig) bare() *Request {
	r := new(Request)
	r.reset()
	r.Conn, r.Server = &Conn{}, g.http.servers[0]
	g.http.grow(r)
	r.setLocation(r.Server.ground)
	return r
}

func TestValues(t *testing.T) {
	g, err := build(t, "server { listen SOCK; }", nil)
	if err != nil {
		t.Fatal(g.log())
	}
	b := g.http
	count := 0
	b.DefineVar(Variable{Name: "twice", Volatile: true, Get: func(*Request) (string, bool) { count++; return strings.Repeat("x", count), true }})
	b.DefineVar(Variable{Name: "once", Get: func(*Request) (string, bool) { count++; return strings.Repeat("y", count), true }})
	for _, c := range []struct{ text, want string }{
		{"", ""}, {"plain", "plain"}, {"$args", "a=1"}, {"${args}b", "a=1b"}, {"$uri?$args", "/u?a=1"}, {"$uri$uri", "/u/u"},
		{"$1$2", ""}, {"x$1y", "xy"}, {"$URI", "/u"}, {"$arg_a", "1"}, {"a.$arg_none.b", "a..b"}, {"$args$", "!invalid variable name"},
		{"$", "!invalid variable name"}, {"$-", "!invalid variable name"}, {"${}", "!invalid variable name"}, {"${args", `!the closing bracket in "args" variable is missing`},
		{"${", "!invalid variable name"}, {"${-}", `!the closing bracket in "" variable is missing`},
	} {
		v, err := b.NewValue(c.text)
		if want, faulty := strings.CutPrefix(c.want, "!"); faulty {
			if want != "" && (err == nil || err.Error() != want) {
				t.Errorf("%s: %v, not %s", c.text, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		r := g.bare()
		r.URI, r.UnparsedURI, r.Args = "/u", "/u?a=1", "a=1"
		if got := v.Eval(r); got != c.want || v.Text() != c.text {
			t.Errorf("%s: %q, not %q", c.text, got, c.want)
		}
	}
	v, _ := b.NewValue("$twice$twice$once$once")
	count = 0
	if got := v.Eval(g.bare()); got != "xxxyyyyyy" {
		t.Error(got)
	}
}

func TestUnknownVariables(t *testing.T) {
	for text, want := range map[string]string{"$nobody": "nobody", "${1}": "1", "$0": "0", "x$a.$b": "a"} {
		g, err := build(t, "server { listen SOCK; say "+text+"; }", nil)
		if err == nil {
			t.Error(text, "taken")
		} else if !strings.Contains(g.log(), `[emerg] `) || !strings.Contains(g.log(), `unknown "`+want+`" variable`) {
			t.Error(g.log())
		}
	}
}

func TestVariableStates(t *testing.T) {
	g, err := build(t, "server { listen SOCK; }", nil)
	if err != nil {
		t.Fatal(g.log())
	}
	b := g.http
	n := 0
	volatile, _ := b.DefineVar(Variable{Name: "v", Volatile: true, Changeable: true, Get: func(r *Request) (string, bool) { n++; return r.Int(int64(n)), n%2 == 0 }})
	missing, _ := b.DefineVar(Variable{Name: "m", Get: func(*Request) (string, bool) { n++; return "", false }})
	args := b.Var("args")
	r := g.bare()
	if _, ok := r.Var(volatile); ok {
		t.Error("found at the first look")
	}
	if _, ok := r.CachedVar(volatile); ok || n != 1 {
		t.Error("computed again", n)
	}
	if v, ok := r.Var(volatile); !ok || v != "2" {
		t.Error(v, ok)
	}
	// A value that was set stands, though the variable is volatile.
	r.SetVar(volatile, "set")
	if v, ok := r.Var(volatile); !ok || v != "set" || n != 2 {
		t.Error(v, ok, n)
	}
	r.Var(missing)
	r.Var(missing)
	if n != 3 {
		t.Error("a missing value was computed again")
	}
	r.SetVar(args, "q=1")
	if r.Args != "q=1" || r.ValidURI {
		t.Error("$args has no effect")
	}
	r.UnsetVar(volatile)
	if _, ok := r.Var(volatile); ok {
		t.Error("unset, but found")
	}
	if _, err := b.DefineVar(Variable{Name: "Uri"}); err == nil || err.Error() != `the duplicate "Uri" variable` {
		t.Error(err)
	}
	if _, err := b.DefineVar(Variable{Name: ""}); err == nil || err.Error() != `invalid variable name "$"` {
		t.Error(err)
	}
	if v, ok, exists := r.LookupVar("arg_q"); v != "1" || !ok || !exists {
		t.Error(v, ok, exists)
	}
	if _, _, exists := r.LookupVar("nobody"); exists {
		t.Error("exists")
	}
}

func TestVariableCycle(t *testing.T) {
	g, err := build(t, "server { listen SOCK; }", nil)
	if err != nil {
		t.Fatal(g.log())
	}
	var i VarIndex
	i, _ = g.http.DefineVar(Variable{Name: "loop", Volatile: true, Get: func(r *Request) (string, bool) { v, _ := r.Var(i); return v, true }})
	r := g.bare()
	if v, _ := r.Var(i); v != "" || r.varDepth != 0 {
		t.Error(v, r.varDepth)
	}
}

func TestHeadLimits(t *testing.T) {
	type step struct {
		n           int
		ok, tooLong bool
	}
	for _, steps := range [][]step{
		{{1024, true, false}, {1, true, false}, {8191, true, false}, {8192, true, false}},
		{{1025, true, false}, {8192 - 1025, true, false}, {8192, true, false}, {8192, true, false}, {8192, true, false}, {8192, false, false}},
		{{8193, false, true}}, {{8192, true, false}},
		{{8000, true, false}, {8000, true, false}, {8000, true, false}, {8000, true, false}, {100, true, false}, {8000, false, false}},
	} {
		h := headLimits{free: 1024, large: 8192, left: 4}
		for i, s := range steps {
			ok, long := h.wouldTake(s.n)
			if ok2, long2 := h.take(s.n); ok != ok2 || long != long2 || ok != s.ok || long != s.tooLong {
				t.Errorf("%v: step %d: %v %v", steps, i, ok, long)
			}
		}
	}
}
