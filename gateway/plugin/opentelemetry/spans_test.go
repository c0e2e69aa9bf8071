package opentelemetry_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// tried is a service that has been asked twice: the first target has not answered.
func tried(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
	now := event.Mono()
	r.Upstream = &upstreamhttp.Upstream{States: []upstreamhttp.State{
		{Peer: "127.0.0.1:81", Server: "a.test:81", Status: 502, Began: now - 30*time.Millisecond, ConnectTime: -1, HeaderTime: -1, ResponseTime: 10 * time.Millisecond},
		{Peer: "127.0.0.1:82", Server: "b.test:82", Status: 200, Began: now - 20*time.Millisecond, ConnectTime: time.Millisecond, HeaderTime: 3 * time.Millisecond, ResponseTime: 4 * time.Millisecond},
	}}
	return plugintest.Whole(r, t)
}

// All there is to know of a request arrives.
func TestSpans(t *testing.T) {
	url, got := collect(t, nil)
	g := plugintest.ServeWith(t, tried, plugintest.World(
		`plugins {"name":"opentelemetry","config":{"traces_endpoint":"`+url+`","sampling_rate":1,"queue":{"max_coalescing_delay":0.01},"http_response_header_for_traceid":"X-Trace","headers":{"X-Key":"secret"},
			"resource_attributes":{"service.name":"shop","deployment.environment":"test"}}}`,
		plugintest.Another("key-auth", `{"key_names":["apikey"]}`), `keyauth_credentials {"key":"k",`+plugintest.OfAlice+`}`)...)
	before := time.Now()
	answer := g.Send("GET /shop/a?apikey=k HTTP/1.1\r\nHost: h.test\r\nUser-Agent: caf\xe9\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=1\r\ntracestate: b=2\r\nConnection: close\r\n\r\n")
	if httpdtest.Status(answer) != "200" || httpdtest.Header(answer, "X-Trace") != "0af7651916cd43dd8448eb211c80319c" {
		t.Fatalf("%q", answer)
	}
	b := wait(t, got)
	if b.header.Get("X-Key") != "secret" {
		t.Errorf("%v", b.header)
	}
	all := told(b.ResourceSpans[0].Resource.Attributes)
	for _, want := range []string{"service.name=shop", "deployment.environment=test", "service.instance.id=", "service.version=", "process.pid=", "host.name="} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in %s", want, all)
		}
	}
	list := spansOf(t, b)
	by := map[string][]*trace.Span{}
	for _, s := range list {
		by[s.Name] = append(by[s.Name], s)
		if hex.EncodeToString(s.TraceId) != "0af7651916cd43dd8448eb211c80319c" || s.TraceState != "a=1,b=2" || len(s.SpanId) != 8 {
			t.Errorf("%v", s)
		}
		if s.StartTimeUnixNano > s.EndTimeUnixNano || int64(s.EndTimeUnixNano) < before.UnixNano()-int64(time.Second) || int64(s.EndTimeUnixNano) > time.Now().UnixNano() {
			t.Errorf("%s: from %d to %d", s.Name, s.StartTimeUnixNano, s.EndTimeUnixNano)
		}
	}
	root, up, tries := by["GET /"][0], by["gateway.upstream"][0], by["GET"]
	if hex.EncodeToString(root.ParentSpanId) != "b7ad6b7169203331" || root.Kind != trace.Span_SPAN_KIND_SERVER || root.Status != nil {
		t.Errorf("%v", root)
	}
	attributes := told(root.Attributes)
	for _, want := range []string{"client.address=unix:", "http.request.method=GET", "http.response.status_code=200", "http.route=/", "moongate.consumer.username=alice", "moongate.route.name=r1",
		"moongate.service.name=one", "network.protocol.version=1.1", "server.address=h.test", "server.port=80", "url.path=/shop/a", "url.scheme=http", "user_agent.original=caf\ufffd"} {
		if !strings.Contains(attributes+" ", want+" ") {
			t.Errorf("%s is not in %s", want, attributes)
		}
	}
	if strings.Contains(attributes, "apikey") {
		t.Errorf("a credential is in %s", attributes)
	}
	if p := by["gateway.access.plugin.key-auth"]; len(p) != 1 || string(p[0].ParentSpanId) != string(root.SpanId) || p[0].Kind != trace.Span_SPAN_KIND_INTERNAL {
		t.Errorf("%v", p)
	}
	if string(up.ParentSpanId) != string(root.SpanId) || len(tries) != 2 {
		t.Fatalf("%v, %v", up, tries)
	}
	for i, want := range []string{
		"error.type=502 http.request.method=GET network.peer.address=127.0.0.1 network.peer.port=81 server.address=a.test:81 server.port=81 url.full=http://127.0.0.1:81/shop/a",
		"http.request.method=GET http.request.resend_count=1 http.response.status_code=200 network.peer.address=127.0.0.1 network.peer.port=82 server.address=b.test:82 server.port=82 url.full=http://127.0.0.1:82/shop/a",
	} {
		s := tries[i]
		if got := told(s.Attributes); got != want || string(s.ParentSpanId) != string(up.SpanId) || s.Kind != trace.Span_SPAN_KIND_CLIENT || (s.Status.GetCode() == trace.Status_STATUS_CODE_ERROR) != (i == 0) {
			t.Errorf("%d: %v", i, s)
		}
	}
	if e := tries[1].Events; len(e) != 2 || e[0].Name != "connected" || e[1].Name != "header received" || e[1].TimeUnixNano-e[0].TimeUnixNano != 2e6 || len(tries[0].Events) != 0 {
		t.Errorf("%v, %v", e, tries[0].Events)
	}
	if want := "00-0af7651916cd43dd8448eb211c80319c-" + hex.EncodeToString(tries[1].SpanId) + "-01"; !strings.Contains(plugintest.Sent(answer, "traceparent"), want) {
		t.Errorf("the service was told %q, want %q", plugintest.Sent(answer, "traceparent"), want)
	}
}

// A request that fails, and one that no route is for.
func TestFailures(t *testing.T) {
	url, got := collect(t, nil)
	g := plugintest.ServeWith(t, func(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result { return 503 }, plugintest.ServiceDoc,
		strings.Replace(plugintest.RouteDoc, `"/"`, `"/shop"`, 1), plugintest.Plugin("opentelemetry", fmt.Sprintf(`{"endpoint":%q,"sampling_rate":1,"queue":{"max_coalescing_delay":0.01}}`, url)))
	if got := g.Get("/none"); httpdtest.Status(got) != "404" {
		t.Errorf("%q", got)
	}
	g.Send("BREW /shop HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n")
	s := spansOf(t, wait(t, got))
	if len(s) != 1 || s[0].Status.GetCode() != trace.Status_STATUS_CODE_ERROR || s[0].Name != "_OTHER /shop" || len(s[0].ParentSpanId) != 0 {
		t.Fatalf("%v", s)
	}
	if got := told(s[0].Attributes); !strings.Contains(got, "error.type=503") || !strings.Contains(got, "http.request.method=_OTHER http.request.method_original=BREW") {
		t.Error(got)
	}
}
