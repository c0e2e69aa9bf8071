package opentelemetry

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
)

// Fields of Span and of what is in it.
const (
	traceID = 1 + iota
	spanID
	traceState
	parentID
	spanName
	spanKind
	began
	ended
	attribute
	_
	spanEvent
	_
	_
	_
	spanStatus
)

const (
	spans = 2 // in ScopeSpans

	internal = 1 // kinds
	server   = 2
	client   = 3

	failed = 2 // codes of Status
)

// spans writes all of a request.
func (t *trace) spans(m message, x *plugin.Context) message {
	end := time.Now().UnixNano()
	m = t.request(m, x, end)
	for i := range t.Steps {
		s := &t.Steps[i]
		if s.Plugin == name {
			continue
		}
		var at int
		m, at = t.begin(m, newSpan(), t.Span, x.R.Concat("gateway.", s.Phase, ".plugin.", s.Plugin), internal, s.Began, s.Ended)
		m = m.close(at)
	}
	if u := upstreamhttp.Of(x.R); u != nil && len(u.States) > 0 {
		m = t.upstream(m, x, u, end)
	}
	return m
}

func newSpan() (id [8]byte) {
	binary.BigEndian.PutUint64(id[:], rand.Uint64()|1)
	return id
}

// begin begins a span.
func (t *trace) begin(m message, id, parent [8]byte, name string, kind uint64, from, to int64) (message, int) {
	m, at := m.open(spans)
	m = m.bytes(traceID, t.ID[:]).bytes(spanID, id[:])
	if t.parent.state != "" && len(t.parent.state) <= 512 {
		m = m.string(traceState, t.parent.state)
	}
	if parent != [8]byte{} {
		m = m.bytes(parentID, parent[:])
	}
	return m.string(spanName, name).int(spanKind, kind).fixed(began, uint64(from)).fixed(ended, uint64(max(from, to))), at
}

// request writes the span of the request itself (semantic conventions of HTTP servers).
func (t *trace) request(m message, x *plugin.Context, end int64) message {
	r := x.R
	method, title := methodOf(r), ""
	if x.Match.Path != "" {
		title = r.Concat(method, " ", x.Match.Path)
	}
	m, at := t.begin(m, t.Span, t.Parent, cmp.Or(title, method), server, r.Start.UnixNano(), end)
	status := r.LoggedStatus()
	return m.about(attribute, x, method, status).fault(r, status).close(at)
}

// about writes what there is to say of a request.
func (m message) about(attribute int, x *plugin.Context, method string, status int) message {
	r := x.R
	m = m.text(attribute, "http.request.method", method)
	if method == "_OTHER" {
		m = m.text(attribute, "http.request.method_original", r.MethodName)
	}
	m = m.text(attribute, "url.scheme", plugin.Scheme(r)).text(attribute, "url.path", pathOf(r)).text(attribute, "http.route", x.Match.Path).
		number(attribute, "http.response.status_code", status).
		number(attribute, "http.response.body.size", int(max(r.Sent-r.HeaderSize, 0))).
		text(attribute, "network.protocol.version", versionOf(r)).
		text(attribute, "server.address", r.Host).number(attribute, "server.port", plugin.Port(r)).
		text(attribute, "client.address", r.RemoteAddrText())
	agent, _ := r.In.Get("User-Agent")
	m = m.text(attribute, "user_agent.original", agent)
	if x.Route != nil {
		m = m.text(attribute, "moongate.route.id", x.Route.ID).text(attribute, "moongate.route.name", x.Route.Name)
	}
	if x.Service != nil {
		m = m.text(attribute, "moongate.service.id", x.Service.ID).text(attribute, "moongate.service.name", x.Service.Name)
	}
	if c := x.Consumer; c != nil {
		m = m.text(attribute, "moongate.consumer.id", c.ID).text(attribute, "moongate.consumer.username", c.Username)
	}
	return m.text(attribute, "moongate.release.variant", x.Variant)
}

// fault writes what a status of 500 and above means.
func (m message) fault(r *httpd.Request, status int) message {
	if status < 500 {
		return m
	}
	m, at := m.text(attribute, "error.type", r.Int(int64(status))).open(spanStatus)
	return m.int(3, failed).close(at)
}

// upstream writes the spans of the tries, and the one around them.
func (t *trace) upstream(m message, x *plugin.Context, u *upstreamhttp.Upstream, end int64) message {
	list := u.States
	around := newSpan()
	m, at := t.begin(m, around, t.Span, "gateway.upstream", internal, wall(list[0].Began), until(&list[len(list)-1], end))
	m = m.number(attribute, "moongate.upstream.tries", len(list)).close(at)
	for i := range list {
		if s := &list[i]; s.Peer != "" {
			m = t.try(m, x, s, around, i, i == len(list)-1, end)
		}
	}
	return m
}

// try writes the span of one (semantic conventions of HTTP clients).
func (t *trace) try(m message, x *plugin.Context, s *upstreamhttp.State, parent [8]byte, n int, last bool, end int64) message {
	r := x.R
	id := t.out
	if !last {
		id = newSpan()
	}
	start := wall(s.Began)
	method := methodOf(r)
	m, at := t.begin(m, id, parent, method, client, start, until(s, end))
	scheme, ok, _ := r.LookupVar("gateway_scheme")
	if !ok {
		scheme = "http"
	}
	host, port := s.Peer, 0
	if a, err := netip.ParseAddrPort(s.Peer); err == nil {
		host, port = a.Addr().String(), int(a.Port())
	}
	m = m.text(attribute, "http.request.method", method).text(attribute, "url.full", r.Concat(scheme, "://", s.Peer, x.Out.Path)).
		text(attribute, "server.address", cmp.Or(s.Server, host)).text(attribute, "network.peer.address", host)
	if port > 0 {
		m = m.number(attribute, "server.port", port).number(attribute, "network.peer.port", port)
	}
	if n > 0 {
		m = m.number(attribute, "http.request.resend_count", n)
	}
	if s.HeaderTime >= 0 && s.Status > 0 {
		m = m.number(attribute, "http.response.status_code", s.Status)
	}
	m = m.happened("connected", start, s.ConnectTime).happened("header received", start, s.HeaderTime)
	if !last && s.Status < 500 && s.HeaderTime < 0 {
		return m.fault(r, 502).close(at) // it has failed without an answer
	}
	return m.fault(r, s.Status).close(at)
}

// happened writes an event of a span.
func (m message) happened(name string, start int64, after time.Duration) message {
	if after < 0 {
		return m
	}
	m, at := m.open(spanEvent)
	return m.fixed(1, uint64(start+int64(after))).string(2, name).close(at)
}

// until is when a try has ended.
func until(s *upstreamhttp.State, end int64) int64 {
	if s.ResponseTime < 0 {
		return end
	}
	return wall(s.Began + s.ResponseTime)
}

// wall is the time of a reading of event.Mono.
func wall(mono time.Duration) int64 { return event.UnixNano() - int64(event.Mono()-mono) }

// methodOf is the method, for few enough names: those of others are attributes.
func methodOf(r *httpd.Request) string {
	switch r.MethodName {
	case "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY":
		return r.MethodName
	}
	return "_OTHER"
}

// pathOf is the path as it came; queries may have secrets in them.
func pathOf(r *httpd.Request) string {
	path, _, _ := strings.Cut(r.UnparsedURI, "?")
	return path
}

// versionOf is 1.1, or 2.
func versionOf(r *httpd.Request) string {
	v := strings.TrimPrefix(r.Proto, "HTTP/")
	if v == "2.0" {
		return "2"
	}
	return v
}
