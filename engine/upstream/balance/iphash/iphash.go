// Package iphash is the ip_hash balancer: clients of one network (the first three
// bytes of an IPv4 address, all of an IPv6 one) go to one peer
// (ngx_http_upstream_ip_hash_module, whose numbers it gives).
package iphash

import (
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
)

// Balancer is ip_hash. The zero value is ready.
type Balancer struct{ roundrobin.Balancer }

const (
	seed     = 89
	maxTries = 20
)

// Begin implements upstream.Balancer.
func (Balancer) Begin(c *upstream.Choice) bool {
	c.Reset(c.Group.Peers)
	c.Hash = seed
	return true
}

// Pick implements upstream.Balancer.
func (Balancer) Pick(c *upstream.Choice) upstream.Verdict {
	p := c.Peers
	p.Lock()
	if c.Attempts > maxTries || len(p.List) < 2 || c.Changed() {
		p.Unlock()
		return roundrobin.Pick(c)
	}
	var raw [16]byte
	addr := raw[:3]
	switch {
	case c.Client.Is4():
		a := c.Client.As4()
		copy(addr, a[:])
	case c.Client.Is6():
		raw = c.Client.As16()
		addr = raw[:]
	}
	now := upstream.Now()
	if i := c.BySID(now); i >= 0 {
		v := c.Take(i, p.List[i], now)
		p.Unlock()
		return v
	}
	hash := c.Hash
	for {
		for _, b := range addr {
			hash = (hash*113 + uint32(b)) % 6271
		}
		i := At(p, int64(hash)%p.TotalWeight)
		if peer := p.List[i]; c.Usable(i, peer, now) {
			v := c.Take(i, peer, now)
			p.Unlock()
			c.Hash = hash
			return v
		}
		if c.Attempts++; c.Attempts > maxTries {
			p.Unlock()
			return roundrobin.Pick(c)
		}
	}
}

// At is the peer that a number below the total weight falls to.
func At(p *upstream.Peers, w int64) int {
	i := 0
	for w >= p.List[i].Weight {
		w -= p.List[i].Weight
		i++
	}
	return i
}
