package upstreamhttp

import (
	"errors"
	"net/netip"
	"os"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/certs"
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
	u.States = append(u.States, State{ConnectTime: unset, HeaderTime: unset, ResponseTime: unset})
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
		return 0, proceed
	case upstream.NoLive:
		u.R.Logf(errlog.Error, "no live upstreams")
		return OnNoLive, 0
	case upstream.Refused:
		return OnError, 0
	}
	return 0, u.finish(500)
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

// connect takes an idle connection or makes a new one.
func (u *Upstream) connect() (Condition, httpd.Result) {
	u.cached = false
	if g := u.Group; g != nil && g.Pool != nil {
		if c := g.Pool.Take(u.Choice.Addr, u.Conf); c != nil {
			u.conn, u.cached = c, true
			return 0, proceed
		}
	}
	d := &u.dial
	*d = upstream.DialOptions{Timeout: u.Conf.ConnectTimeout, KeepAlive: u.Conf.SocketKeepAlive, RcvBuf: u.Conf.RcvBuf, SndBuf: u.Conf.SndBuf}
	if u.watching {
		d.Began = u.tracer
	}
	if b := u.Conf.Bind; b != nil {
		d.Bind, d.Transparent = u.bind(b), b.Transparent
	}
	for {
		c, err := upstream.Dial(u.R.Loop(), u.Choice.Addr, d)
		if err == nil {
			u.conn = c
			return 0, proceed
		}
		u.waitOn.Store(nil)
		switch {
		case interrupted(err):
			if u.watching && u.R.ClientGone() {
				u.R.Logf(errlog.Info, "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too")
				return 0, u.finish(499)
			}
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			return OnTimeout, 0
		}
		return u.dialFailed(err)
	}
}

// dialFailed words a failed connect. nginx names the peer when the system call
// itself fails, and not when the answer comes later.
func (u *Upstream) dialFailed(err error) (Condition, httpd.Result) {
	var call *os.SyscallError
	level := errlog.Error
	if errors.As(err, &call) {
		switch call.Syscall {
		case "connect":
		case "bind":
			u.R.LogErr(errlog.Crit, err, "bind(%s) failed", u.dial.Bind)
			return 0, u.finish(500)
		default:
			u.R.LogErr(errlog.Alert, err, "%s() failed", call.Syscall)
			return 0, u.finish(500)
		}
	}
	switch errno.Number(err) {
	case errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT, errno.EHOSTUNREACH:
		if !u.unix {
			u.R.LogErr(level, err, "connect() failed")
			return OnError, 0
		}
	case errno.EAGAIN, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN:
	default:
		level = errlog.Crit
	}
	u.R.LogErr(level, err, "connect() to %s failed", u.Choice.Name)
	return OnError, 0
}

// bind is the local address of proxy_bind for this request.
func (u *Upstream) bind(b *Bind) netip.AddrPort {
	if b.Value == nil {
		return b.Addr
	}
	text := b.Value.Eval(u.R)
	if text == "" {
		return netip.AddrPort{}
	}
	a, ok := ParseBind(text)
	if !ok {
		u.R.Logf(errlog.Error, "invalid local address \"%s\"", text)
	}
	return a
}

// ParseBind reads an address with or without a port.
func ParseBind(text string) (netip.AddrPort, bool) {
	if a, err := netip.ParseAddrPort(text); err == nil {
		return a, true
	}
	if n := len(text); n > 2 && text[0] == '[' && text[n-1] == ']' {
		text = text[1 : n-1]
	}
	a, err := netip.ParseAddr(text)
	return netip.AddrPortFrom(a, 0), err == nil
}

// handshake makes the connection a TLS one.
func (u *Upstream) handshake() (Condition, httpd.Result) {
	r := u.R
	t := u.target()
	if v := u.Conf.Certificate; v != nil {
		if name := v.Eval(r); name != "" {
			pair, err := certs.LoadPair(r.Server.HTTP().Cycle.ConfPath(name), r.Server.HTTP().Cycle.ConfPath(u.Conf.Key.Eval(r)), u.Conf.Passwords)
			if err != nil {
				r.Logf(errlog.Error, "%s", err)
				return 0, u.finish(500)
			}
			t.Certificates = append(t.Certificates, *pair)
		}
	}
	r.Doing("SSL handshaking to upstream")
	err := u.conn.Secure(u.Conf.TLS, t, u.Conf.ConnectTimeout)
	switch {
	case err == nil:
	case u.watching && r.ClientGone():
		u.gone()
		return 0, u.finish(499)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return OnTimeout, 0
	default:
		level := errlog.Error
		if h := new(certs.HandshakeError); errors.As(err, &h) && !h.PeerFault {
			level = errlog.Crit
		}
		r.Logf(level, "%s", err)
		return OnError, 0
	}
	if u.Conf.VerifyPeer {
		if err := u.Conf.TLS.Check(u.conn.TLS(), t.Name); err != nil {
			r.Logf(errlog.Error, "%s", err)
			return OnError, 0
		}
	}
	return 0, proceed
}

// reinit prepares for sending the request again.
func (u *Upstream) reinit() {
	u.Proto.Reinit(u)
	u.Keep, u.Upgrade, u.hints = false, false, 0
	u.resetIn()
	u.buf, u.pos = u.buf[:0], 0
}

func (u *Upstream) resetIn() {
	in := &u.In
	*in = HeadersIn{List: in.List[:0], Trailers: in.Trailers[:0], Length: -1}
}

// finishTime closes the account of the try before.
func (u *Upstream) finishTime() {
	if n := len(u.States); n > 0 && u.States[n-1].ResponseTime == unset {
		u.States[n-1].ResponseTime = event.Mono() - u.start
	}
}
