package lua

import (
	"math"
	"net/netip"

	"moongate/core/config/directive"
	"moongate/core/errlog"
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
		{Name: "balancer_keepalive", Syntax: "count", In: directive.Upstream, Args: directive.Take1,
			Set: directive.Func(readBalancerKeep), Doc: "How many idle connections are kept for enable_keepalive; 32 unless written."},
	}
}

func readBalancer(file bool) func(*directive.Call, *mainConf) error {
	return func(c *directive.Call, cf *mainConf) error {
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
		b := &balancer{chunk: ch, main: cf}
		if len(g.Servers) == 0 {
			// Lua shall name all peers: a server that is never asked.
			if err := g.ReadServer([]string{nobody + ":80"}, 80); err != nil {
				return err
			}
			b.alone = true
		}
		if g.Balancer != nil {
			c.Warn("load balancing method redefined")
		}
		g.Balancer, g.Accepts = b, upstream.AcceptAll
		cf.balancers = append(cf.balancers, b)
		return nil
	}
}

// nobody stands in a group that has no servers.
const nobody = "0.0.0.1"

// readBalancerKeep is ngx_http_lua_balancer_keepalive.
func readBalancerKeep(c *directive.Call, cf *mainConf) error {
	g := httpd.BuilderOf(c).Upstreams.Reading()
	if _, ok := cf.kept[g]; ok {
		return directive.Duplicate
	}
	n, ok := directive.ParseInt(c.Args[0])
	if !ok || n == 0 {
		return directive.Errorf("invalid value \"%s\" in \"balancer_keepalive\" directive", c.Args[0])
	}
	if cf.kept == nil {
		cf.kept = map[*upstream.Group]int{}
	}
	cf.kept[g] = n
	return nil
}

// balancer is balancer_by_lua* as the upstream engine sees it: round robin where the code
// names no peer.
type balancer struct {
	roundrobin.Balancer
	chunk *vm.Chunk
	main  *mainConf
	alone bool // the only server is nobody
	pool  *upstream.Pool
}

// Open implements upstream.Balancer. How long connections are kept is said by the code.
func (b *balancer) Open(g *upstream.Group) error {
	k := upstream.KeepAlive{Max: 32, Time: math.MaxInt64, Local: true}
	if n, ok := b.main.kept[g]; ok {
		k.Max = n
	}
	b.pool = upstream.NewPool(k)
	return b.Balancer.Open(g)
}

// Pick is ngx_http_lua_balancer_get_peer.
func (b *balancer) Pick(c *upstream.Choice) upstream.Verdict {
	r := c.Request.(*httpd.Request)
	x := of(r, httpd.Conf[conf](r, Module))
	if x == nil {
		return upstream.Broken
	}
	try := api.BeginTry(c, b.pool)
	before := x.Balance
	x.Balance = try
	x.StayOn()
	code, exited, ok := x.CallExit(vm.Balancer, b.chunk)
	x.Balance = before
	if !ok {
		return upstream.Broken
	}
	if exited {
		if v, done := ended(c, code); done {
			return v
		}
	}
	if try.Set {
		c.Tries += try.More
		return upstream.Picked
	}
	v := roundrobin.Pick(c)
	if v == upstream.Picked && b.alone && c.Addr.IP.Addr() == nobodyAddr {
		r.Logf(errlog.Error, "lua balancer: no peer set")
		c.EndTry(upstream.Next)
		return upstream.Broken
	}
	return v
}

// ended is what ngx.exit of the code means for the try.
func ended(c *upstream.Choice, code int) (upstream.Verdict, bool) {
	switch {
	case code == 0:
		return 0, false
	case code == busy:
		return upstream.NoLive, true
	case code == int(httpd.Declined):
		return upstream.Refused, true
	case code >= 300:
		c.Status = code
		return upstream.Ended, true
	case code > 0 || code == int(httpd.Error):
		return upstream.Broken, true
	}
	return 0, false
}

// busy is NGX_BUSY.
const busy = -3

var nobodyAddr = netip.MustParseAddr(nobody)
