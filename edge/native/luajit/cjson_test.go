package luajit

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestJSON(t *testing.T) {
	st := newState(t)
	for _, c := range []struct{ code, want string }{
		{`return cjson.encode({1, "a", true, cjson.null, {b = 2}})`, `[1,"a",true,null,{"b":2}]`},
		{`return cjson.encode({})`, `{}`},
		{`return cjson.encode({cjson.empty_array, setmetatable({}, cjson.empty_array_mt), setmetatable({5, 6}, cjson.array_mt)})`, `[[],[],[5,6]]`},
		{`return cjson.encode(setmetatable({a = 1}, cjson.empty_array_mt))`, `{"a":1}`},
		{`return cjson.encode("/\"\\\b\t\n\f\r\0\127é")`, `"\/\"\\\b\t\n\f\r\u0000\u007fé"`},
		{`local c = cjson.new() c.encode_escape_forward_slash(false) return c.encode("/"), cjson.encode("/")`, `"/" "\/"`},
		{`return cjson.encode({1, 2, nil, 4}), cjson.encode({[3] = 1})`, `[1,2,null,4] [null,null,1]`},
		{`return pcall(cjson.encode, {[1000] = 1})`, `false Cannot serialise table: excessively sparse array`},
		{`local c = cjson.new() c.encode_sparse_array(true) return c.encode({[1000] = 1})`, `{"1000":1}`},
		{`return cjson.encode(1e14), cjson.encode(123456789012345), cjson.encode(-0.5), cjson.encode(1e300), cjson.encode(-0)`, `1e+14 1.2345678901234e+14 -0.5 1e+300 -0`},
		{`local c = cjson.new() local r = c.encode_number_precision(3) return r, c.encode(1234.5), c.encode(999)`, `3 1.23e+03 999`},
		{`return pcall(cjson.encode, 0/0)`, `false Cannot serialise number: must not be NaN or Infinity`},
		{`local c = cjson.new() c.encode_invalid_numbers(true) return c.encode({1/0, -1/0, 0/0})`, `[Infinity,-Infinity,NaN]`},
		{`local c = cjson.new() return c.encode_invalid_numbers("null"), c.encode({1/0}), c.encode_invalid_numbers()`, `null [null] null`},
		{`return pcall(cjson.encode, print)`, `false Cannot serialise function: type not supported`},
		{`local c = cjson.new() c.encode_skip_unsupported_value_types(true) return c.encode({print, 1, a = nil}), c.encode({a = print})`, `[1] {}`},
		{`return pcall(cjson.encode, {[true] = 1})`, `false Cannot serialise boolean: table key must be a number or string`},
		{`local c = cjson.new() c.encode_max_depth(2) return pcall(c.encode, {{{1}}})`, `false Cannot serialise, excessive depth (3)`},
		{`return pcall(cjson.encode)`, `false bad argument #1 to '?' (expected 1 argument)`},
		{`return pcall(cjson.encode_max_depth, 0)`, `false bad argument #1 to '?' (expected integer between 1 and 2147483647)`},
		{`return pcall(cjson.encode_max_depth, 1, 2)`, `false bad argument #2 to '?' (found too many arguments)`},
		{`return cjson.encode_sparse_array()`, `false 2 10`},
		{`local c = cjson.new() c.encode_indent("  ") return c.encode({1, {a = 2}})`, "[\n  1,\n  {\n    \"a\": 2\n  }\n]"},
		{`local c = cjson.new() c.encode_empty_table_as_object(false) return c.encode({})`, `[]`},

		{`local v = cjson.decode('{"a": [1, -2.5e3, "x\\u00e9\\ud83d\\ude00\\n", null, true]}') return v.a[1], v.a[2], v.a[3], v.a[4] == cjson.null, v.a[5]`, "1 -2500 xé😀\n true true"},
		{`return cjson.decode(' "plain" '), cjson.decode("0x10"), cjson.decode("-0"), cjson.decode("1234567890123456789")`, `plain 16 -0 1.2345678901235e+18`},
		{`return cjson.safe.decode("x")`, `nil Expected value but found invalid token at character 1`},
		{`return cjson.safe.decode("")`, `nil Expected value but found T_END at character 1`},
		{`return cjson.safe.decode("[1,]")`, `nil Expected value but found T_ARR_END at character 4`},
		{`return cjson.safe.decode("{1:2}")`, `nil Expected object key string but found T_NUMBER at character 2`},
		{`return cjson.safe.decode('{"a" 2}')`, `nil Expected colon but found T_NUMBER at character 6`},
		{`return cjson.safe.decode('{"a":2 3}')`, `nil Expected comma or object end but found T_NUMBER at character 8`},
		{`return cjson.safe.decode('[1 2')`, `nil Expected comma or array end but found T_NUMBER at character 4`},
		{`return cjson.safe.decode('1 2')`, `nil Expected the end but found T_NUMBER at character 3`},
		{`return cjson.safe.decode('"abc')`, `nil Expected value but found unexpected end of string at character 5`},
		{`return cjson.safe.decode('"a\\q"')`, `nil Expected value but found invalid escape code at character 3`},
		{`return cjson.safe.decode('"a\\ud800x"')`, `nil Expected value but found invalid unicode escape code at character 3`},
		{`local c = cjson.safe.new() c.decode_invalid_numbers(false) return c.decode("[0x1]")`, `nil Expected value but found invalid number at character 2`},
		{`return cjson.safe.decode("[" .. ("["):rep(1000))`, `nil Found too many nested data structures (1001) at character 1001`},
		{`return pcall(cjson.decode, "1\0")`, `false JSON parser does not support UTF-16 or UTF-32`},
		{`local c = cjson.new() c.decode_array_with_array_mt(true) return c.encode(c.decode("[[],{}]"))`, `[[],{}]`},
		{`local c = cjson.new() c.decode_allow_comment(true) return c.encode(c.decode("[1, // one\n2 /* two */]"))`, `[1,2]`},
		{`return type(cjson.safe.encode(print)), select(2, cjson.safe.encode(print))`, `nil Cannot serialise function: type not supported`},
		{`return tostring(cjson.null), cjson._NAME, cjson._VERSION`, `userdata: NULL cjson 2.1.0.14`},
	} {
		if got := run(t, st, `local cjson = require "cjson" cjson.safe = require "cjson.safe" `+c.code); got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.code, got, c.want)
		}
	}
}

