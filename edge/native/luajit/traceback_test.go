package luajit

import (
	"strings"
	"testing"
)

func TestTraceback(t *testing.T) {
	st := newState(t)
	m := st.Main()
	if err := m.Load("local x\n\nlocal function inner() error('bad') end\ninner()", "=content_by_lua(nginx.conf:40)"); err != nil {
		t.Fatal(err)
	}
	th := thread(t, st)
	b := st.Tape()
	b.XMove(m, 1)
	s, vs := th.Resume(b)
	if s != Failed || vs.At(1).Str() != "content_by_lua(nginx.conf:40):3: bad" {
		t.Fatal(s, vs.first())
	}
	want := "stack traceback:\ncoroutine 0:\n\t[C]: in function 'error'\n" +
		"\tcontent_by_lua(nginx.conf:40):3: in function 'inner'\n" +
		"\tcontent_by_lua(nginx.conf:40):4: in main chunk"
	if got := Traceback(th); got != want {
		t.Errorf("%s", got)
	}
	deep := function(t, st, `local function f(n) if n == 0 then error("x") end return 1 + f(n - 1) end f(50)`)
	b = st.Tape()
	b.Ref(deep)
	th = thread(t, st)
	th.Resume(b)
	got := Traceback(th, th)
	if strings.Count(got, "\n\t...") != 2 || strings.Count(got, "\n") != 2*24 || !strings.Contains(got, "\ncoroutine 1:") {
		t.Errorf("%s", got)
	}
	b = st.Tape()
	b.Ref(function(t, st, `local t = nil; t.x = 1`))
	_, err := m.Call(b, true)
	if err == nil || err.Error() != "test:1: attempt to index local 't' (a nil value)\nstack traceback:\n\ttest:1: in main chunk" {
		t.Errorf("%v", err)
	}
	if err := m.Load("x =", "=boot"); err == nil || err.Error() != "boot:1: unexpected symbol near '<eof>'" {
		t.Errorf("%v", err)
	}
	b = st.Tape()
	b.Ref(function(t, st, `error({})`))
	if _, err = m.Call(b, true); err.(*Error).Kind != TTable || err.Error() != "unknown reason" {
		t.Error(err)
	}
}
