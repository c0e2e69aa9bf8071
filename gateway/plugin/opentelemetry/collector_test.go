package opentelemetry_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// batch is what a collector has got in one request.
type batch struct {
	header http.Header
	*collector.ExportTraceServiceRequest
}

// collect is a collector that reads with OpenTelemetry's own types. It answers by answer,
// or takes everything.
func collect(t testing.TB, answer http.HandlerFunc) (url string, got chan batch) {
	t.Helper()
	got = make(chan batch, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			in = z
		}
		b, err := io.ReadAll(in)
		m := new(collector.ExportTraceServiceRequest)
		if err == nil {
			err = proto.Unmarshal(b, m)
		}
		if err != nil || r.URL.Path != "/v1/traces" || r.Method != "POST" || r.Header.Get("Content-Type") != "application/x-protobuf" || len(m.ProtoReflect().GetUnknown()) > 0 {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
		}
		if answer != nil {
			answer(w, r)
		}
		select {
		case got <- batch{r.Header, m}:
		default:
		}
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1/traces", got
}

// wait is the next batch.
func wait(t testing.TB, got chan batch) batch {
	t.Helper()
	select {
	case b := <-got:
		return b
	case <-time.After(10 * time.Second):
		t.Fatal("no batch has come")
	}
	panic("unreachable")
}

// spansOf are the spans of a batch, which has one resource.
func spansOf(t testing.TB, b batch) []*trace.Span {
	t.Helper()
	if len(b.ResourceSpans) != 1 || len(b.ResourceSpans[0].ScopeSpans) != 1 {
		t.Fatalf("%v", b)
	}
	return b.ResourceSpans[0].ScopeSpans[0].Spans
}

// told is attributes in order, each "name=value".
func told(list []*common.KeyValue) string {
	var out []string
	for _, kv := range list {
		switch v := kv.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			out = append(out, kv.Key+"="+v.StringValue)
		case *common.AnyValue_IntValue:
			out = append(out, fmt.Sprint(kv.Key, "=", v.IntValue))
		default:
			out = append(out, fmt.Sprintf("%s: %T", kv.Key, v))
		}
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}
