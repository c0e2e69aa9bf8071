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

// Every module that the program brings along can be required, and leaves no global variable behind.
func TestModulesLoad(t *testing.T) {
	v, err := vm.New(vm.Settings{Chapters: Chapters, Preload: lib.Open, RegexCache: 8, Log: new(errlog.Log)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Drop)
	eval(t, v, `before = {} for k in pairs(_G) do before[k] = true end`)
	for _, name := range lib.Names() {
		if got := eval(t, v, `return type(require "`+name+`")`); got != "table" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := eval(t, v, `local out = {} for k in pairs(_G) do if not before[k] and k ~= "before" and k ~= "exdata" then out[#out + 1] = k end end return table.concat(out, " ")`); got != "" {
		t.Errorf("globals: %s", got)
	}
	check(t, v, []luaCase{
		{`return select(2, pcall(require, "no.such")):match("^[^\n]*\n[^\n]*")`, "module 'no.such' not found:\n\tno field package.preload['no.such']"},
		{`return require("resty.core").version, require("ngx.ssl").TLS1_2_VERSION`, `0.1.33|771`},
	})
}

// A cache keeps what was used last, and tells of what has expired.
func TestLRUCache(t *testing.T) {
	check(t, pure(t), []luaCase{
		{`c = require("resty.lrucache").new(2) c:set("a", 1) c:set("b", 2) c:get("a") c:set("c", 3) return c:count()`, `2`},
		{`return (c:get("a")), (c:get("b")), (c:get("c")), c:count(), c:capacity(), table.concat(c:get_keys(), ",")`, `1|nil|3|2|2|c,a`},
		{`clock = 10 c:set("t", "x", 5, 7) clock = 14 local v, stale, flags = c:get("t") clock = 16 return v, stale, flags, c:get("t")`, `x|nil|7|nil|x|7`},
		{`c:delete("t") c:set("u", 1) c:set("v", 2) return c:count(), (c:get("u")), c:delete("none")`, `2|1|false`},
		{`c:flush_all() c:set("w", 1) return c:count(), (c:get("w")), (c:get("u"))`, `1|1|nil`},
		{`return require("resty.lrucache").new(0)`, `nil|size too small`},
		{`local l = require("resty.lrucache.pureffi").new(100) for i = 1, 1000 do l:set(i % 150, i) l:get(i % 70) end return l:count()`, `100`},
	})
}

func TestDNSWire(t *testing.T) {
	v := pure(t)
	check(t, v, []luaCase{
		{`w = require "resty.dns.wire" local q = w.query("a.example", 28, 258) return #q, q:byte(1, 4)`, `27|1|2|1|0`},
		{`local r = "\1\2\129\128\0\1\0\2\0\0\0\0\1a\7example\0\0\1\0\1" .. "\192\12\0\5\0\1\0\0\0\9\0\4\1b\192\14" .. "\192\39\0\1\0\1\0\0\0\9\0\4\127\0\0\2"
			local a = w.parse(r, 258) return #a, a[1].cname, a[2].name, a[2].address, a[2].ttl`, `2|b.example|b.example|127.0.0.2|9`},
		{`local a = w.parse("\1\2\129\131\0\0\0\0\0\0\0\0", 258) return #a, a.errcode, a.errstr`, `0|3|name error`},
		{`return w.parse("\1\2\131\128\0\0\0\0\0\0\0\0", 258)`, `nil|truncated`},
		{`return w.parse("\9\9\129\128\0\0\0\0\0\0\0\0", 258)`, `nil|id mismatch`},
		{`return w.compress("2001:0:0:1:0:0:0:2"), w.expand("::1"), w.expand("2001::1:2"), w.compress("0:0:0:0:0:0:0:0")`, `2001:0:0:1::2|0:0:0:0:0:0:0:1|2001:0:0:0:0:0:1:2|::`},
		{`return w.arpa("127.0.0.1"), w.arpa("::1")`, `1.0.0.127.in-addr.arpa|1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa`},
	})
}
