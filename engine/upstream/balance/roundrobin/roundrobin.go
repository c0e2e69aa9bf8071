// Package roundrobin is the default balancer: smooth weighted round robin. The
// other methods fall back to it when they find nobody.
//
// Each peer's current weight grows by its effective weight at every choice; the
// greatest is chosen and pays the sum of all. Weights 5, 1, 1 give a a b a c a a,
// not a a a a a b c. A failure lowers the effective weight, and every choice
// brings it back by one.
package roundrobin

import "moongate/engine/upstream"

// Balancer is round robin. The zero value is ready.
type Balancer struct{}

// Open implements upstream.Balancer.
func (Balancer) Open(*upstream.Group) error { return nil }

// Begin implements upstream.Balancer.
func (Balancer) Begin(c *upstream.Choice) bool {
	c.Reset(c.Group.Peers)
	return true
}

// Free implements upstream.Balancer.
func (Balancer) Free(c *upstream.Choice, o upstream.Outcome) { c.EndTry(o) }

// Pick implements upstream.Balancer.
func (Balancer) Pick(c *upstream.Choice) upstream.Verdict { return Pick(c) }

// Pick is ngx_http_upstream_get_round_robin_peer.
func Pick(c *upstream.Choice) upstream.Verdict {
	for {
		p := c.Peers
		p.Lock()
		if c.Changed() {
			return c.GiveUp()
		}
		if p.Single {
			peer := p.List[0]
			if i := c.BySID(upstream.Now()); i >= 0 {
				v := c.TakeSingle(p.List[i])
				p.Unlock()
				return v
			}
			if peer.Down == 0 && (peer.MaxConns == 0 || peer.Conns < peer.MaxConns) {
				v := c.TakeSingle(peer)
				p.Unlock()
				return v
			}
		} else if i := best(c, p); i >= 0 {
			v := c.Take(i, p.List[i], upstream.Now())
			p.Unlock()
			return v
		}
		if !c.Backup() {
			return c.GiveUp()
		}
	}
}

func best(c *upstream.Choice, p *upstream.Peers) int {
	now := upstream.Now()
	bound := c.BySID(now)
	if bound >= 0 {
		// Those who are bound to a peer count in its turn, but only one deep: a
		// peer that has many of them does not go without new ones for as long.
		if b := p.List[bound]; b.CurrentWeight <= b.Weight-p.TotalWeight {
			return bound
		}
	}
	at, total := -1, int64(0)
	for i, peer := range p.List {
		if !c.Usable(i, peer, now) {
			continue
		}
		total += Grow(peer)
		if at < 0 || peer.CurrentWeight > p.List[at].CurrentWeight {
			at = i
		}
	}
	if bound >= 0 {
		at = bound
	}
	if at >= 0 {
		p.List[at].CurrentWeight -= total
	}
	return at
}

// Grow does a peer's part of a choice and returns the weight that counts.
func Grow(p *upstream.Peer) int64 {
	w := p.EffectiveWeight
	p.CurrentWeight += w
	if w < p.Weight {
		p.EffectiveWeight++
	}
	return w
}
