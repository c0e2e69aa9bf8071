package upstream

import (
	"slices"

	"moongate/edge/sys/event"
)

// Now is the time that failures are counted by, in seconds.
func Now() int64 { return event.UnixNano() / 1e9 }

// Reset begins choosing among peers, with nothing tried
// (ngx_http_upstream_init_round_robin_peer).
func (c *Choice) Reset(p *Peers) {
	c.Peers = p
	p.Lock()
	c.config = p.config
	c.Tries = p.tries()
	n := len(p.List)
	if p.Next != nil {
		n = max(n, len(p.Next.List))
	}
	p.Unlock()
	c.clearTried(n)
}

func (c *Choice) clearTried(n int) {
	c.tried = 0
	if n <= 64 {
		c.more = c.more[:0]
		return
	}
	words := (n - 1) / 64
	if cap(c.more) < words {
		c.more = make([]uint64, words)
		return
	}
	c.more = c.more[:words]
	clear(c.more)
}

// Leave leaves peers out as if they had been tried. For once the choice has begun.
func (c *Choice) Leave(list []*Peer) {
	p := c.Peers
	if p == nil || len(list) == 0 {
		return
	}
	p.Lock()
	defer p.Unlock()
	if c.Changed() {
		return
	}
	for i, peer := range p.List {
		if slices.Contains(list, peer) && !c.Tried(i) {
			c.markTried(i)
			if peer.Down == 0 && c.Tries > 0 {
				c.Tries--
			}
		}
	}
}

// Again begins anew when all peers have been tried, for who asks them once more.
func (c *Choice) Again() bool { return c.Group != nil && c.Group.Balancer.Begin(c) }

// Tried tells whether peer i was tried already.
func (c *Choice) Tried(i int) bool {
	if i < 64 {
		return c.tried&(1<<i) != 0
	}
	return c.more[i/64-1]&(1<<(i%64)) != 0
}

// Changed tells that the list of peers is not the one the choice began with;
// needs the lock.
func (c *Choice) Changed() bool { return c.config != c.Peers.config }

// Usable tells whether peer i can be chosen at all: not tried, not down, not held
// to have failed, not full. Needs the lock.
func (c *Choice) Usable(i int, p *Peer, now int64) bool {
	return p.Down == 0 && c.free(i, p, now)
}

// free is what Usable asks of a peer that is not down.
func (c *Choice) free(i int, p *Peer, now int64) bool {
	return !c.Tried(i) &&
		!p.failed(now) &&
		(p.MaxConns == 0 || p.Conns < p.MaxConns)
}

// failed tells whether the peer is left alone because of max_fails. Needs the lock.
func (p *Peer) failed(now int64) bool {
	return p.MaxFails != 0 && p.Fails >= p.MaxFails && now-p.Checked <= p.FailTimeout
}

// Take makes peer i the choice; needs the lock.
func (c *Choice) Take(i int, p *Peer, now int64) Verdict {
	c.markTried(i)
	if now-p.Checked > p.FailTimeout {
		p.Checked = now
	}
	c.set(p)
	return Picked
}

func (c *Choice) markTried(i int) {
	if i < 64 {
		c.tried |= 1 << i
	} else {
		c.more[i/64-1] |= 1 << (i % 64)
	}
}

// TakeSingle makes the only peer the choice, tried or not; needs the lock.
func (c *Choice) TakeSingle(p *Peer) Verdict {
	c.set(p)
	return Picked
}

func (c *Choice) set(p *Peer) {
	c.Addr, c.Name, c.Peer, c.Session = &p.Address, p.Name, p, &p.Session
	p.Conns++
}

// Backup goes over to the backup peers, false if there are none. Needs the lock,
// and gives it back when it answers true.
func (c *Choice) Backup() bool {
	p := c.Peers
	if p.Next == nil {
		return false
	}
	c.Peers = p.Next
	c.tried = 0
	clear(c.more)
	p.Unlock()
	p.Next.Lock()
	c.config = p.Next.config
	p.Next.Unlock()
	return true
}

// GiveUp names the group in place of a peer; needs the lock and gives it back.
func (c *Choice) GiveUp() Verdict {
	c.Name = c.Peers.Name
	c.Peers.Unlock()
	c.Addr, c.Peer, c.Session = nil, nil, nil
	return NoLive
}

// EndTry ends a try of a peer of the group
// (ngx_http_upstream_free_round_robin_peer).
func (c *Choice) EndTry(o Outcome) {
	p, peers := c.Peer, c.Peers
	c.Disabled = false
	if p == nil {
		if c.Tries > 0 {
			c.Tries--
		}
		return
	}
	c.Peer = nil
	peers.Lock()
	p.Conns--
	if peers.Single {
		p.Fails = 0
		peers.Unlock()
		c.Tries = 0
		return
	}
	if o == Failed {
		now := Now()
		p.Fails++
		p.Accessed, p.Checked = now, now
		if p.MaxFails != 0 {
			p.EffectiveWeight = max(p.EffectiveWeight-p.Weight/p.MaxFails, 0)
			c.Disabled = p.Fails >= p.MaxFails
		}
	} else if p.Accessed < p.Checked {
		p.Fails = 0 // the peer was given a chance and has used it
	}
	peers.Unlock()
	if c.Tries > 0 {
		c.Tries--
	}
}
