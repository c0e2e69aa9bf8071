package vm

import (
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// said is what a test's code has given to out().
type said struct {
	mu    sync.Mutex
	lines []string
}

func (s *said) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.Join(s.lines, "\n")
	s.lines = nil
	return text
}

type pause time.Duration

func (p pause) Wait(w *Wait)             { w.Sleep(time.Duration(p)) }
func (p pause) Finish(*Ctx, luajit.Tape) {}

// newVM is a VM with out(...), sleep(ms) and a loop to wait in.
func newVM(t testing.TB) (*VM, *said) {
	t.Helper()
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	go loop.Run()
	t.Cleanup(loop.Stop)
	s := new(said)
	ch := &Chapter{Name: "test", Funcs: []Fn{
		{Name: "out", Phases: Anywhere, Run: func(_ *Ctx, c *luajit.Call) luajit.Result {
			var b []byte
			for i := 1; i <= c.N(); i++ {
				if i > 1 {
					b = append(b, ' ')
				}
				if text, ok := c.Arg(i).AppendText(b); ok {
					b = text
				} else if c.Type(i) == luajit.TBoolean {
					b = append(b, map[bool]string{true: "true", false: "false"}[c.Bool(i)]...)
				} else {
					b = append(b, c.Type(i).String()...)
				}
			}
			s.mu.Lock()
			s.lines = append(s.lines, string(b))
			s.mu.Unlock()
			return luajit.Return
		}},
		{Name: "sleep", Phases: Yieldable, Yields: true, Run: func(x *Ctx, c *luajit.Call) luajit.Result {
			return x.Wait(c, pause(time.Duration(c.Num(1)*float64(time.Millisecond))))
		}},
		{Name: "only_log", Phases: Log, Run: func(*Ctx, *luajit.Call) luajit.Result { return luajit.Return }},
		{Name: "needs_request", Request: true, Run: func(*Ctx, *luajit.Call) luajit.Result { return luajit.Return }},
	}}
	v, err := New(Settings{Chapters: []*Chapter{ch}, Log: new(errlog.Log), Worker: &httpd.Worker{Loop: loop}, MaxPending: 10, MaxRunning: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Drop)
	return v, s
}

var chunks int

// run runs code as a timer would and gives what it said.
func run(t testing.TB, v *VM, s *said, code string) string {
	t.Helper()
	chunks++
	x := v.NewFake(Timer, &Conf{}, nil)
	x.Run(Timer, &Chunk{ID: chunks, Source: code, Name: "=test"})
	x.Free()
	return s.take()
}

func TestCoroutines(t *testing.T) {
	v, s := newVM(t)
	for _, c := range []struct{ name, code, want string }{
		{"values", `local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) return c * 2, "end" end)
			out(coroutine.resume(co, 1, 2)) out(coroutine.status(co)) out(coroutine.resume(co, 10)) out(coroutine.status(co)) out(coroutine.resume(co))`,
			"true 3\nsuspended\ntrue 20 end\ndead\nfalse cannot resume dead coroutine"},
		{"waits inside", `local co = coroutine.create(function() sleep(1) coroutine.yield("a") sleep(1) return "b" end)
			out(coroutine.resume(co)) out(coroutine.resume(co))`, "true a\ntrue b"},
		{"error", `local co = coroutine.create(function() error("oops") end) out(coroutine.resume(co)) out(coroutine.status(co))`,
			"false test:1: oops\ndead"},
		{"wrap", `local f = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end) out(f(), f())`, "1 2"},
		{"wrap raises", `out(pcall(coroutine.wrap(function() error("bad", 0) end)))`, "false bad"},
		{"status", `local main = coroutine.running() local co
			co = coroutine.create(function() out(coroutine.status(main), coroutine.status(co)) end) coroutine.resume(co)`, "normal running"},
		{"nested", `local inner = coroutine.wrap(function() sleep(1) coroutine.yield(1) end)
			local outer = coroutine.wrap(function() out(inner()) coroutine.yield(2) end) out(outer())`, "1\n2"},
		{"collected meanwhile", `local function f() sleep(1) collectgarbage() return "kept" end
			out(coroutine.resume(coroutine.create(f)))`, "true kept"},
		{"not Lua", `out(pcall(coroutine.create, print))`, "false bad argument #1 to 'create' (Lua function expected)"},
	} {
		if got := run(t, v, s, c.code); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestLightThreads(t *testing.T) {
	v, s := newVM(t)
	for _, c := range []struct{ name, code, want string }{
		{"spawned runs first", `local th = ngx.thread.spawn(function(a) out("in", a) return a + 1 end, 1)
			out("after", coroutine.status(th)) out(ngx.thread.wait(th)) out(ngx.thread.wait(th))`,
			"in 1\nafter zombie\ntrue 2\nnil already waited or killed"},
		{"wait for any", `local a = ngx.thread.spawn(function() sleep(50) return "a" end)
			local b = ngx.thread.spawn(function() sleep(1) return "b" end)
			out(ngx.thread.wait(a, b)) out(ngx.thread.wait(a))`, "true b\ntrue a"},
		{"ends with all", `ngx.thread.spawn(function() sleep(5) out("late") end) out("entry over")`, "entry over\nlate"},
		{"kill", `local th = ngx.thread.spawn(function() sleep(10000) out("never") end)
			out(ngx.thread.kill(th)) out(coroutine.status(th)) out(ngx.thread.kill(th))`, "1\ndead\nnil already waited or killed"},
		{"yield takes turns", `ngx.thread.spawn(function() for i = 1, 2 do out("a", i) coroutine.yield() end end)
			for i = 1, 2 do out("b", i) coroutine.yield() end`, "a 1\nb 1\na 2\nb 2"},
		{"aborted", `local th = ngx.thread.spawn(function() error({}) end) local ok, why = ngx.thread.wait(th) out(ok, type(why))`, "false table"},
		{"not the parent", `local th = ngx.thread.spawn(function() sleep(1) end)
			local other = ngx.thread.spawn(function() out(pcall(ngx.thread.wait, th)) end)`,
			"false only the parent coroutine can wait on the thread"},
	} {
		if got := run(t, v, s, c.code); !strings.Contains(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestPhases(t *testing.T) {
	v, s := newVM(t)
	got := run(t, v, s, `out(pcall(function() only_log() end)) out(pcall(function() needs_request() end))`)
	want := "false test:1: API disabled in the context of ngx.timer\nfalse test:1: API disabled in the current context"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// TestContext: a slot that is used again shows nothing of its last user.
func TestContext(t *testing.T) {
	v, s := newVM(t)
	for range 3 {
		if got := run(t, v, s, `out(ngx.ctx.x) ngx.ctx.x = 1 sleep(1) out(ngx.ctx.x)`); got != "nil\n1" {
			t.Fatal(got)
		}
	}
}

func TestTimers(t *testing.T) {
	v, s := newVM(t)
	main := v.St.Main()
	v.Lock()
	if err := main.Load(`return {function(premature, x) out("fired", premature, x) end, n = 2, 7}`, "=timer"); err != nil {
		t.Fatal(err)
	}
	vs, err := main.Call(v.St.Tape(), true)
	if err != nil {
		t.Fatal(err)
	}
	ref := v.St.Ref(main, -1)
	main.Pop(len(vs))
	v.Unlock()
	x := v.NewFake(Timer, &Conf{}, nil)
	defer x.Free()
	x.lock()
	x.RunRef(Timer, v.apply, func(b luajit.Tape) {
		b.Ref(ref)
		b.Bool(false)
	})
	if got := s.take(); got != "fired false 7" {
		t.Error(got)
	}
}

// TestAllocations: code that waits for nothing costs no memory of Go's.
func TestAllocations(t *testing.T) {
	v, _ := newVM(t)
	ch := &Chunk{ID: 0, Source: `local x = 1`, Name: "=test"}
	x := v.NewFake(Timer, &Conf{}, nil)
	defer x.Free()
	x.Run(Timer, ch)
	if n := testing.AllocsPerRun(100, func() { x.Run(Timer, ch) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestHammer: requests of several goroutines, each with light threads, in one VM.
func TestHammer(t *testing.T) {
	v, s := newVM(t)
	ch := &Chunk{ID: 0, Name: "=test", Source: `
		ngx.ctx.n = 0
		local list = {}
		for i = 1, 4 do
			list[i] = ngx.thread.spawn(function() sleep(i % 2 + 1) ngx.ctx.n = ngx.ctx.n + 1 return i end)
		end
		ngx.thread.kill(list[1])
		for i = 2, 4 do ngx.thread.wait(list[i]) end
		out(ngx.ctx.n)`}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				x := v.NewFake(Timer, &Conf{}, nil)
				x.Run(Timer, ch)
				x.Free()
			}
		})
	}
	wg.Wait()
	lines := strings.Split(s.take(), "\n")
	if len(lines) != 200 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		if l != "3" {
			t.Fatal(l)
		}
	}
}
