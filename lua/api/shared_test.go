package api

import (
	"os"
	"strings"
	"testing"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/lua/vm"
)

// withDict is a VM with ngx.shared.dogs.
func withDict(t testing.TB, size int64) *vm.VM {
	t.Helper()
	v := pure(t)
	zs := zone.New()
	z, err := zs.Declare("dogs", size, zone.KindDict)
	if err != nil {
		t.Fatal(err)
	}
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(zs.Close)
	d, err := zone.OpenDict(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := addShared(v, "dogs", d); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestShared(t *testing.T) {
	event.UpdateTime()
	check(t, withDict(t, int64(16*os.Getpagesize())), []luaCase{
		{`d = ngx.shared.dogs return d:set("a", 1), d:get("a"), d:set("s", "text", 0, 7), d:get("s")`, `true|1|true|text|7`},
		{`return d:set("b", true), d:get("b"), d:get("none"), d:set("f", false), d:get("f")`, `true|true|nil|true|false`},
		{`d:set("n", 1) return d:incr("n", 2.5), d:incr("x", 1), select(2, d:incr("x", 1)), d:incr("x", 1, 10)`, `3.5|nil|not found|11|nil|false`},
		{`d:set("s", "text") return d:incr("s", 1)`, `nil|not a number`},
		{`return d:add("a", 2), select(2, d:add("a", 2)), d:replace("none", 1)`, `false|exists|false|not found|false`},
		{`return d:get(nil)`, `nil|nil key`},
		{`return d:get("")`, `nil|empty key`},
		{`return d:set(("k"):rep(65536), 1)`, `nil|key too long`},
		{`return d:set("a", {})`, `nil|bad value type`},
		{`return d:add("q", nil)`, `false|attempt to add or replace nil values|false`},
		{`return pcall(d.get, "dogs", "a")`, `false|bad "zone" argument`},
		{`return pcall(d.set, {}, "a", 1)`, `false|bad "zone" argument`},
		{`return pcall(d.set, d, "a", 1, -1)`, `false|bad "exptime" argument`},
		{`d:set(5, "five") return d:get("5")`, `five`},
		{`d:set("big", ("x"):rep(9000)) return #d:get("big")`, `9000`},
		{`d:delete("big") return d:get("big")`, `nil`},
		{`d:set("t", 1, 100) return math.floor(d:ttl("t")), d:expire("t", 0), d:ttl("t"), d:ttl("none")`, `100|true|0|nil|not found`},
		{`return pcall(d.expire, d, "t")`, `false|bad "exptime" argument`},
		{`return d:rpush("l", 1), d:rpush("l", "two"), d:lpush("l", "zero"), d:llen("l"), d:lpop("l"), d:rpop("l"), d:lpop("l"), d:lpop("l"), d:llen("l")`, `1|2|3|3|zero|two|1|nil|0`},
		{`d:rpush("l2", 1) return d:get("l2")`, `nil|value is a list`},
		{`return d:lpush("a", 1)`, `nil|value not a list`},
		{`return pcall(d.lpush, d, "l")`, `false|expecting 3 arguments, but only seen 2`},
		{`d:rpush("l3", ("y"):rep(7000)) return #d:lpop("l3"), d:llen("l3")`, `7000|0`},
		{`return d:capacity(), d:free_space() > 0`, `65536|true`},
		{`d:flush_all() return d:get("a"), d:flush_expired(0) > 3, #d:get_keys()`, `nil|true|0`},
		{`for i = 1, 5 do d:set("k" .. i, i) end local k = d:get_keys(0) table.sort(k) return #d:get_keys(2), table.concat(k, ",")`, `2|k1,k2,k3,k4,k5`},
		{`return pcall(d.get_keys, d, 1, 2)`, `false|expecting 1 or 2 argument(s), but saw 3`},
		{`return pcall(d.incr, d, "k1", 1, "x")`, `false|bad init arg: number expected, got string`},
		{`return pcall(d.incr, d, "k1", 1, nil, 1)`, `false|must provide "init" when providing "init_ttl"`},
		{`return d:safe_set("huge", ("z"):rep(70000))`, `false|no memory|false`},
		{`local n = 0 for i = 1, 500 do n = d:incr("loop", 1, 0) end return n`, `500`},
		{`return select("#", d:get_stale("none")), d:set("g", 1), d:get_stale("g")`, `1|true|1|nil|false`},
	})
	if got := eval(t, pure(t), `local n = 0 for _ in pairs(ngx.shared) do n = n + 1 end return n`); got != "0" {
		t.Error(got)
	}
}

func BenchmarkSharedIncr(b *testing.B) {
	v := withDict(b, 1<<20)
	eval(b, v, `function loop(n) local d = ngx.shared.dogs for i = 1, n do d:incr("counter", 1, 0) end end`)
	main := v.St.Main()
	tape := v.St.Tape()
	tape.Globals()
	tape.Str("loop")
	tape.Get()
	tape.Int(b.N)
	if _, err := main.Call(tape, false); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRegexMatch(b *testing.B) {
	v := pure(b)
	eval(b, v, strings.ReplaceAll(`function loop(n) for i = 1, n do ngx.re.find("version 1.27 of it", "(\\d+)[.](\\d+)", "jo") end end`, "\n", " "))
	main := v.St.Main()
	tape := v.St.Tape()
	tape.Globals()
	tape.Str("loop")
	tape.Get()
	tape.Int(b.N)
	if _, err := main.Call(tape, false); err != nil {
		b.Fatal(err)
	}
}
