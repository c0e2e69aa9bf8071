package luajit

import (
	"fmt"
	"strings"
	"testing"
)

func newState(t testing.TB) *State {
	t.Helper()
	st, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(st.Close)
	return st
}

func function(t testing.TB, st *State, code string) Ref {
	t.Helper()
	if err := st.Main().Load(code, "=test"); err != nil {
		t.Fatal(err)
	}
	r := st.Ref(st.Main(), -1)
	st.Main().Pop(1)
	return r
}

func thread(t testing.TB, st *State) Thread {
	t.Helper()
	th, err := st.NewThread()
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// run calls code with fn as the global "go" and gives what it returned, printed.
func run(t testing.TB, st *State, code string) string {
	t.Helper()
	b := st.Tape()
	b.Ref(function(t, st, code))
	vs, err := st.Main().Call(b, false)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, v := range vs {
		s, ok := v.Text()
		if !ok {
			s = v.Type().String()
			if v.Type() == TBoolean {
				s = fmt.Sprint(v.Bool())
			}
		}
		out = append(out, strings.Clone(s))
	}
	st.Main().Pop(len(vs))
	return strings.Join(out, " ")
}

func global(t testing.TB, st *State, name string, fn Func) {
	t.Helper()
	id := st.Register(fn)
	if err := st.SetGlobal(name, func(b Tape) { b.Func(id, 0) }); err != nil {
		t.Fatal(err)
	}
}

func TestCallbackResults(t *testing.T) {
	st := newState(t)
	global(t, st, "f", func(c *Call) Result {
		b := c.Out()
		switch c.Str(1) {
		case "many":
			for i := range int(c.Num(2)) {
				b.Int(i + 1)
			}
		case "raise":
			b.Str("oops")
			return Raise
		case "where":
			return c.Error("bad %s", "thing")
		case "arg":
			return c.TypeError(2, "string")
		case "panic":
			panic("boom")
		case "table":
			b.Table(2, 2)
			b.Str("x")
			b.SetI(1)
			b.Str("k")
			b.Bool(true)
			b.Set()
			b.Nil()
			b.Bool(true)
			b.Set()
		case "pairs":
			b.Table(0, 2)
			b.Pair("a", "1")
			b.Pair("b", "")
			b.PairTrue("a")
			b.Pair("a", "3")
		case "again":
			b.Again(c.N())
		case "count":
			b.Int(c.N())
			if c.N() > 0 {
				b.Str(c.Arg(c.N()).Str())
			}
		case "long":
			b.Str(strings.Repeat("y", 300000))
			b.Str("after")
		}
		return Return
	})
	for _, c := range []struct{ code, want string }{
		{`return f()`, ``},
		{`return f("many", 5)`, `1 2 3 4 5`},
		{`return select("#", f("many", 7000))`, `7000`},
		{`return pcall(f, "raise")`, `false oops`},
		{`return f("raise")`, `error: oops`},
		{`local ok, e = pcall(function() f("where") end) return e`, `test:1: bad thing`},
		{`local ok, e = pcall(function() f("arg") end) return e`, `test:1: bad argument #2 to 'f' (string expected, got no value)`},
		{`return pcall(f, "panic")`, `false runtime panic: boom`},
		{`local t = f("table") return t[1], t.k, next({})`, `x true nil`},
		{`local t = f("pairs") return t.b, #t.a, t.a[1], t.a[2], t.a[3]`, ` 3 1 true 3`},
		{`local t = {} return f("again", t) == t`, `true`},
		{`return f("count", 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,"z")`, `18 z`},
		{`local a, b = f("long") return #a, b`, `300000 after`},
	} {
		if got := run(t, st, c.code); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.code, got, c.want)
		}
	}
	if st.vm.tape_len != 0 || st.Main().Top() != 0 {
		t.Errorf("left over: tape %d, stack %d", st.vm.tape_len, st.Main().Top())
	}
}

func TestYieldAcrossPcall(t *testing.T) {
	st := newState(t)
	global(t, st, "wait", func(c *Call) Result {
		c.Out().Str(c.Str(1))
		return Yield
	})
	fn := function(t, st, `local ok, a, b = pcall(function(x) local r = wait(x) .. "!" return r, wait("two") end, ...) error(a .. b .. tostring(ok), 0)`)
	th := thread(t, st)
	b := st.Tape()
	b.Ref(fn)
	b.Str("one")
	s, vs := th.Resume(b)
	if s != Yielded || vs.At(1).Str() != "one" {
		t.Fatal(s, vs)
	}
	b = st.Tape()
	b.Str("r1")
	s, vs = th.Resume(b)
	if s != Yielded || vs.At(1).Str() != "two" || len(vs) != 1 {
		t.Fatal(s, vs)
	}
	b = st.Tape()
	b.Str("r2")
	s, vs = th.Resume(b)
	if s != Failed || vs.At(1).Str() != "r1!r2true" {
		t.Fatal(s, vs.At(1).Str())
	}
	if s, _ = th.Resume(st.Tape()); s != Failed {
		t.Fatal("a dead thread was resumed")
	}
	st.Put(th, false)
	th2 := thread(t, st)
	if th2 != th {
		t.Error("the thread was not pooled")
	}
	b = st.Tape()
	b.Ref(function(t, st, `return 7`))
	if s, vs = th2.Resume(b); s != Finished || vs.At(1).Num() != 7 {
		t.Error(s, vs)
	}
	if s, _ = thread(t, st).Resume(st.Tape()); s != Failed {
		t.Error("an empty thread was resumed")
	}
	if got := run(t, st, `return pcall(wait)`); got != "false attempt to yield across C-call boundary" {
		t.Error(got)
	}
}

