package opentelemetry_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func export(t testing.TB, url, config string) *httpdtest.Rig {
	t.Helper()
	return plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("opentelemetry", fmt.Sprintf(`{"traces_endpoint":%q,"sampling_rate":1,%s}`, url, config)))
}

func ask(t *testing.T, g *httpdtest.Rig, n int) {
	t.Helper()
	for range n {
		if got := g.Get("/a"); httpdtest.Status(got) != "200" {
			t.Fatalf("%q", got)
		}
	}
}

// Requests wait for each other, and go out together as soon as there are enough.
func TestBatches(t *testing.T) {
	for _, compression := range []string{"none", "gzip"} {
		url, got := collect(t, nil)
		g := export(t, url, `"compression":"`+compression+`","queue":{"max_batch_size":3,"max_coalescing_delay":3600}`)
		ask(t, g, 6)
		for range 2 {
			b := wait(t, got)
			if n := len(spansOf(t, b)); n != 3 || (b.header.Get("Content-Encoding") == "gzip") != (compression == "gzip") {
				t.Errorf("%d spans, %v", n, b.header)
			}
		}
	}
}

// A collector that is busy is asked again, when it says; one that never will take a batch
// gets no other try.
func TestRefusals(t *testing.T) {
	var times atomic.Int32
	var began, again atomic.Int64
	url, got := collect(t, func(w http.ResponseWriter, _ *http.Request) {
		switch times.Add(1) {
		case 1:
			began.Store(time.Now().UnixNano())
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
		case 2:
			again.Store(time.Now().UnixNano())
		case 3:
			w.WriteHeader(400)
		case 4:
			b, err := proto.Marshal(&collector.ExportTraceServiceResponse{PartialSuccess: &collector.ExportTracePartialSuccess{RejectedSpans: 7, ErrorMessage: "too old"}})
			if err != nil {
				t.Error(err)
			}
			w.Write(b)
		}
	})
	g := export(t, url, `"queue":{"max_batch_size":1,"max_coalescing_delay":0}`)
	ask(t, g, 1)
	first, second := spansOf(t, wait(t, got)), spansOf(t, wait(t, got))
	if string(first[0].SpanId) != string(second[0].SpanId) || time.Duration(again.Load()-began.Load()) < time.Second {
		t.Errorf("again after %v: %v, %v", time.Duration(again.Load()-began.Load()), first, second)
	}
	ask(t, g, 1)
	wait(t, got)
	g.WantLog(`\[error\].*gateway: opentelemetry \S+: 1 traces are dropped \(1 so far\): \S+: status 400: none of it can be sent`)
	ask(t, g, 1)
	wait(t, got)
	g.WantLog(`\[warn\].*gateway: opentelemetry \S+: \S+ has not taken 7 spans .*: too old`)
	if n := times.Load(); n != 4 {
		t.Errorf("asked %d times", n)
	}
}

// Nobody waits for a collector that takes connections and says nothing: what does not fit
// is dropped.
func TestSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	g := export(t, "http://"+l.Addr().String()+"/", `"queue":{"max_batch_size":1,"max_entries":2,"max_retry_time":0},"read_timeout":60000`)
	began := time.Now()
	ask(t, g, 10)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("10 requests took %v", took)
	}
	g.WantLog(`gateway: opentelemetry \S+: \d+ traces are dropped \(\d+ so far\): the queue is full`)
}

// A collector that is not there is nobody's trouble.
func TestDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	g := export(t, "http://"+l.Addr().String()+"/", `"queue":{"max_batch_size":1,"max_coalescing_delay":0,"max_retry_time":0}`)
	ask(t, g, 1)
	g.WantLog(`gateway: opentelemetry \S+: traces can't be written .*connection refused`)
	g.WantLog(`gateway: opentelemetry \S+: 1 traces are dropped`)
}

// Without an endpoint traces are passed on all the same.
func TestNowhere(t *testing.T) {
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("opentelemetry", `{"sampling_rate":1}`))
	if got := g.Get("/"); !strings.Contains(got, "\ntraceparent: 00-") || !strings.Contains(got, "-01\n") {
		t.Errorf("%q", got)
	}
}
