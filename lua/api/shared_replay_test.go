package api

import (
	"testing"

	"moongate/edge/sys/event"
	"moongate/lua/vm"
)

// What init_by_lua* gets when it runs again: nothing changes, and the answers fit to what is there.
func TestSharedReplay(t *testing.T) {
	event.UpdateTime()
	v := withDict(t, 1<<20)
	const before = `local d = ngx.shared.dogs d:set("n", 5) d:set("s", "text", 0, 7) d:rpush("l", 1) d:rpush("l", 2)`
	eval(t, v, before+` return 0`)
	source := `
local d, out = ngx.shared.dogs, {}
local function note(...)
    local t = {}
    for i = 1, select("#", ...) do t[i] = tostring((select(i, ...))) end
    out[#out + 1] = table.concat(t, " ")
end
note(d:set("n", 6)) note(d:get("n"))
note(d:safe_set("new", ("x"):rep(2000000)))
note(d:incr("n", 1)) note(d:incr("none", 1)) note(d:incr("none", 2, 3)) note(d:incr("s", 1)) note(d:incr("l", 1, 0))
note(d:add("n", 5)) note(d:add("n", 6)) note(d:add("s", "text")) note(d:add("s", "text", 0, 7)) note(d:add("none", 1)) note(d:safe_add("l", 1))
note(d:replace("n", 1)) note(d:replace("none", 1)) note(d:add("none", nil))
note(d:delete("n")) note(d:get("n"))
note(d:expire("n", 1)) note(d:expire("none", 1)) note(d:ttl("n"))
note(d:lpush("l", 3)) note(d:rpush("none", 3)) note(d:lpush("n", 3)) note(d:lpop("l")) note(d:rpop("n")) note(d:llen("l"))
d:flush_all() note(d:flush_expired()) note(#d:get_keys())
result = table.concat(out, ",")`
	if !v.Replay(&vm.Chunk{Source: source, Name: "=init_by_lua"}) {
		t.Fatal("init_by_lua failed")
	}
	const want = "true nil false,5,true nil false,5,nil not found,5 nil false,nil not a number,nil not a number," +
		"true nil false,false exists false,false exists false,true nil false,true nil false,false exists false," +
		"true nil false,false not found false,false attempt to add or replace nil values false," +
		"true nil false,5,true,nil not found,0,2,1,nil value not a list,nil,nil value not a list,2,0,3"
	if got := eval(t, v, `return result`); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := eval(t, v, `return ngx.shared.dogs:incr("n", 1)`); got != "6" {
		t.Errorf("afterwards incr gives %s", got)
	}
}
