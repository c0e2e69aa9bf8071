package otlp

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

const entities = `_format_version: "3.0"
services:
- name: shop
  url: http://%[1]s
  routes:
  - {name: grpc, paths: [/grpc]}
  - {name: http, paths: [/http]}
  - {name: last, paths: [/last]}
plugins:
- name: opentelemetry
  route: grpc
  config:
    protocol: grpc
    compression: gzip
    traces_endpoint: http://%[2]s
    access_logs_endpoint: http://%[2]s
    sampling_rate: 1
    resource_attributes: {service.name: by-grpc}
    headers: {x-tenant: a}
    queue: {max_batch_size: 2, max_coalescing_delay: 3600}
- name: opentelemetry
  route: http
  config:
    traces_endpoint: http://%[3]s/v1/traces
    access_logs: {endpoint: "http://%[3]s/v1/logs"}
    sampling_rate: 1
    resource_attributes: {service.name: by-http}
    queue: {max_batch_size: 2, max_coalescing_delay: 3600}
- name: opentelemetry
  route: last
  config:
    protocol: grpc
    traces_endpoint: http://%[2]s
    sampling_rate: 1
    queue: {max_batch_size: 100, max_coalescing_delay: 3600}
`

const (
	traceID = "0af7651916cd43dd8448eb211c80319c"
	clients = "b7ad6b7169203331" // the client's span
)

// What the collector has got is one trace from the client to the service, and a log record of
// the same request, whichever way it has come.
func TestCollector(t *testing.T) {
	c := collect(t)
	told := make(chan string, 10)
	shop := service(t, func(r *http.Request) { told <- r.Header.Get("traceparent") })
	g := start(t, fmt.Sprintf(entities, shop, c.grpc, c.http))
	for _, way := range []string{"grpc", "http"} {
		t.Run(way, func(t *testing.T) {
			g.get(t, "/"+way, "00-"+traceID+"-"+clients+"-01")
			first := next(t, told)
			g.get(t, "/"+way, "")
			<-told
			traces, logs := next(t, c.traces), next(t, c.logs)
			if n := traces.ResourceSpans().Len(); n != 1 {
				t.Fatalf("%d resources", n)
			}
			rs := traces.ResourceSpans().At(0)
			want(t, rs.Resource().Attributes(), "service.name", "by-"+way)
			want(t, logs.ResourceLogs().At(0).Resource().Attributes(), "service.name", "by-"+way)
			spans := rs.ScopeSpans().At(0).Spans()
			server := one(t, spans, ptrace.SpanKindServer)
			client := one(t, spans, ptrace.SpanKindClient)
			if server.ParentSpanID().String() != clients || server.Name() != "GET /"+way {
				t.Errorf("%s: parent %s", server.Name(), server.ParentSpanID())
			}
			if want := "00-" + traceID + "-" + client.SpanID().String() + "-01"; first != want {
				t.Errorf("the service was told %s, not %s", first, want)
			}
			want(t, server.Attributes(), "http.response.status_code", "200")
			want(t, server.Attributes(), "moongate.route.name", way)
			ids := map[pcommon.SpanID]bool{server.ParentSpanID(): true}
			for i := range spans.Len() {
				ids[spans.At(i).SpanID()] = true
			}
			for i := range spans.Len() {
				s := spans.At(i)
				if s.TraceID().String() == traceID && !ids[s.ParentSpanID()] || s.EndTimestamp() < s.StartTimestamp() {
					t.Errorf("%s has no parent, or no time", s.Name())
				}
			}
			r := record(t, logs)
			if r.SpanID() != server.SpanID() || r.SeverityNumber() != plog.SeverityNumberInfo || !r.Flags().IsSampled() || r.Body().Str() != "GET /"+way+" 200" {
				t.Errorf("%s of %s: %s", r.SeverityText(), r.SpanID(), r.Body().Str())
			}
			want(t, r.Attributes(), "moongate.route.name", way)
		})
	}
	t.Run("quit", func(t *testing.T) { // what waits is sent before the program ends
		g.get(t, "/last", "")
		g.quit(t)
		if n := next(t, c.traces).SpanCount(); n < 2 {
			t.Errorf("%d spans", n)
		}
	})
	for _, h := range c.tenants() {
		if h != "a" {
			t.Errorf("x-tenant: %q", h)
		}
	}
}

// one is the span of a kind that belongs to the client's trace.
func one(t *testing.T, spans ptrace.SpanSlice, kind ptrace.SpanKind) ptrace.Span {
	t.Helper()
	for i := range spans.Len() {
		if s := spans.At(i); s.Kind() == kind && s.TraceID().String() == traceID {
			return s
		}
	}
	t.Fatalf("no span of kind %s", kind)
	panic("unreachable")
}

// record is the log record that belongs to it.
func record(t *testing.T, logs plog.Logs) plog.LogRecord {
	t.Helper()
	list := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	for i := range list.Len() {
		if r := list.At(i); r.TraceID().String() == traceID {
			return r
		}
	}
	t.Fatalf("no record of the trace among %d", list.Len())
	panic("unreachable")
}

func want(t *testing.T, m pcommon.Map, name, value string) {
	t.Helper()
	if v, ok := m.Get(name); !ok || v.AsString() != value {
		var all []string
		for k, v := range m.All() {
			all = append(all, k+"="+v.AsString())
		}
		t.Errorf("%s is not %s in %s", name, value, strings.Join(all, " "))
	}
}
