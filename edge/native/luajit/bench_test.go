package luajit

import "testing"

// What the design counts on: a resume of a pooled coroutine and a call into Go cost about 60 ns each and allocate nothing.

func bench(b *testing.B, code string, per int) {
	st := newState(b)
	var sum int
	global(b, st, "f", func(c *Call) Result {
		sum += len(c.Str(1)) + int(c.Num(2))
		c.Out().Str(c.Str(1))
		return Return
	})
	global(b, st, "empty", func(c *Call) Result { return Return })
	global(b, st, "y", func(c *Call) Result { return Yield })
	global(b, st, "headers", func(c *Call) Result {
		t := c.Out()
		t.Table(0, 8)
		for _, k := range [...]string{"host", "accept", "user-agent", "cookie", "x-a", "x-b", "x-c", "x-d"} {
			t.Pair(k, "some value")
		}
		return Return
	})
	fn := function(b, st, code)
	b.ReportAllocs()
	for b.Loop() {
		th, _ := st.NewThread()
		t := st.Tape()
		t.Ref(fn)
		t.Int(per)
		s, _ := th.Resume(t)
		for s == Yielded {
			s, _ = th.Resume(st.Tape())
		}
		st.Put(th, s == Finished)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*per), "ns/each")
}

func BenchmarkResume(b *testing.B)      { bench(b, `return`, 1) }
func BenchmarkCallEmpty(b *testing.B)   { bench(b, `for i = 1, ... do empty() end`, 1000) }
func BenchmarkCallString(b *testing.B)  { bench(b, `for i = 1, ... do f("hello", 5) end`, 1000) }
func BenchmarkYieldResume(b *testing.B) { bench(b, `for i = 1, ... do y() end`, 1000) }
func BenchmarkHeaders8(b *testing.B)    { bench(b, `for i = 1, ... do headers() end`, 100) }

func TestAllocations(t *testing.T) {
	st := newState(t)
	var sum int
	global(t, st, "f", func(c *Call) Result {
		sum += len(c.Str(1)) + int(c.Num(2))
		b := c.Out()
		b.Str(c.Str(1))
		b.Table(0, 1)
		b.Pair("k", "v")
		return Return
	})
	global(t, st, "y", func(c *Call) Result { return Yield })
	fn := function(t, st, `local a, b = f("hello", 5) y() local x = #a + #b.k`)
	got := testing.AllocsPerRun(200, func() {
		th, _ := st.NewThread()
		b := st.Tape()
		b.Ref(fn)
		s, _ := th.Resume(b)
		for s == Yielded {
			s, _ = th.Resume(st.Tape())
		}
		if s != Finished {
			t.Fatal(s)
		}
		st.Put(th, true)
	})
	if got != 0 {
		t.Errorf("%v allocations for a resume, a call and a yield", got)
	}
}
