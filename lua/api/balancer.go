package api

import (
	"net/netip"
	"strings"
	"time"

	"moongate/edge/native/luajit"
	"moongate/engine/upstream"
	"moongate/lua/vm"
)

// Balancing is what balancer_by_lua* says about one try. It belongs to the request, for
// whose next try it is used again.
type Balancing struct {
	Set  bool // a peer was named
	More int  // tries

	choice *upstream.Choice
	own    upstream.Own
	pool   *upstream.Pool
	total  int // tries so far, this one included
}

// BeginTry makes the record of a request ready for its next try.
func BeginTry(c *upstream.Choice, pool *upstream.Pool) *Balancing {
	b, ok := c.Data.(*Balancing)
	if !ok {
		b = &Balancing{choice: c, pool: pool}
		c.Data = b
	}
	b.Set, b.More = false, 0
	b.own.Host, b.own.Pool = "", nil
	b.total++
	c.Own = &b.own
	return b
}

// balancing is the module ngx.balancer.
var balancing = vm.Chapter{
	Name: "balancer",
	Doc:  "What balancer_by_lua* may say about a try.",
	Funcs: []vm.Fn{
		{Name: "moongate.set_peer", Phases: vm.Anywhere, Run: inBalancer(setPeer), Doc: "set_current_peer"},
		{Name: "moongate.more_tries", Phases: vm.Anywhere, Run: inBalancer(moreTries), Doc: "set_more_tries"},
		{Name: "moongate.last_failure", Phases: vm.Anywhere, Run: inBalancer(lastFailure), Doc: "get_last_failure"},
		{Name: "moongate.try_timeouts", Phases: vm.Anywhere, Run: inBalancer(tryTimeouts), Doc: "set_timeouts"},
		{Name: "moongate.keep_peer", Phases: vm.Anywhere, Run: inBalancer(keepPeer), Doc: "enable_keepalive"},
		{Name: "moongate.peer_tls", Phases: vm.Anywhere, Run: inBalancer(peerTLS), Doc: "set_upstream_tls"},
		{Name: "moongate.bind_peer", Phases: vm.Anywhere, Run: inBalancer(bindPeer), Doc: "bind_to_local_addr"},
		{Name: "moongate.recreate", Phases: vm.Anywhere, Run: inBalancer(recreate), Doc: "recreate_request"},
	},
	Lua: `
local set_peer, more_tries, last_failure, timeouts = moongate.set_peer, moongate.more_tries, moongate.last_failure, moongate.try_timeouts
local keep, tls, bind, recreate = moongate.keep_peer, moongate.peer_tls, moongate.bind_peer, moongate.recreate
local type, tonumber, error = type, tonumber, error
package.preload["ngx.balancer"] = function()
    local _M = { version = "0.1.32" }

    local function wrong(i, name, want, v)
        error("bad argument #" .. i .. " to '" .. name .. "' (" .. want .. " expected, got " .. type(v) .. ")", 3)
    end

    function _M.set_current_peer(addr, port, host)
        if type(addr) ~= "string" then wrong(1, "set_current_peer", "string", addr) end
        if not port then port = 0 elseif type(port) ~= "number" then port = tonumber(port) end
        if host ~= nil and type(host) ~= "string" then wrong(3, "set_current_peer", "string", host) end
        return set_peer(addr, port, host)
    end

    function _M.set_more_tries(count) return more_tries(count) end

    function _M.get_last_failure()
        local state, status = last_failure()
        if state == nil and status then return nil, nil, status end
        return state, status
    end

    function _M.recreate_request() return recreate() end
    function _M.set_upstream_tls(on) return tls(on and on ~= 0 and true or false) end

    function _M.bind_to_local_addr(addr)
        if type(addr) ~= "string" then wrong(1, "bind_to_local_addr", "string", addr) end
        return bind(addr)
    end

    local function amount(i, v, default)
        if not v then return default end
        if type(v) ~= "number" then wrong(i, "enable_keepalive", "number", v) end
        if v < 0 then error("bad argument #" .. i .. " to 'enable_keepalive' (expected >= 0)", 3) end
        return v
    end

    function _M.enable_keepalive(idle_timeout, max_requests)
        return keep(amount(1, idle_timeout, 60), amount(2, max_requests, 100))
    end

    local function check(name, v)
        if not v then return 0 end
        if type(v) ~= "number" or v <= 0 then error("bad " .. name .. " timeout", 3) end
        return v
    end

    function _M.set_timeouts(connect, send, read)
        local ok, err = timeouts(check("connect", connect), check("send", send), check("read", read))
        return ok or false, err
    end

    return _M
end
`,
}

