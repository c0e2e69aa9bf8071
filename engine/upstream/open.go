package upstream

import (
	"fmt"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/engine/resolver"
	"moongate/engine/zone"
)

// Check makes sure that every group can be served: hosts that only a URL names
// are looked up, servers are counted (ngx_http_upstream_init_round_robin with its
// texts). child says that another process has been through this already, so that
// a name that cannot be resolved now must not end this one; those are returned.
func (s *Set) Check(child bool) (unresolved []error, err error) {
	for _, g := range s.order {
		if z := g.Zone; z != nil {
			z.Carry = func(old *zone.Zone) error { return s.carry(z, old) }
		}
		if err := g.check(); err != nil {
			if child && len(g.Servers) == 0 {
				unresolved = append(unresolved, err)
				continue
			}
			return nil, err
		}
	}
	return unresolved, nil
}

func (g *Group) check() error {
	if !g.Written {
		return g.resolve()
	}
	primary, dynamic := 0, g.dynamic()
	for i := range g.Servers {
		if !g.Servers[i].Backup {
			primary++
		}
	}
	switch {
	case dynamic && g.Zone == nil:
		return directive.ErrorAt(syntax.Pos{}, "resolving names at run time requires upstream \"%s\"%s to be in shared memory", g.Name, g.At.In())
	case dynamic && g.Accepts&AcceptModify == 0:
		return directive.ErrorAt(syntax.Pos{}, "load balancing method does not support resolving names at run time in upstream \"%s\"%s", g.Name, g.At.In())
	case dynamic && g.Resolver == nil:
		return directive.ErrorAt(g.At, "no resolver defined to resolve names at run time in upstream \"%s\"", g.Name)
	case primary == 0:
		return directive.ErrorAt(g.At, "no servers in upstream \"%s\"", g.Name)
	}
	return nil
}

// dynamic tells whether names are resolved at run time.
func (g *Group) dynamic() bool {
	for i := range g.Servers {
		if g.Servers[i].Host != "" {
			return true
		}
	}
	return false
}

// resolve finds the addresses of a group that a URL has made.
func (g *Group) resolve() error {
	if len(g.Servers) > 0 {
		return nil
	}
	if g.Port == 0 {
		return directive.ErrorAt(g.At, "no port in upstream \"%s\"", g.Name)
	}
	u, err := resolver.ParseURL(g.Name, resolver.URLOptions{DefaultPort: g.Port})
	if err != nil {
		return directive.ErrorAt(g.At, "%s in upstream \"%s\"", err, g.Name)
	}
	g.Servers = []Server{{Name: g.Name, Addrs: u.Addrs, Weight: 1, MaxFails: 1, FailTimeout: 10e9}}
	return nil
}

// Open makes the peers and pools of all groups in a process that serves. standard
// is the balancer of groups that have chosen none.
func (s *Set) Open(standard Balancer) error {
	for _, g := range s.order {
		if g.Balancer == nil {
			g.Balancer = standard
		}
		p, err := openPeers(g, false)
		if err != nil {
			return err
		}
		if p == nil {
			p = &Peers{Name: g.Name}
		}
		if p.Next, err = openPeers(g, true); err != nil {
			return err
		}
		p.setSingle()
		g.Peers = p
		for q := p; q != nil; q = q.Next {
			for _, h := range q.hosts {
				g.recall(h)
			}
		}
		g.openPool()
		g.Watcher, _ = g.Balancer.(HeaderWatcher)
		if err := g.Balancer.Open(g); err != nil {
			return fmt.Errorf("upstream \"%s\": %w", g.Name, err)
		}
	}
	return nil
}

// Close closes the idle connections of all groups.
func (s *Set) Close() {
	for _, g := range s.order {
		if g.Pool != nil {
			g.Pool.Close()
		}
	}
}
