package api

import (
	"net/netip"
	"strings"
	"time"

	"moongate/edge/native/luajit"
	"moongate/engine/upstream"
	"moongate/lua/vm"
)

// Balancing is what balancer_by_lua* says about one try.
type Balancing struct {
	Choice *upstream.Choice
	Host   string // with brackets if it is IPv6, or unix:/path
	Port   uint16
	More   int // tries
}

// balancing is the module ngx.balancer.
var balancing = vm.Chapter{
	Name: "balancer",
	Doc:  "What balancer_by_lua* may say about a try.",
	Funcs: []vm.Fn{
		{Name: "moongate.set_peer", Phases: vm.Balancer, Run: setPeer, Doc: "set_current_peer"},
		{Name: "moongate.more_tries", Phases: vm.Balancer, Run: moreTries, Doc: "set_more_tries"},
		{Name: "moongate.last_failure", Phases: vm.Balancer, Run: lastFailure, Doc: "get_last_failure"},
		{Name: "moongate.try_timeouts", Phases: vm.Balancer, Run: tryTimeouts, Doc: "set_timeouts"},
		{Name: "moongate.recreate", Phases: vm.Balancer, Run: recreate, Doc: "recreate_request"},
	},
	Lua: `
local set_peer, more_tries, last_failure, timeouts, recreate =
    moongate.set_peer, moongate.more_tries, moongate.last_failure, moongate.try_timeouts, moongate.recreate
local type, tonumber, error = type, tonumber, error
package.preload["ngx.balancer"] = function()
    local _M = { version = "0.1.32" }

    function _M.set_current_peer(addr, port, host)
        if not port then port = 0 elseif type(port) ~= "number" then port = tonumber(port) end
        if host ~= nil and type(host) ~= "string" then
            error("bad argument #3 to 'set_current_peer' (string expected, got " .. type(host) .. ")")
        end
        return set_peer(addr, port, host)
    end

    function _M.set_more_tries(count) return more_tries(count) end
    function _M.get_last_failure() return last_failure() end
    function _M.recreate_request() return recreate() end
    function _M.enable_keepalive() return true end

    local function check(name, v)
        if not v then return 0 end
        if type(v) ~= "number" or v <= 0 then error("bad " .. name .. " timeout", 3) end
        return v
    end

    function _M.set_timeouts(connect, send, read)
        return timeouts(check("connect", connect), check("send", send), check("read", read))
    end

    return _M
end
`,
}

func balanceOf(x *vm.Ctx) *Balancing { return x.Balance.(*Balancing) }

// setPeer is ngx_http_lua_ffi_balancer_set_current_peer.
func setPeer(x *vm.Ctx, c *luajit.Call) luajit.Result {
	addr, _ := c.Arg(1).Text()
	b := balanceOf(x)
	if strings.HasPrefix(addr, "unix:") {
		b.Host = strings.Clone(addr)
	} else {
		ip, err := netip.ParseAddr(strings.Trim(addr, "[]"))
		if err != nil {
			return c.Fail("no host allowed")
		}
		b.Host = ip.String()
		if ip.Is6() {
			b.Host = "[" + b.Host + "]"
		}
	}
	b.Port = uint16(c.Num(2))
	c.Out().Bool(true)
	return luajit.Return
}

// moreTries is ngx_http_lua_ffi_balancer_set_more_tries.
func moreTries(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := balanceOf(x)
	n, _ := c.ToNumber(1)
	b.More = int(n)
	c.Out().Bool(true)
	return luajit.Return
}

func lastFailure(x *vm.Ctx, c *luajit.Call) luajit.Result {
	ch, b := balanceOf(x).Choice, c.Out()
	switch ch.LastOutcome {
	case upstream.Failed:
		b.Str("failed")
	case upstream.Next:
		b.Str("next")
	default:
		b.Nil()
		return luajit.Return
	}
	b.Int(ch.LastStatus)
	return luajit.Return
}

func tryTimeouts(x *vm.Ctx, c *luajit.Call) luajit.Result {
	ch := balanceOf(x).Choice
	for i, to := range []*time.Duration{&ch.ConnectTimeout, &ch.SendTimeout, &ch.ReadTimeout} {
		if d := seconds(c.Num(i + 1)); d > 0 {
			*to = d
		}
	}
	c.Out().Bool(true)
	return luajit.Return
}

func recreate(x *vm.Ctx, c *luajit.Call) luajit.Result {
	balanceOf(x).Choice.Recreate = true
	c.Out().Bool(true)
	return luajit.Return
}
