// Package leastconn is the least_conn balancer: the peer with the fewest
// connections for its weight, and round robin among those that have equally few
// (ngx_http_upstream_least_conn_module).
package leastconn

import (
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
)

// Balancer is least_conn. The zero value is ready.
type Balancer struct{ roundrobin.Balancer }

// Pick implements upstream.Balancer.
func (Balancer) Pick(c *upstream.Choice) upstream.Verdict {
	for {
		p := c.Peers
		if p.Single {
			return roundrobin.Pick(c)
		}
		p.Lock()
		if c.Changed() {
			return c.GiveUp()
		}
		if i := least(c, p); i >= 0 {
			v := c.Take(i, p.List[i], upstream.Now())
			p.Unlock()
			return v
		}
		if !c.Backup() {
			return c.GiveUp()
		}
	}
}

func least(c *upstream.Choice, p *upstream.Peers) int {
	now := upstream.Now()
	if i := c.BySID(now); i >= 0 {
		return i
	}
	at, many := -1, false
	for i, peer := range p.List {
		if !c.Usable(i, peer, now) {
			continue
		}
		if at < 0 {
			at = i
			continue
		}
		b := p.List[at]
		switch mine, least := peer.Conns*b.Weight, b.Conns*peer.Weight; {
		case mine < least:
			at, many = i, false
		case mine == least:
			many = true
		}
	}
	if at < 0 {
		return -1
	}
	var total int64
	if many {
		b := p.List[at]
		conns, weight := b.Conns, b.Weight
		for i := at; i < len(p.List); i++ {
			peer := p.List[i]
			if peer.Conns*weight != conns*peer.Weight || !c.Usable(i, peer, now) {
				continue
			}
			total += roundrobin.Grow(peer)
			if peer.CurrentWeight > p.List[at].CurrentWeight {
				at = i
			}
		}
	}
	p.List[at].CurrentWeight -= total
	return at
}
