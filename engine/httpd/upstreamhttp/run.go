package upstreamhttp

import (
	"errors"
	"net/netip"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
)

// Run takes the request to the upstream and the response to the client. Its result
// is the handler's.
func (u *Upstream) Run() httpd.Result {
	u.R.AtEnd(u.ended)
	if u.Conf.Cache != nil && !u.Uncached {
		return u.runCached()
	}
	return u.run()
}

// runCached is run with a cache in front. A panic must not leave others waiting for what
// this request was about to fetch.
func (u *Upstream) runCached() httpd.Result {
	done := false
	defer func() {
		if !done && u.kept != nil {
			u.kept.entry.Release()
		}
	}()
	res, answered := u.askCache()
	if !answered {
		res = u.run()
	}
	done = true
	return res
}

func (u *Upstream) run() httpd.Result {
	if !u.watch() {
		return u.finish(499)
	}
	u.outRoom = buffers.Get().(*buffer)
	if !u.PeerHost && !u.create() {
		return u.finish(500)
	}
	if res := u.findPeers(); res != httpd.OK {
		return u.finish(res)
	}
	u.began, u.tries = event.Mono(), 0
	u.Choice.MaxTries = u.Conf.NextTries
	if n := u.Conf.NextTries; n > 0 && u.Choice.Tries > n {
		u.Choice.Tries = n
	}
	for {
		ft, res := u.try()
		if ft == 0 {
			if res != proceed {
				return res
			}
			return u.respond()
		}
		if !u.next(ft) {
			if u.failure != 499 && u.staleAfter(u.repeatable(ft)) {
				return u.sendInstead(CacheStale)
			}
			return u.finish(httpd.Result(u.failure))
		}
	}
}

// watch begins to look after the one for whom the request is made. It is false when that
// has gone already.
func (u *Upstream) watch() bool {
	switch {
	case u.watching:
		return true
	case u.Stop != nil:
		u.watching = true
		u.Stop.of.Store(u)
	case !u.Conf.IgnoreClientAbort && u.Conf.Store == nil && !u.cacheable && !u.R.Background:
		u.watching = true
		u.R.WatchClient(&u.hook)
	}
	return !u.gone()
}

// create makes the request.
func (u *Upstream) create() (ok bool) {
	u.out, ok = u.Proto.Create(u, u.outRoom[:0])
	return ok
}

// proceed is the result of a try whose response is to be sent.
const proceed httpd.Result = -200

// findPeers starts choosing: among the peers of the group, or addresses made for
// this request (ngx_http_upstream_init_request).
func (u *Upstream) findPeers() httpd.Result {
	r := u.R
	if u.Group == nil && u.Host != "" {
		u.Group = r.Server.HTTP().Upstreams.Find(u.Host, u.Port, u.NoPort)
	}
	if g := u.Group; g != nil {
		if u.TLSName == "" {
			u.TLSName = g.Name
		}
		if !u.Choice.Start(g, r, clientAddr(r)) {
			return 500
		}
		u.Choice.Leave(u.Except)
		return httpd.OK
	}
	if u.TLSName == "" {
		u.TLSName = u.Host
	}
	if u.Resolve {
		if res := u.resolve(); res != httpd.OK {
			return res
		}
	}
	u.Choice.Start(nil, r, netip.Addr{})
	u.Choice.Reset(upstream.NewPeers(u.Host, u.Addrs))
	return httpd.OK
}

func clientAddr(r *httpd.Request) netip.Addr { return r.Conn.RemoteAddr().Addr().Unmap() }

// resolve asks the location's resolver.
func (u *Upstream) resolve() httpd.Result {
	r := u.R
	if u.Port == 0 {
		r.Logf(errlog.Error, "no port in upstream \"%s\"", u.Host)
		return 500
	}
	res := r.Resolver()
	if res == nil {
		r.Logf(errlog.Error, "no resolver defined to resolve %s", u.Host)
		return 502
	}
	host := strings.Clone(u.Host) // the answer outlives the request in a cache
	list, err := res.Name(host, r.Core().ResolverTimeout.V)
	if u.gone() {
		return 499
	}
	if err != nil {
		r.Logf(errlog.Error, "%s", err)
		return 502
	}
	u.Addrs = make([]resolver.Address, len(list.List))
	for i, a := range list.List {
		ap := netip.AddrPortFrom(a, u.Port)
		u.Addrs[i] = resolver.Address{IP: ap, Name: ap.String()}
	}
	return httpd.OK
}

