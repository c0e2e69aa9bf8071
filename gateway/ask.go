package gateway

import (
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/upstream"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
)

// asking is a request to another service on behalf of a client's request: a subrequest that
// runs no phases.
type asking struct {
	x      *exchange
	q      *httpd.Request
	a      *plugin.Ask
	target upstreamhttp.Target
	pass   upstreamhttp.Pass
	stop   upstreamhttp.Stop
	err    error // of Take
}

// ask implements plugin.Asker.
func (x *exchange) ask(a *plugin.Ask) (plugin.Asking, plugin.Failed) {
	s := x.plane.ServiceNamed(a.Service)
	if s == nil || !s.Enabled {
		return nil, plugin.NoService
	}
	plan, group := x.versionOf(x.plane.With(x.plan, s))
	if group != nil && !group.Fit() {
		return nil, plugin.NoTarget
	}
	s = plan.Service
	q, err := x.R.Subrequest(httpd.Sub{URI: x.R.URI, Method: a.Method, OwnVars: true, Capture: func(*httpd.Request, []httpd.Buf) error { return nil }})
	if err != nil {
		return nil, plugin.Unreachable
	}
	k := &asking{x: x, q: q, a: a, pass: passOf(s)}
	t := &k.target
	t.Conf = plan.Adapted(plan.Conf(passer.Conf(x.R.Loc), x.route), asks{})
	t.Secure, t.Group, t.Stop = s.Secure, group, &k.stop
	if group == s.Group {
		t.Host = s.Authority
	}
	t.URI = join(s.Path, a.Path)
	if a.Query != "" {
		t.URI += "?" + a.Query
	}
	t.Lines, t.Without = x.AppendForwarded(nil), &ownAsk
	for i := range a.Header {
		q.In.Set(a.Header[i].Name, a.Header[i].Value)
	}
	if !a.PassBody {
		q.Body = httpd.Body{}
		q.Body.Set(nil, nil)
		q.In.ContentLength, q.In.Chunked = -1, false
		for _, name := range []string{"Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Expect"} {
			q.In.Del(name)
		}
	}
	return k, plugin.NotFailed
}

// versionOf is the version of a service that releases give this client.
func (x *exchange) versionOf(plan *plane.Plan) (*plane.Plan, *upstream.Group) {
	r, d := plan.Decide(x.releaseRequest())
	if r == nil {
		return plan, plan.Peers()
	}
	v := r.Goal(d.Variant)
	switch other, peers, err := x.plane.Of(&v, plan); {
	case err != nil:
	case other != nil:
		plan = x.plane.With(plan, other)
	case peers != nil:
		return plan, peers
	}
	return plan, plan.Peers()
}

// join puts a service's path in front of another.
func join(base, path string) string {
	if n := len(base); n > 0 && base[n-1] == '/' {
		base = base[:n-1]
	}
	return base + path
}

// ownAsk are the client's headers that no service gets of those who ask beside: an answer
// must be whole and readable, and the conditions are those of another answer.
var ownAsk = ownHeaders("Accept-Encoding", "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Upgrade")

// asks is what is different in how a service is spoken to: the answer is nobody's yet.
type asks struct{}

// Pass implements plugin.Passing.
func (asks) Pass(c *upstreamhttp.Conf) {
	c.Buffering, c.ChangeBuffering, c.RequestBuffering = false, false, true
	c.InterceptErrors, c.Intercept404, c.PassEarlyHints, c.PassTrailers = false, false, false, false
	c.IgnoreHeaders |= upstreamhttp.IgnoreRedirect | upstreamhttp.IgnoreLimitRate | upstreamhttp.IgnoreBuffering
}

// Run implements plugin.Asking, as do the methods below.
func (k *asking) Run() plugin.Reply {
	q, begin := k.q, event.Mono()
	q.Hold(k.take)
	res := q.RunBy(func(q *httpd.Request) httpd.Result { return k.pass(q, &k.target) })
	begun := q.Unhold()
	k.x.watch(q, k.target.Group)
	r := plugin.Reply{Took: event.Mono() - begin}
	if begun {
		r.Status = q.Out.Status
	}
	switch {
	case k.stop.Called():
		r.Failed = plugin.Stopped
	case begun && res == httpd.OK:
	case begun, k.err != nil:
		r.Failed = plugin.Incomplete
	case res == 504:
		r.Failed = plugin.TimedOut
	default:
		r.Failed = plugin.Unreachable
	}
	return r
}

func (k *asking) take(in []httpd.Buf) error {
	if k.q.Method == http1.HEAD {
		return nil
	}
	for i := range in {
		if k.err == nil && len(in[i].B) > 0 {
			k.err = k.a.Take(in[i].B)
		}
	}
	return k.err
}

func (k *asking) Stop() { k.stop.Now() }

func (k *asking) Free() {
	k.q.Free()
	k.q = nil
}
