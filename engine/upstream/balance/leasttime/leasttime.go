// Package leasttime is the least_time balancer: the peer that is likely to be done
// first, by how long it took until now and how many requests it has, and round robin
// among those that are equal (ngx_http_upstream_least_time_module, with its numbers).
package leasttime

import (
	"moongate/edge/sys/event"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
)

// Balancer is least_time. The time that counts is that until the header, or with
// LastByte until the end of the answer. With InFlight requests that have not been
// answered yet count too, by how long they wait already.
type Balancer struct {
	roundrobin.Balancer
	LastByte bool
	InFlight bool
}

const (
	slowest = 5000 // all that take longer are equally bad, milliseconds
	step    = 20   // times that are as close as this are equal
)

// Pick implements upstream.Balancer.
func (b *Balancer) Pick(c *upstream.Choice) upstream.Verdict {
	for {
		p := c.Peers
		if p.Single {
			return roundrobin.Pick(c)
		}
		p.Lock()
		if c.Changed() {
			return c.GiveUp()
		}
		now := upstream.Now()
		if i := b.best(c, p, now); i >= 0 {
			if b.InFlight {
				begin(p.List[i])
				c.Waiting = true
			}
			v := c.Take(i, p.List[i], now)
			p.Unlock()
			return v
		}
		if !c.Backup() {
			return c.GiveUp()
		}
	}
}

func (b *Balancer) best(c *upstream.Choice, p *upstream.Peers, now int64) int {
	if i := c.BySID(now); i >= 0 {
		return i
	}
	at, many, least := -1, false, int64(0)
	for i, peer := range p.List {
		if !c.Usable(i, peer, now) {
			continue
		}
		if peer.InFlight > 0 {
			average(&peer.InFlightTime, peer.InFlightSum/peer.InFlight+millis()-peer.InFlightChanged)
		}
		end := b.end(peer, now)
		if at < 0 || end*p.List[at].Weight < least*peer.Weight {
			at, many, least = i, false, end
		} else if end*p.List[at].Weight == least*peer.Weight {
			many = true
		}
	}
	if !many {
		return at
	}
	total, weight := int64(0), p.List[at].Weight
	for i := at; i < len(p.List); i++ {
		peer := p.List[i]
		if !c.Usable(i, peer, now) || b.end(peer, now)*weight != least*peer.Weight {
			continue
		}
		total += roundrobin.Grow(peer)
		if peer.CurrentWeight > p.List[at].CurrentWeight {
			at, weight = i, peer.Weight
		}
	}
	p.List[at].CurrentWeight -= total
	return at
}

// end estimates when a peer would be done with one more request.
func (b *Balancer) end(p *upstream.Peer, now int64) int64 {
	t := p.HeaderTime
	if b.LastByte {
		t = p.ResponseTime
	}
	if idle := now - p.Checked; idle > p.FailTimeout {
		// Half of it each fail_timeout, so that slow peers get another chance.
		t >>= uint64(idle / (p.FailTimeout + 1))
	}
	if p.InFlight > 0 {
		t = max(t, p.InFlightTime)
	}
	if t > slowest {
		t = slowest
	} else {
		t += step - t%step
	}
	return t * (1 + p.Conns)
}

// begin counts a request that is on its way.
func begin(p *upstream.Peer) {
	now := millis()
	if p.InFlight > 0 {
		p.InFlightSum += (now - p.InFlightChanged) * p.InFlight
	}
	p.InFlightChanged = now
	p.InFlight++
}

// arrived ends that, after it took so long.
func arrived(c *upstream.Choice, took int64) {
	if !c.Waiting {
		return
	}
	c.Waiting = false
	p := c.Peer
	if p.InFlight == 1 {
		p.InFlightSum = 0
	} else {
		now := millis()
		p.InFlightSum += (now-p.InFlightChanged)*p.InFlight - took
		p.InFlightChanged = now
	}
	p.InFlight--
}

// HeaderCame implements upstream.HeaderWatcher.
func (b *Balancer) HeaderCame(c *upstream.Choice) {
	if !b.InFlight || b.LastByte || c.Peer == nil {
		return
	}
	c.Peers.Lock()
	average(&c.Peer.HeaderTime, c.HeaderTime)
	arrived(c, c.HeaderTime)
	c.Peers.Unlock()
}

// Free implements upstream.Balancer. Only answers count: a peer that fails fast is
// not a fast one.
func (b *Balancer) Free(c *upstream.Choice, o upstream.Outcome) {
	if p := c.Peer; p != nil {
		c.Peers.Lock()
		arrived(c, c.ResponseTime)
		if o == upstream.Good && c.HeaderTime >= 0 {
			average(&p.ResponseTime, c.ResponseTime)
			if !b.InFlight || b.LastByte {
				average(&p.HeaderTime, c.HeaderTime)
			}
		}
		c.Peers.Unlock()
	}
	c.EndTry(o)
}

// average is ngx_http_upstream_response_time_avg.
func average(avg *int64, v int64) {
	if *avg == 0 {
		*avg = v
		return
	}
	*avg = int64(0.5 + float64(v)*0.05 + float64(*avg)*0.95)
}

// millis is a clock that all workers share.
func millis() int64 { return event.UnixNano() / 1e6 }