// FuzzJSON holds the codec against encoding/json: what that accepts must be read the same, and written text is JSON.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,"x\n",null,true,{}]}`, `"\ud83d\ude00\u0001"`, `[[[]]]`, `-0.0e-1`, `{"":{"b":[false]}}`, "[1,", `"\`} {
		f.Add([]byte(s))
	}
	st, err := New()
	if err != nil {
		f.Fatal(err)
	}
	_ = st.Main().Load(`local c = require "cjson.safe".new() c.decode_array_with_array_mt(true) c.encode_number_precision(16)
		return function(s) local v, err = c.decode(s) if err then return nil end return c.encode(v) end`, "=fuzz")
	vs, err := st.Main().Call(st.Tape(), false)
	if err != nil || len(vs) != 1 {
		f.Fatal(err)
	}
	trip := st.Ref(st.Main(), -1)
	f.Fuzz(func(t *testing.T, in []byte) {
		b := st.Tape()
		b.Ref(trip)
		b.Bytes(in)
		vs, err := st.Main().Call(b, false)
		if err != nil {
			t.Fatal(err)
		}
		out := strings.Clone(vs.At(1).Str())
		read := !vs.At(1).IsNil()
		st.Main().Pop(len(vs))
		var want, got any
		if json.Unmarshal(in, &want) != nil || !utf8.Valid(in) || bytes.Contains(in, []byte(`\u`)) || bytes.Contains(in, []byte("e")) {
			return // ours lets more pass, and numbers print with 16 digits
		}
		if !read {
			t.Fatalf("refused %q", in)
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%q became %q: %v", in, out, err)
		}
		if len(in) < 15 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q became %q", in, out)
		}
	})
}

func BenchmarkJSON(b *testing.B) {
	const work = `local cjson = require(...) local v = {name = "a moon gate", list = {1, 2, 3.5, 4e20}, deep = {{x = "1\n", y = false}, {x = "2", y = true}}}
		return function(n) for i = 1, n do cjson.decode(cjson.encode(v)) end end`
	for _, name := range []string{"ours", "peer"} {
		b.Run(name, func(b *testing.B) {
			st := newState(b)
			if name == "peer" {
				const so = "/usr/lib/x86_64-linux-gnu/lua/5.1/cjson.so"
				if _, err := os.Stat(so); err != nil {
					b.Skip("no lua-cjson to compare with")
				}
				run(b, st, `package.preload["cjson"] = assert(package.loadlib("`+so+`", "luaopen_cjson"))`)
			}
			_ = st.Main().Load(work, "=work")
			tape := st.Tape()
			st.Main().Load(work, "=work")
			r := st.Ref(st.Main(), -1)
			tape.Ref(r)
			tape.Str("cjson")
			if _, err := st.Main().Call(tape, false); err != nil {
				b.Fatal(err)
			}
			fn := st.Ref(st.Main(), -1)
			tape = st.Tape()
			tape.Ref(fn)
			tape.Int(b.N)
			if _, err := st.Main().Call(tape, false); err != nil {
				b.Fatal(err)
			}
		})
	}
}
