// Package sticky sends a client to the peer that it was with before: it brings the
// peer's SID in a cookie or a variable, or it is recognised by something of its own
// and the SID was learned (ngx_http_upstream_sticky_module). It lies around another
// balancer, which chooses for those who bring nothing and when the peer can't be
// had.
package sticky

import "moongate/engine/upstream"

// Balancer is sticky.
type Balancer struct {
	upstream.Balancer // that it lies around

	// Lookup is what the client brings, "" for nothing.
	Lookup func(request any) string
	// Insert puts the cookie for a peer into the answer's header; place is where it
	// is from an earlier try, 0 at first. Nil without a cookie.
	Insert func(request any, sid string, place int) int
	// Warn takes a line for the request's log.
	Warn func(request any, text string)

	// Learned, if set: what clients bring leads to SIDs by it. Create is what an
	// answer says it will be, and AtHeader that its header is enough to believe it.
	Learned  *Sessions
	Create   func(request any) string
	AtHeader bool
}

// Open implements upstream.Balancer.
func (b *Balancer) Open(g *upstream.Group) error {
	if b.Learned != nil {
		if err := b.Learned.open(); err != nil {
			return err
		}
	}
	return b.Balancer.Open(g)
}

// Begin implements upstream.Balancer.
func (b *Balancer) Begin(c *upstream.Choice) bool {
	if !b.Balancer.Begin(c) {
		return false
	}
	c.Sticky = b.Lookup(c.Request)
	return true
}

// Pick implements upstream.Balancer.
func (b *Balancer) Pick(c *upstream.Choice) upstream.Verdict {
	c.Hint = c.Sticky
	if c.Hint != "" && b.Learned != nil {
		c.Hint = b.Learned.find(c.Sticky)
	}
	v := b.Balancer.Pick(c)
	c.Hint = ""
	if v == upstream.Picked && b.Insert != nil {
		if sid, ok := b.sid(c); ok {
			c.Cookie = b.Insert(c.Request, sid, c.Cookie)
		}
	}
	return v
}

// sid is the chosen peer's. An address that a script has chosen has none.
func (b *Balancer) sid(c *upstream.Choice) (string, bool) {
	if c.Peer == nil {
		b.Warn(c.Request, "balancer does not support sticky")
		return "", false
	}
	return c.Peer.SID, true
}

// Free implements upstream.Balancer.
func (b *Balancer) Free(c *upstream.Choice, o upstream.Outcome) {
	if o == upstream.Good && b.Learned != nil && !b.AtHeader {
		b.learn(c)
	}
	b.Balancer.Free(c, o)
}

// HeaderCame implements upstream.HeaderWatcher.
func (b *Balancer) HeaderCame(c *upstream.Choice) {
	if b.Learned != nil && b.AtHeader {
		b.learn(c)
	}
	if w, ok := b.Balancer.(upstream.HeaderWatcher); ok {
		w.HeaderCame(c)
	}
}

// learn keeps which peer has answered. Who is not known yet must be named by the
// answer.
func (b *Balancer) learn(c *upstream.Choice) {
	sid, ok := b.sid(c)
	if !ok {
		return
	}
	id := b.Create(c.Request)
	create := id != ""
	if !create {
		if id = c.Sticky; id == "" {
			return
		}
	}
	b.Learned.keep(id, sid, create, func(text string) { b.Warn(c.Request, text) })
}
