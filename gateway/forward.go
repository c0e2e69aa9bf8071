package gateway

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/upstream"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
)

// outgoing makes the request as the service will get it, for plugins to change.
func (x *exchange) outgoing(base string) {
	r, o := x.R, &x.Out
	o.Path = plugin.EscapePath(r, x.Match.Upstream(base, x.route.StripPath, x.route.PathHandling == "v1"))
	x.path = o.Path
}

// content is the content handler: the request goes to the service.
func content(r *httpd.Request) httpd.Result {
	x := slot.Get(r)
	if x == nil || x.plan == nil {
		r.Logf(errlog.Error, "the gateway has no route for a request that has come to gateway_pass by another way")
		return 500
	}
	s := x.plan.Service
	if s == nil {
		return x.Answer(503, "no Service found with those values")
	}
	if !s.Enabled {
		return x.Answer(404, "no Route matched with those values")
	}
	x.passed = true
	x.decide()
	plan, group := x.goal, x.whom
	if s = plan.Service; plan != x.plan && x.Out.Path == x.path {
		x.outgoing(s.Path)
	}
	t := &x.target
	t.Conf = plan.Conf(passer.Conf(r.Loc), x.route)
	if p := x.Passing; p != nil {
		t.Conf = plan.Adapted(t.Conf, p)
	}
	t.Secure, t.Group = x.secure(s), group
	x.chosenBy.point(t)
	if t.Group != nil && !t.Group.Fit() {
		return x.Answer(503, "failure to get a peer from the ring-balancer")
	}
	if res := x.leave(t); res != plugin.Next {
		return res
	}
	t.Host = x.host(plan, t.Group)
	t.URI = x.Out.Path
	if x.Out.Query != "" {
		t.URI = r.Concat(x.Out.Path, "?", x.Out.Query)
	}
	x.forwarded()
	t.Lines, t.Without = x.lines, &own
	if x.Plain {
		t.Without = &ownPlain
	}
	x.passing = true
	if x.Before = len(r.Out.List); x.Before > 0 {
		x.older = r.Out.List[x.Before-1]
	}
	if x.responds() {
		return x.respond()
	}
	res := x.pass()
	x.passing = false
	return res
}

// pass asks the service in its language.
func (x *exchange) pass() httpd.Result {
	s := x.plan.Service
	if x.goal != nil && x.goal.Service != nil {
		s = x.goal.Service
	}
	return passOf(s)(x.R, &x.target)
}

// secure tells whether TLS is spoken to the service.
func (x *exchange) secure(s *plane.Service) bool {
	if x.Out.Scheme != "" {
		return x.Out.Scheme == "https"
	}
	return s.Secure
}

// host is the Host header for the service; "" is that of the target that will be chosen.
func (x *exchange) host(plan *plane.Plan, group *upstream.Group) string {
	r := x.R
	switch {
	case x.Out.Host != "":
		return x.Out.Host
	case x.route.PreserveHost:
		if h, ok := r.In.Known(http1.Host); ok {
			return h
		}
		return r.Host
	case group != nil && group != plan.Service.Group:
		return ""
	}
	return plan.Service.Authority
}

var (
	own = ownHeaders()
	// ownPlain are those too that ask for an encoding or a part of the answer.
	ownPlain = ownHeaders("Accept-Encoding", "Range", "If-Range")
)

func ownHeaders(more ...string) (h upstreamhttp.Hidden) {
	for _, name := range append(more, plugin.ForwardedNames...) {
		h.Add(name)
	}
	return h
}

// forwarded writes what the service shall know of the client.
func (x *exchange) forwarded() {
	r := x.R
	x.lines = x.AppendForwarded(x.lines[:0])
	if up, ok := r.In.Known(http1.Upgrade); ok && upgrades(r) {
		x.lines = append(append(append(x.lines, "Connection: upgrade\r\nUpgrade: "...), up...), "\r\n"...)
	}
}

// upgrades tells whether the client asks for another protocol.
func upgrades(r *httpd.Request) bool {
	v, _ := r.In.Known(http1.Connection)
	for word := range strings.SplitSeq(v, ",") {
		if strings.EqualFold(strings.TrimSpace(word), "upgrade") {
			return true
		}
	}
	return false
}

// passOf is what speaks to a service.
func passOf(s *plane.Service) upstreamhttp.Pass {
	if passer.GRPC != nil && s.GRPC {
		return passer.GRPC
	}
	return passer.Pass
}
