package upstream

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
	engine "moongate/engine/upstream"
	"moongate/engine/upstream/balance/hash"
	"moongate/engine/upstream/balance/iphash"
	"moongate/engine/upstream/balance/leastconn"
	"moongate/engine/upstream/balance/leasttime"
	"moongate/engine/upstream/balance/random"
)

// choose gives the group its method.
func (g *group) choose(c *directive.Call, b engine.Balancer, accepts engine.Accepts) {
	if g.Balancer != nil {
		c.Warn("load balancing method redefined")
	}
	g.Balancer, g.Accepts = b, accepts
}

func readIPHash(c *directive.Call, cf *conf) error {
	cf.now.choose(c, iphash.Balancer{}, engine.AcceptNoBackup)
	return nil
}

func readLeastConn(c *directive.Call, cf *conf) error {
	cf.now.choose(c, leastconn.Balancer{}, engine.AcceptAll)
	return nil
}

// readLeastTime is ngx_http_upstream_least_time.
func readLeastTime(c *directive.Call, cf *conf) error {
	b := new(leasttime.Balancer)
	_, again := cf.now.Balancer.(*leasttime.Balancer)
	cf.now.choose(c, b, engine.AcceptAll)
	if len(c.Args) == 2 {
		if c.Args[1] != "inflight" {
			return directive.Errorf("invalid parameter \"%s\"", c.Args[1])
		}
		b.InFlight = true
	}
	switch {
	case again:
		return directive.Duplicate
	case c.Args[0] == "last_byte":
		b.LastByte = true
	case c.Args[0] != "header":
		return directive.Errorf("invalid value \"%s\"", c.Args[0])
	}
	return nil
}

// readHash is ngx_http_upstream_hash.
func readHash(c *directive.Call, cf *conf) error {
	v, err := httpd.CompileArg(c, c.Args[0])
	if err != nil {
		return err
	}
	key := func(request any) string { return v.Eval(request.(*httpd.Request)) }
	switch {
	case len(c.Args) == 1:
		cf.now.choose(c, &hash.Balancer{Key: key}, engine.AcceptNoBackup)
	case c.Args[1] == "consistent":
		cf.now.choose(c, &hash.Consistent{Key: key}, engine.AcceptNoBackup)
	default:
		return directive.Errorf("invalid parameter \"%s\"", c.Args[1])
	}
	return nil
}

// readRandom is ngx_http_upstream_random.
func readRandom(c *directive.Call, cf *conf) error {
	b := new(random.Balancer)
	cf.now.choose(c, b, engine.AcceptNoBackup)
	if len(c.Args) > 0 {
		if c.Args[0] != "two" {
			return directive.Errorf("invalid parameter \"%s\"", c.Args[0])
		}
		b.Two = true
	}
	if len(c.Args) > 1 && c.Args[1] != "least_conn" {
		return directive.Errorf("invalid parameter \"%s\"", c.Args[1])
	}
	return nil
}
