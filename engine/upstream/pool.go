package upstream

import (
	"sync"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/resolver"
)

// Pool is the idle connections of a group in one worker
// (ngx_http_upstream_keepalive_module). The list runs from the one used last to
// the one that has been idle longest:
//
//	head --> conn <--> conn <--> conn <-- tail
//	 Put, Take from here          dropped when there is one too many
//
// A connection in the list is parked. Whoever takes it off the loop first has it:
// a request through Unpark, or the loop, which then calls Ready.
type Pool struct {
	conf KeepAlive

	mu         sync.Mutex
	head, tail *Conn
	idle       int
	closing    bool
}

// NewPool makes an empty pool.
func NewPool(k KeepAlive) *Pool { return &Pool{conf: k} }

// Idle is how many connections wait in the pool.
func (p *Pool) Idle() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.idle
}

// Take finds an idle connection to an address. tag is the location it is for:
// pools that nobody has configured keep what locations made apart.
func (p *Pool) Take(a *resolver.Address, tag any) *Conn {
	p.mu.Lock()
	for c := p.head; c != nil; {
		next := c.next
		if same(&c.addr, a) && (!p.conf.Local || c.tag == tag) {
			if c.ev.Unpark() {
				p.unlink(c)
				if !c.ev.HasInput() && !c.ev.PeerClosed() {
					p.mu.Unlock()
					return c
				}
				c.ev.Close()
			}
		}
		c = next
	}
	p.mu.Unlock()
	return nil
}

func same(a, b *resolver.Address) bool { return a.IP == b.IP && a.Path == b.Path }

// Put keeps a connection after a request, or closes it when it has served long
// enough. The caller has checked that the request has left it clean.
func (p *Pool) Put(c *Conn, a *resolver.Address, tag any) {
	p.put(c, a, tag, p.conf.Requests, p.conf.Timeout)
}

// PutFor is Put for so many requests and so long a time.
func (p *Pool) PutFor(c *Conn, a *resolver.Address, tag any, requests int, idle time.Duration) {
	p.put(c, a, tag, requests, idle)
}

func (p *Pool) put(c *Conn, a *resolver.Address, tag any, requests int, idle time.Duration) {
	if c.Requests >= requests || idle <= 0 || event.Mono()-c.started > p.conf.Time || !c.clean() {
		c.Close(true)
		return
	}
	c.pool, c.addr, c.tag = p, *a, tag
	p.mu.Lock()
	if p.closing {
		p.mu.Unlock()
		c.Close(true)
		return
	}
	if p.idle >= p.conf.Max {
		if old := p.tail; old.ev.Unpark() {
			p.unlink(old)
			old.ev.Close()
		}
	}
	c.pooled = true
	c.prev, c.next = nil, p.head
	if p.head != nil {
		p.head.prev = c
	} else {
		p.tail = c
	}
	p.head = c
	p.idle++
	// Still locked: who finds it in the list must find it parked.
	c.ev.Park(idle)
	p.mu.Unlock()
}

// Close closes what is idle and keeps nothing any more.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closing = true
	for c := p.head; c != nil; {
		next := c.next
		if c.ev.Unpark() {
			p.unlink(c)
			c.ev.Close()
		}
		c = next
	}
	p.mu.Unlock()
}

func (p *Pool) drop(c *Conn) {
	p.mu.Lock()
	if c.pooled {
		p.unlink(c)
	}
	p.mu.Unlock()
}

func (p *Pool) unlink(c *Conn) {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		p.head = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		p.tail = c.prev
	}
	c.prev, c.next, c.pooled = nil, nil, false
	c.tag = nil
	p.idle--
}
