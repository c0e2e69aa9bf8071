package lua

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/lua/api"
	"moongate/lua/vm"
)

// balancerRows are balancer_by_lua and its kin, of upstream{}.
func balancerRows() []directive.Directive {
	return []directive.Directive{
		{Name: "balancer_by_lua_block", In: directive.Upstream, Args: directive.NoArgs, Body: directive.RawLua,
			Set: directive.Func(readBalancer(false)), Doc: "Lets Lua choose the server of each try."},
		{Name: "balancer_by_lua_file", Syntax: "path", In: directive.Upstream, Args: directive.Take1,
			Set: directive.Func(readBalancer(true)), Doc: "Lets a Lua file choose the server of each try."},
	}
}

func readBalancer(file bool) func(*directive.Call, *mainConf) error {
	return func(c *directive.Call, _ *mainConf) error {
		g := httpd.BuilderOf(c).Upstreams.Reading()
		if _, ok := g.Balancer.(*balancer); ok {
			return directive.Duplicate
		}
		text := c.Node.Raw
		if file {
			text = c.Args[0]
		}
		if text == "" {
			return noCode(c)
		}
		ch, err := newChunk(c, "balancer_by_lua", text, file)
		if err != nil {
			return err
		}
		if g.Balancer != nil {
			c.Warn("load balancing method redefined")
		}
		g.Balancer, g.Accepts = &balancer{chunk: ch}, upstream.AcceptAll
		return nil
	}
}

// balancer is balancer_by_lua* as the upstream engine sees it: round robin where the code
// names no peer.
type balancer struct {
	roundrobin.Balancer
	chunk *vm.Chunk
}

// Pick is ngx_http_lua_balancer_get_peer.
func (b *balancer) Pick(c *upstream.Choice) upstream.Verdict {
	r := c.Request.(*httpd.Request)
	x := of(r, httpd.Conf[conf](r, Module))
	if x == nil {
		return upstream.Broken
	}
	before := x.Balance
	try := api.Balancing{Choice: c}
	x.Balance = &try
	code, exited, ok := x.CallExit(vm.Balancer, b.chunk)
	x.Balance = before
	if !ok || exited && code != 0 {
		return upstream.Broken
	}
	var v upstream.Verdict
	if try.Host == "" {
		v = roundrobin.Pick(c)
	} else if err := c.SetCurrentPeer(try.Host, try.Port); err != nil {
		return upstream.Broken
	}
	c.Tries += try.More
	return v
}
