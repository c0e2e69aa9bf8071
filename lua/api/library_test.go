package api

import (
	"fmt"
	"strings"
	"testing"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/lua/lib"
	"moongate/lua/vm"
)

// pure is a VM with the chapters that need no request, and a made-up rest of ngx.
func pure(t testing.TB) *vm.VM {
	t.Helper()
	fake := &vm.Chapter{Name: "fake", Lua: `ngx = {ERR = 4, null = nil, now = function() return clock or 0 end,
		log = function(_, ...) logged = table.concat({...}) end, config = {subsystem = "http"}, sleep = function() end}`}
	v, err := vm.New(vm.Settings{Chapters: []*vm.Chapter{fake, Digests, Regexes, Shared}, Preload: lib.Open, RegexCache: 8, Log: new(errlog.Log)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Drop)
	return v
}

// eval runs code and gives what it returned, printed.
func eval(t testing.TB, v *vm.VM, code string) string {
	t.Helper()
	main := v.St.Main()
	if err := main.Load(code, "=test"); err != nil {
		return "error: " + err.Error()
	}
	vs, err := main.Call(v.St.Tape(), false)
	if err != nil {
		return "error: " + err.Error()
	}
	var out []string
	for _, r := range vs {
		s, ok := r.Text()
		if !ok {
			s = r.Type().String()
			if r.Type() == luajit.TBoolean {
				s = fmt.Sprint(r.Bool())
			}
		}
		out = append(out, strings.Clone(s))
	}
	main.Pop(len(vs))
	return strings.Join(out, "|")
}

type luaCase struct{ code, want string }

func check(t *testing.T, v *vm.VM, cases []luaCase) {
	t.Helper()
	for _, c := range cases {
		if got := eval(t, v, c.code); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.code, got, c.want)
		}
	}
}