// gone tells that the client has left and that this ends the request; it writes
// the log line (ngx_http_upstream_check_broken_connection).
func (u *Upstream) gone() bool {
	if !u.leaving() {
		return false
	}
	if u.Stop != nil {
		u.R.Logf(errlog.Info, "the request to upstream was given up")
		return true
	}
	if u.conn != nil {
		u.R.Logf(errlog.Info, "epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too")
	} else {
		u.R.Logf(errlog.Info, "epoll_wait() reported that client prematurely closed connection")
	}
	return true
}

// next decides after a failed try whether there is another one
// (ngx_http_upstream_next).
func (u *Upstream) next(ft Condition) bool {
	r := u.R
	r.Debugf("http next upstream, %x", int(ft))
	if u.conn != nil {
		u.state().BytesSent = u.conn.Sent
	}
	if u.held {
		o := upstream.Failed
		if ft == On403 || ft == On404 {
			o = upstream.Next
		}
		u.free(o)
	}
	u.unix = false
	if ft == OnTimeout {
		r.LogErr(errlog.Error, errTimedOut, "upstream timed out")
	}
	if u.cached && ft == OnError && u.Choice.Own == nil {
		u.Choice.Tries++ // the peer has closed an idle connection: no fault of its
		u.state().Stale = true
	}
	u.failure = ft.status()
	if u.leaving() {
		u.failure = 499
		return false
	}
	u.state().Status = u.failure
	if !u.mayRepeat(ft) || u.Choice.Tries == 0 && !u.again() {
		return false
	}
	u.closeConn(false)
	return u.pause()
}

// mayRepeat is the part of the decision that depends on the configuration.
func (u *Upstream) mayRepeat(ft Condition) bool {
	ft = u.repeatable(ft)
	if u.Conf.Next&ft != ft || u.requested && u.NoBuffer {
		return false
	}
	t, spent := u.Conf.NextTimeout, event.Mono()-u.began
	return (t == 0 || spent < t) && u.leaves(spent)
}

// repeatable adds to a condition what else must be allowed for this request.
func (u *Upstream) repeatable(ft Condition) Condition {
	if u.requested && (notIdempotent(u.R.Method) || notIdempotent(http1.ParseMethod(u.R.MethodName))) {
		ft |= NonIdempotent
	}
	return ft
}

// free ends the hold on a peer.
func (u *Upstream) free(o upstream.Outcome) {
	u.held = false
	u.Choice.LastOutcome = o
	if g := u.Choice.Group; g != nil {
		u.takeTimes()
		g.Balancer.Free(&u.Choice, o)
	} else {
		u.Choice.EndTry(o)
	}
	if u.Choice.Disabled {
		u.R.Logf(errlog.Warn, "upstream server temporarily disabled")
	}
}

// takeTimes puts how long the try took where balancers look.
func (u *Upstream) takeTimes() {
	s := u.state()
	u.Choice.HeaderTime = -1
	if s.HeaderTime != unset {
		u.Choice.HeaderTime = s.HeaderTime.Milliseconds()
	}
	took := s.ResponseTime
	if took == unset {
		took = event.Mono() - u.start
	}
	u.Choice.ResponseTime = took.Milliseconds()
}

// closeConn gives the connection up; a TLS peer is told unless the try has failed.
func (u *Upstream) closeConn(notify bool) {
	if c := u.conn; c != nil {
		u.conn = nil
		u.waitOn.Store(nil)
		u.body.stop(u, c)
		c.Close(notify)
	}
}

var errInterrupted = event.ErrInterrupted

func interrupted(err error) bool { return errors.Is(err, errInterrupted) }
