package luajit

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

func TestModules(t *testing.T) {
	st := newState(t)
	if err := st.Preload("my.mod", "local n = ... return {name = n}", "=my/mod.lua"); err != nil {
		t.Fatal(err)
	}
	if err := st.Preload("broken", "return +", "=broken.lua"); err != nil {
		t.Fatal(err)
	}
	if err := st.SetPaths("$prefix/lua/?.lua;;", "${prefix}/?.so", "/srv"); err != nil {
		t.Fatal(err)
	}
	path, cpath := st.Paths()
	if !strings.HasPrefix(path, "/srv/lua/?.lua;./?.lua;") || cpath != "/srv/?.so" {
		t.Error(path, cpath)
	}
	for _, c := range []struct{ code, want string }{
		{`return require("my.mod").name, require("my.mod") == require "my.mod"`, `my.mod true`},
		{`return pcall(require, "broken")`, "false error loading module 'broken':\n\tbroken.lua:1: unexpected symbol near '+'"},
		{`local t = require("table.new")(4, 0) return type(t)`, `table`},
		{`local t = {1} require("table.clear")(t) return #t`, `0`},
		{`return require("table.nkeys")({a = 1, 2}), require("table.isarray")({1}), require("table.clone")({5})[1]`, `2 true 5`},
		{`return require("table.isempty")({}), type(require("thread.exdata")), type(require("string.buffer"))`, `true function table`},
		{`return (jit.status()), require("bit").band(7, 2), type(require("ffi").C)`, `true 2 userdata`},
	} {
		if got := run(t, st, c.code); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.code, got, c.want)
		}
	}
}

func TestFFI(t *testing.T) {
	st := newState(t)
	got := run(t, st, `local ffi = require "ffi" ffi.cdef "uint32_t moongate_ffi_crc32(const char *p, size_t n);"
		local s = 0 for i = 1, 200 do s = s + ffi.C.moongate_ffi_crc32("hello, world", 12) end
		return s / 200, ffi.C.moongate_ffi_crc32("", 0)`)
	if got != "4289425978 0" {
		t.Error(got)
	}
	point := (*[2]int32)(st.Shared(8))
	point[0] = 5
	id := RegisterFFI(func(p unsafe.Pointer) int64 { (*[2]int32)(p)[1]++; return int64((*[2]int32)(p)[1]) })
	if err := st.SetGlobal("point", func(b Tape) { b.Light(uintptr(unsafe.Pointer(point))) }); err != nil {
		t.Fatal(err)
	}
	got = run(t, st, fmt.Sprintf(`local ffi = require "ffi" ffi.cdef "typedef struct { int a, b; } point; int64_t moongate_ffi_go(int id, void *p);"
		local p, n = ffi.cast("point *", point) for i = 1, 300 do n = ffi.C.moongate_ffi_go(%d, p) end p.a = p.a + 1
		return tonumber(n), tonumber(ffi.C.moongate_ffi_go(9999, p))`, id))
	if got != "300 -1" || point[0] != 6 {
		t.Error(got, point)
	}
	global(t, st, "deref", func(c *Call) Result {
		c.Out().Int(int(*(*int32)(c.Arg(1).Pointer())))
		c.Out().Str(c.Type(1).String())
		return Return
	})
	if got := run(t, st, `local ffi = require "ffi" return deref(ffi.new("int[1]", 77))`); got != "77 cdata" {
		t.Error(got)
	}
}
