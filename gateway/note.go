package gateway

import (
	"cmp"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/live"
)

// note writes a request that has ended for those who ask what happens. What may be secret is
// left out here: it is never in the memory that others read.
func (g *worker) note(r *httpd.Request, x *exchange, who live.Who, took time.Duration) {
	names := g.ring.Names()
	if names == nil || !g.ring.Take(r.LoggedStatus() >= 400) {
		return
	}
	var path [1024]byte
	var headers [32]live.Header
	e := live.Entry{Time: event.UnixNano(), Status: r.LoggedStatus(), Took: took, Sent: r.Sent, Who: who}
	t := &e.Texts
	t[live.TextID], _, _ = r.LookupVar("request_id")
	t[live.TextMethod], t[live.TextHost], t[live.TextClient] = r.MethodName, r.Host, r.RemoteAddrText()
	t[live.TextPath] = string(appendTarget(path[:0], r, names))
	e.Headers = shown(headers[:0], r, names)
	if u := upstreamhttp.Of(r); u != nil && len(u.States) > 0 {
		for i := range u.States {
			e.Upstream += max(u.States[i].ResponseTime, 0)
		}
		t[live.TextTarget] = u.States[len(u.States)-1].Peer
	}
	if x != nil {
		x.note(t)
	}
	g.ring.Note(&e)
}

// note tells what the gateway has decided.
func (x *exchange) note(t *live.Texts) {
	if x.Route != nil {
		t[live.TextRouteID], t[live.TextRoute] = x.Route.ID, cmp.Or(x.Route.Name, x.Route.ID)
	}
	if x.Service != nil {
		t[live.TextServiceID], t[live.TextService] = x.Service.ID, cmp.Or(x.Service.Name, x.Service.ID)
	}
	if c := x.Consumer; c != nil {
		t[live.TextConsumerID], t[live.TextConsumer] = c.ID, cmp.Or(c.Username, c.CustomID, c.ID)
	}
	if x.release != nil {
		t[live.TextRelease], t[live.TextVariant] = cmp.Or(x.release.Name, x.release.ID), x.Variant
	}
}

// appendTarget appends what the client has asked for, from the path on.
func appendTarget(b []byte, r *httpd.Request, names *live.Names) []byte {
	path, args, has := strings.Cut(r.UnparsedURI, "?")
	if b = append(b, path...); has {
		b = names.Query(append(b, '?'), args)
	}
	return b
}

// shown are the headers that may be seen, as far as there is room.
func shown(list []live.Header, r *httpd.Request, names *live.Names) []live.Header {
	for i := range r.In.List {
		h := &r.In.List[i]
		if len(list) == cap(list) {
			break
		}
		if value, ok := names.Header(h.Name, h.Value); ok {
			list = append(list, live.Header{Name: h.Name, Value: value})
		}
	}
	return list
}
