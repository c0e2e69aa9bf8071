package upstreamhttp

import (
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpcache"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
)

var errTimedOut = errno.Error(errno.ETIMEDOUT)

func notIdempotent(m httpd.Method) bool { return m&(http1.POST|http1.LOCK|http1.PATCH) != 0 }

// try asks one peer (ngx_http_upstream_connect and what follows it). A condition
// says why another may be asked; without one the result is proceed, or final.
func (u *Upstream) try() (Condition, httpd.Result) {
	r := u.R
	r.Doing("connecting to upstream")
	u.finishTime()
	u.start = event.Mono()
	u.tries++
	u.States = append(u.States, State{Began: u.start, ConnectTime: unset, HeaderTime: unset, ResponseTime: unset})
	if ft, res := u.pick(); ft != 0 || res != proceed {
		return ft, res
	}
	if ft, res := u.connect(); ft != 0 || res != proceed {
		return ft, res
	}
	c := u.conn
	c.Requests++
	c.Sent = 0
	c.Event().ClearInterrupt()
	u.waitFor(c.Event())
	if u.requested || u.responded {
		u.reinit()
	}
	u.requested, u.bodySent, u.responded = false, false, false
	if u.Secure && c.TLS() == nil {
		if ft, res := u.handshake(); ft != 0 || res != proceed {
			return ft, res
		}
	}
	u.state().ConnectTime = event.Mono() - u.start
	if ft, res := u.send(); ft != 0 || res != proceed {
		return ft, res
	}
	return u.readHeader()
}

// pick chooses the peer.
func (u *Upstream) pick() (Condition, httpd.Result) {
	c := &u.Choice
	if n := len(u.States); n > 1 {
		c.LastStatus = u.States[n-2].Status
	}
	var v upstream.Verdict
	if g := c.Group; g != nil {
		v = g.Balancer.Pick(c)
	} else {
		v = pickOwn(c)
	}
	u.name, u.unix = c.Name, c.Addr != nil && c.Addr.Path != ""
	u.state().Peer = c.Name
	switch v {
	case upstream.Picked:
		u.held = true
		if c.Peer != nil {
			u.state().Server = c.Peer.Server
		}
		if u.PeerHost && !u.createFor(c.Peer) {
			return 0, u.finish(500)
		}
		if c.Own != nil {
			u.obey(c.Own)
		}
		if c.Recreate {
			c.Recreate = false
			if !u.create() {
				return 0, u.finish(500)
			}
		}
		return 0, proceed
	case upstream.NoLive:
		u.R.Logf(errlog.Error, "no live upstreams")
		return OnNoLive, 0
	case upstream.Refused:
		return OnError, 0
	case upstream.Ended:
		return 0, u.finish(httpd.Result(c.Status))
	}
	return 0, u.finish(500)
}

// createFor makes the request when it is known to whom it goes, unless the one that has
// been made says the same.
func (u *Upstream) createFor(p *upstream.Peer) bool {
	host := ""
	if p != nil {
		host = p.Authority(u.Secure)
	}
	if host == "" && u.Group != nil {
		host = u.Group.Name // as proxy_pass says it
	}
	if u.out != nil && host == u.Host {
		return true
	}
	u.Host, u.TLSName = host, host
	return u.create()
}

// obey does what a balancer says of the connection.
func (u *Upstream) obey(o *upstream.Own) {
	switch o.TLS {
	case upstream.Plain:
		u.Secure, u.Schema = false, "http://"
	case upstream.Secure:
		u.Secure, u.Schema = true, "https://"
	}
	if u.Secure && o.Host != "" {
		u.TLSName = o.Host
	}
}

// pickOwn goes through addresses that belong to no group.
func pickOwn(c *upstream.Choice) upstream.Verdict {
	p := c.Peers
	p.Lock()
	defer p.Unlock()
	if p.Single {
		return c.TakeSingle(p.List[0])
	}
	now := upstream.Now()
	for i, peer := range p.List {
		if c.Usable(i, peer, now) {
			return c.Take(i, peer, now)
		}
	}
	c.Name, c.Addr, c.Peer = p.Name, nil, nil
	return upstream.NoLive
}

// reinit prepares for sending the request again.
func (u *Upstream) reinit() {
	u.Proto.Reinit(u)
	u.Keep, u.Upgrade, u.hints = false, false, 0
	if u.kept != nil {
		u.kept.fresh = httpcache.Freshness{}
	}
	u.resetIn()
	u.buf, u.pos = u.buf[:0], 0
}

func (u *Upstream) resetIn() {
	in := &u.In
	if u.kept != nil {
		u.kept.fresh.Again()
	}
	*in = HeadersIn{List: in.List[:0], Trailers: in.Trailers[:0], Length: -1}
}

// finishTime closes the account of the try before.
func (u *Upstream) finishTime() {
	if n := len(u.States); n > 0 && u.States[n-1].ResponseTime == unset {
		u.States[n-1].ResponseTime = event.Mono() - u.start
	}
}
