package pcre2_test

import (
	"testing"

	"moongate/edge/native/luajit"
	_ "moongate/edge/native/pcre2"
)

// Lua's FFI reaches the matcher without Go.
func TestFromFFI(t *testing.T) {
	st, err := luajit.New()
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	m := st.Main()
	err = m.Load(`local ffi = require "ffi"
		ffi.cdef [[
			typedef struct { void *unused; const unsigned char *name_table; int name_count, name_entry_size, ncaptures; int *captures; } mg_regex;
			mg_regex *moongate_ffi_regex_compile(const char *p, size_t n, int flags, int opts, char *err, size_t size);
			int moongate_ffi_regex_exec(mg_regex *re, int flags, const char *s, size_t n, int pos);
			void moongate_ffi_regex_destroy(mg_regex *re);
		]]
		local C, err = ffi.C, ffi.new("char[256]")
		local re = C.moongate_ffi_regex_compile("(?<n>b)(c)?", 11, 4, 0, err, 256)
		local rc
		for i = 1, 200 do rc = C.moongate_ffi_regex_exec(re, 4, "abd", 3, 0) end
		local out = table.concat({rc, re.ncaptures, re.captures[0], re.captures[1], re.captures[4], re.name_count,
			ffi.string(re.name_table + 2)}, " ")
		C.moongate_ffi_regex_destroy(re)
		re = C.moongate_ffi_regex_compile("a)b", 3, 4, 0, err, 256)
		return out, re == nil and ffi.string(err)`, "=ffi")
	if err != nil {
		t.Fatal(err)
	}
	vs, err := m.Call(st.Tape(), false)
	if err != nil {
		t.Fatal(err)
	}
	if vs.At(1).Str() != "2 2 1 2 -1 1 n" || vs.At(2).Str() != `pcre2_compile() failed: unmatched closing parenthesis in "a)b" at ")b"` {
		t.Error(vs.At(1).Str(), vs.At(2).Str())
	}
}