func TestNestedCallsAndFinalizers(t *testing.T) {
	st := newState(t)
	var freed []int64
	gc := st.Register(func(c *Call) Result {
		h, _ := c.Arg(1).Handle()
		freed = append(freed, h)
		c.Out().Str(strings.Repeat("z", 10000))
		return Return
	})
	m := st.Main()
	b := st.Tape()
	b.Table(0, 1)
	b.Str("__gc")
	b.Func(gc, 0)
	b.Set()
	if _, err := m.Do(b); err != nil {
		t.Fatal(err)
	}
	meta := st.Ref(m, -1)
	m.Pop(1)
	global(t, st, "handle", func(c *Call) Result { c.Out().Handle(int64(c.Num(1)), meta); return Return })
	global(t, st, "back", func(c *Call) Result {
		out := c.Out()
		out.Str("before")
		r := c.Ref(1)
		in := c.State().Tape()
		in.Take(r)
		in.Str("x")
		vs, err := c.Thread().Call(in, false)
		if err != nil {
			out.Str(err.Error())
			return Return
		}
		s := strings.Clone(vs.At(1).Str())
		c.Thread().Pop(len(vs))
		out.Str(s)
		return Return
	})
	if got := run(t, st, `return back(function(s) return back(function(r) return r .. s end) end)`); got != "before before" {
		t.Error(got)
	}
	if got := run(t, st, `return back(function(s) error("inner", 0) end)`); got != "before inner" {
		t.Error(got)
	}
	if got := run(t, st, `local n, last = 0 local function f() n = n + 1 last = select(2, back(f)) return last end return f(), n`); !strings.Contains(got, " 180") || !strings.Contains(got, "C stack overflow") {
		t.Error(got)
	}
	if got := run(t, st, `for i = 1, 200 do handle(i) for j = 1, 200 do local s = j .. "/" .. i end end`); got != "" {
		t.Error(got)
	}
	run(t, st, `collectgarbage() collectgarbage()`)
	if len(freed) != 200 {
		t.Errorf("%d of 200 freed", len(freed))
	}
}

func TestFlatten(t *testing.T) {
	st := newState(t)
	global(t, st, "show", func(c *Call) Result {
		vs, ok := c.Flatten(1, int(c.Num(2)))
		if !ok {
			return c.TypeError(1, "table")
		}
		var s strings.Builder
		for _, v := range vs {
			switch v.Type() {
			case TTable:
				fmt.Fprintf(&s, "{%d ", v.Len())
			case TEnd:
				s.WriteString("} ")
			default:
				x, _ := v.Text()
				s.WriteString(x + " ")
			}
		}
		c.Out().Str(s.String())
		return Return
	})
	for _, c := range []struct{ code, want string }{
		{`return show({}, 2)`, ``},
		{`return show({1, "b"}, 2)`, `1 1 2 b `},
		{`return show({a = {1, {2}}}, 2)`, `a {4 1 1 2 {0 } `},
		{`return show({a = {1, {2}}}, 9)`, `a {7 1 1 2 {2 1 2 } } `},
		{`local t = {} t[1] = t return #show(t, 50) > 0`, `true`},
		{`return pcall(show, 5)`, `false bad argument #1 to '?' (table expected, got number)`},
	} {
		if got := run(t, st, c.code); got != c.want {
			t.Errorf("%s: %q, want %q", c.code, got, c.want)
		}
	}
}

func TestThreadsFromLua(t *testing.T) {
	st := newState(t)
	global(t, st, "ex", func(c *Call) Result {
		c.Out().Int(int(c.Exdata()))
		return Return
	})
	global(t, st, "spawn", func(c *Call) Result { // a new coroutine with a copy of the function, as ngx.thread.spawn
		th := thread(t, c.State())
		b := c.State().Tape()
		b.Exdata(99)
		b.Copy(c.Thread(), 1)
		b.Copy(c.Thread(), 2)
		_, vs := th.Resume(b)
		n := vs.At(1).Num()
		c.State().Put(th, false)
		c.Out().Num(n)
		return Return
	})
	th := thread(t, st)
	b := st.Tape()
	b.Exdata(42)
	b.Ref(function(t, st, `local co = coroutine.wrap(function() return ex() end)
		return ex(), co(), spawn(function(x) return ex() + x end, 1)`))
	s, vs := th.Resume(b)
	if s != Finished || vs.At(1).Num() != 42 || vs.At(2).Num() != 42 || vs.At(3).Num() != 100 {
		t.Fatal(s, vs, vs.first())
	}
	if th.Exdata() != 42 {
		t.Error(th.Exdata())
	}
	var made Thread
	global(t, st, "take", func(c *Call) Result { made = c.State().Thread(c.Arg(1)); c.Out().XMove(made, 1); return Return })
	got := run(t, st, `co = coroutine.create(function() end) return type(take(co))`)
	if got != "function" || made.Top() != 0 || !made.Valid() {
		t.Error(got, made.Top())
	}
}