// inBalancer is f where there is a try, and what lua-nginx-module answers elsewhere.
func inBalancer(f func(b *Balancing, c *luajit.Call) luajit.Result) func(*vm.Ctx, *luajit.Call) luajit.Result {
	return func(x *vm.Ctx, c *luajit.Call) luajit.Result {
		b, ok := x.Balance.(*Balancing)
		switch {
		case x.R == nil:
			return c.Error("no request found")
		case x.Phase != vm.Balancer || !ok:
			if x.R.Upstream == nil {
				return c.Fail("no upstream found")
			}
			return c.Fail("API disabled in the current context")
		}
		return f(b, c)
	}
}

func done(c *luajit.Call) luajit.Result {
	c.Out().Bool(true)
	return luajit.Return
}

// setPeer is ngx_http_lua_ffi_balancer_set_current_peer.
func setPeer(b *Balancing, c *luajit.Call) luajit.Result {
	if err := b.choice.SetCurrentPeer(c.Str(1), uint16(c.Num(2))); err != nil {
		return c.Fail(err.Error())
	}
	b.Set = true
	b.own.Host = strings.Clone(c.Str(3))
	return done(c)
}

// moreTries is ngx_http_lua_ffi_balancer_set_more_tries.
func moreTries(b *Balancing, c *luajit.Call) luajit.Result {
	n, ok := c.ToNumber(1)
	if !ok {
		return c.TypeError(1, "number")
	}
	b.More = int(n)
	out := c.Out()
	out.Bool(true)
	total := b.total + b.choice.Tries - 1
	if limit := b.choice.MaxTries; limit > 0 && total+b.More > limit {
		b.More = limit - total
		out.Str("reduced tries due to limit")
	}
	return luajit.Return
}

func lastFailure(b *Balancing, c *luajit.Call) luajit.Result {
	out := c.Out()
	switch b.choice.LastOutcome {
	case upstream.Failed:
		out.Str("failed")
	case upstream.Next:
		out.Str("next")
	default:
		out.Nil()
		return luajit.Return
	}
	out.Int(b.choice.LastStatus)
	return luajit.Return
}

func tryTimeouts(b *Balancing, c *luajit.Call) luajit.Result {
	ch := b.choice
	for i, to := range []*time.Duration{&ch.ConnectTimeout, &ch.SendTimeout, &ch.ReadTimeout} {
		if d := seconds(c.Num(i + 1)); d > 0 {
			*to = d
		}
	}
	return done(c)
}

// keepPeer is ngx_http_lua_ffi_balancer_enable_keepalive.
func keepPeer(b *Balancing, c *luajit.Call) luajit.Result {
	if !b.Set {
		return c.Fail("no current peer set")
	}
	b.own.Pool, b.own.Timeout, b.own.Requests = b.pool, seconds(c.Num(1)), int(c.Num(2))
	return done(c)
}

// peerTLS is ngx_http_lua_ffi_balancer_set_upstream_tls.
func peerTLS(b *Balancing, c *luajit.Call) luajit.Result {
	b.own.TLS = upstream.Plain
	if c.Bool(1) {
		b.own.TLS = upstream.Secure
	}
	return done(c)
}

// bindPeer is ngx_http_lua_ffi_balancer_bind_to_local_addr.
func bindPeer(b *Balancing, c *luajit.Call) luajit.Result {
	text := c.Str(1)
	a, err := netip.ParseAddrPort(text)
	if err != nil {
		ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
		if err != nil {
			return c.Fail("invalid addr " + text)
		}
		a = netip.AddrPortFrom(ip, 0)
	}
	b.own.Bind = a
	return done(c)
}

func recreate(b *Balancing, c *luajit.Call) luajit.Result {
	b.choice.Recreate = true
	return done(c)
}
