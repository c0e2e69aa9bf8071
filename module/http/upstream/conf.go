package upstream

import (
	"time"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/resolver"
	engine "moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/engine/zone"
)

// conf is what the module has once, in http{}.
type conf struct {
	now    *group // whose block is being read
	groups []*group
	worker *httpd.Worker // of this process: names are resolved in its loop
}

// group is an upstream{} while it is read.
type group struct {
	*engine.Group
	resolver *httpd.Resolver
	timeout  directive.Value[time.Duration]
	sticky   bool
	keptFor  [3]bool // which of keepalive_requests, _time, _timeout were written
}

// readUpstream is ngx_http_upstream.
func readUpstream(c *directive.Call, cf *conf) error {
	g, err := httpd.BuilderOf(c).Upstreams.Add(c.Args[0], c.Pos())
	if err != nil {
		return err
	}
	cf.now = &group{Group: g}
	cf.groups = append(cf.groups, cf.now)
	if err := c.Walk(c.Node.Body, directive.Upstream, c.Scope); err != nil {
		return err
	}
	if len(g.Servers) == 0 {
		return directive.Errorf("no servers are inside upstream")
	}
	return nil
}

func readServer(c *directive.Call, cf *conf) error { return cf.now.ReadServer(c.Args, 80) }

// readZone is ngx_http_upstream_zone.
func readZone(c *directive.Call, cf *conf) error {
	const least = 8 * 4096
	name, size := c.Args[0], int64(0)
	if name == "" {
		return directive.Errorf("invalid zone name \"%s\"", name)
	}
	if len(c.Args) == 2 {
		var ok bool
		if size, ok = directive.ParseSize(c.Args[1]); !ok {
			return directive.Errorf("invalid zone size \"%s\"", c.Args[1])
		}
		if size < least {
			return directive.Errorf("zone \"%s\" is too small", name)
		}
	}
	z, err := httpd.BuilderOf(c).Zones().Declare(name, size, zone.KindUpstream)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	z.Fresh = true
	cf.now.Zone = z
	return nil
}

func readResolver(c *directive.Call, cf *conf) error {
	if cf.now.resolver != nil {
		return directive.Duplicate
	}
	o, err := resolver.ParseOptions(c.Args)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	cf.now.resolver = &httpd.Resolver{Options: o}
	return nil
}

func readResolverTimeout(c *directive.Call, cf *conf) error {
	return readTime(c, &cf.now.timeout)
}

func readTime(c *directive.Call, v *directive.Value[time.Duration]) error {
	if v.Written {
		return directive.Duplicate
	}
	d, ok := directive.ParseMsec(c.Args[0])
	if !ok {
		return directive.Reason("invalid value")
	}
	v.Put(c, d)
	return nil
}

// prepare checks the groups when the configuration is known.
func prepare(b *httpd.Builder) error {
	cf := httpd.MainConf[conf](b, Module)
	core := b.Ground().Core()
	for _, g := range cf.groups {
		res := g.resolver
		if res == nil {
			res = core.Resolver.V
		}
		if res != nil {
			g.Resolver = func() *resolver.Resolver { return res.Live(cf.worker) }
		}
		g.timeout.Or(core.ResolverTimeout.V)
		g.ResolverTimeout = g.timeout.V
	}
	unresolved, err := b.Upstreams.Check(b.Cycle.Child())
	for _, e := range unresolved {
		b.Cycle.Log.Log(errlog.Emerg, nil, "%s", e)
	}
	return err
}

// start opens the groups in a process that serves.
func start(w *httpd.Worker) error {
	httpd.MainConf[conf](w.HTTP, Module).worker = w
	set := w.HTTP.Upstreams
	if err := set.Open(roundrobin.Balancer{}); err != nil {
		return err
	}
	log := w.Cycle.Log
	w.Proc.CountPeers(set.Usable)
	set.Follow(w.Loop, func(text string) { log.Message(errlog.Error, text) })
	return nil
}

func stop(w *httpd.Worker) { w.HTTP.Upstreams.Close() }
