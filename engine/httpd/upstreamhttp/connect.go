package upstreamhttp

import (
	"cmp"
	"errors"
	"net/netip"
	"os"
	"strings"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
)

// connect takes an idle connection or makes a new one.
func (u *Upstream) connect() (Condition, httpd.Result) {
	u.cached = false
	if p := u.pool(); p != nil {
		if c := p.Take(u.Choice.Addr, u.Conf); c != nil {
			u.conn, u.cached = c, true
			return 0, proceed
		}
	}
	d := &u.dial
	*d = upstream.DialOptions{Timeout: u.connectTimeout(), KeepAlive: u.Conf.SocketKeepAlive, RcvBuf: u.Conf.RcvBuf, SndBuf: u.Conf.SndBuf}
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

// pool is where idle connections to the peer are, nil when none are kept.
func (u *Upstream) pool() *upstream.Pool {
	if p := u.Choice.Pool; p != nil {
		return p
	}
	if u.Group == nil {
		return nil
	}
	return u.Group.Pool
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

// handshake makes the connection a TLS one.
func (u *Upstream) handshake() (Condition, httpd.Result) {
	r := u.R
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
	err := u.conn.Secure(u.Conf.TLS, t, u.connectTimeout())
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
