// Package random is the random balancer: a peer by lot, weights considered, or
// the less busy one of two (ngx_http_upstream_random_module).
package random

import (
	"math/rand/v2"

	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/iphash"
	"moongate/engine/upstream/balance/roundrobin"
)

// Balancer is random; with Two it is `random two least_conn`.
type Balancer struct {
	roundrobin.Balancer
	Two bool
}

const maxTries = 20

// Pick implements upstream.Balancer.
func (b *Balancer) Pick(c *upstream.Choice) upstream.Verdict {
	p := c.Peers
	p.Lock()
	if c.Attempts > maxTries || len(p.List) < 2 || c.Changed() {
		p.Unlock()
		return roundrobin.Pick(c)
	}
	now := upstream.Now()
	if i := c.BySID(now); i >= 0 {
		v := c.Take(i, p.List[i], now)
		p.Unlock()
		return v
	}
	first := -1
	for {
		i := iphash.At(p, rand.Int64N(p.TotalWeight))
		if peer := p.List[i]; i != first && c.Usable(i, peer, now) {
			if b.Two && first < 0 {
				first = i
			} else {
				if b.Two {
					if f := p.List[first]; peer.Conns*f.Weight > f.Conns*peer.Weight {
						i = first
					}
				}
				v := c.Take(i, p.List[i], now)
				p.Unlock()
				return v
			}
			continue
		}
		if c.Attempts++; c.Attempts > maxTries {
			p.Unlock()
			return roundrobin.Pick(c)
		}
	}
}
