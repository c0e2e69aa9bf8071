package upstreamhttp

import (
	"cmp"
	"errors"
	"math"
	"net/netip"
	"os"
	"strings"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/host"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
)

// connect takes an idle connection or makes a new one.
func (u *Upstream) connect() (Condition, httpd.Result) {
	u.cached = false
	if p, tag := u.pool(); p != nil {
		if c := p.Take(u.Choice.Addr, tag); c != nil {
			u.conn, u.cached = c, true
			return 0, proceed
		}
	}
	d := &u.dial
	*d = upstream.DialOptions{Timeout: u.within(u.connectTimeout()), KeepAlive: u.Conf.SocketKeepAlive, RcvBuf: u.Conf.RcvBuf, SndBuf: u.Conf.SndBuf}
	if u.watching {
		d.Began = u.tracer
	}
	if b := u.Conf.Bind; b != nil {
		d.Bind, d.Transparent = u.bind(b), b.Transparent
	}
	if o := u.Choice.Own; o != nil && o.Bind.IsValid() {
		d.Bind = o.Bind
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
			if u.Stop == nil && u.leaving() {
				u.R.Logf(errlog.Info, "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too")
				return 0, u.finish(499)
			}
			if u.gone() {
				return 0, u.finish(499)
			}
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			return OnTimeout, 0
		}
		return u.dialFailed(err)
	}
}

// ownTag keeps connections in a pool of a balancer's apart. TLS is not shared by
// locations: they may trust in different ways.
type ownTag struct {
	host string
	tls  *Conf
	bind netip.AddrPort
}

// tlsTag is how a connection was secured, and whose certificate it was checked for.
type tlsTag struct {
	by   *certs.Client
	name string
}

// framedTag keeps connections apart that speak in frames: group and conf may be the same.
type framedTag struct{ of any }

// pool is where idle connections to the peer are, and what they are for; nil when none
// are kept.
func (u *Upstream) pool() (p *upstream.Pool, tag any) {
	p, tag = u.poolOf()
	if p != nil && u.framed() != nil {
		tag = framedTag{tag}
	}
	return p, tag
}

func (u *Upstream) poolOf() (p *upstream.Pool, tag any) {
	if o := u.Choice.Own; o != nil && o.Pool != nil {
		t := ownTag{host: strings.Clone(o.Host), bind: o.Bind}
		if u.Secure {
			t.tls = u.Conf
			if t.host == "" {
				t.host = strings.Clone(u.target().Name)
			}
		}
		return o.Pool, t
	}
	if u.Group == nil {
		return nil, nil
	}
	if u.Conf.PoolByTLS {
		if !u.Secure {
			return u.Group.Pool, nil
		}
		return u.Group.Pool, tlsTag{u.Conf.TLS, strings.Clone(u.target().Name)}
	}
	return u.Group.Pool, u.Conf
}

// keep puts the connection into the pool.
func (u *Upstream) keep(c *upstream.Conn, p *upstream.Pool, tag any) {
	if o := u.Choice.Own; o != nil && o.Pool == p {
		p.PutFor(c, u.Choice.Addr, tag, cmp.Or(o.Requests, math.MaxInt), o.Timeout)
		return
	}
	p.Put(c, u.Choice.Addr, tag)
}

// The timeouts are the location's, unless a balancer has others for this request.
func (u *Upstream) connectTimeout() time.Duration {
	return cmp.Or(u.Choice.ConnectTimeout, u.Conf.ConnectTimeout)
}

func (u *Upstream) sendTimeout() time.Duration {
	return cmp.Or(u.Choice.SendTimeout, u.Conf.SendTimeout)
}

func (u *Upstream) readTimeout() time.Duration {
	return cmp.Or(u.Choice.ReadTimeout, u.Conf.ReadTimeout)
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
			u.R.LogErr(errlog.Crit, err, "bind(%s) failed", bindText(u.dial.Bind))
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

// bindText is the address as it was written.
func bindText(a netip.AddrPort) string {
	if a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
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
	a, ok := host.ParsePort(text)
	if !ok {
		u.R.Logf(errlog.Error, "invalid local address \"%s\"", text)
	}
	return a
}

// handshake makes the connection a TLS one.
func (u *Upstream) handshake() (Condition, httpd.Result) {
	r := u.R
	if u.Conf.TLS == nil {
		// A balancer wants it of a location that speaks to its servers without.
		r.Logf(errlog.Error, "no TLS is configured for the upstream")
		return 0, u.finish(500)
	}
	t := u.target()
	if v := u.Conf.Certificate; v != nil {
		if name := v.Eval(r); name != "" {
			full := r.Server.HTTP().Cycle.ConfPath
			pair, err := u.Conf.Pairs.Pair(strings.Clone(full(name)), strings.Clone(full(u.Conf.Key.Eval(r))), u.Conf.Passwords)
			if err != nil {
				r.Logf(errlog.Error, "%s", err)
				return 0, u.finish(500)
			}
			t.Certificates = append(t.Certificates, *pair)
		}
	}
	r.Doing("SSL handshaking to upstream")
	u.setPeerCode(&t)
	err := u.conn.Secure(u.Conf.TLS, t, u.within(u.connectTimeout()))
	switch {
	case err == nil:
		r.Debugf("SSL_do_handshake: 1")
	case u.leaving():
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
