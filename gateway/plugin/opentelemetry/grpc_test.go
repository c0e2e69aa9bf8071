package opentelemetry_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	logs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip" // the server takes it
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"moongate/gateway/plugin/plugintest"
)

// call is what a collector has got in one call.
type call struct {
	header metadata.MD
	spans  *collector.ExportTraceServiceRequest
	logs   *logs.ExportLogsServiceRequest
}

// listener is a collector that speaks gRPC, by its own library.
type listener struct {
	collector.UnimplementedTraceServiceServer
	got    chan call
	answer func() (*collector.ExportTracePartialSuccess, error)
}

func (l *listener) Export(ctx context.Context, in *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	header, _ := metadata.FromIncomingContext(ctx)
	out := new(collector.ExportTraceServiceResponse)
	var err error
	if l.answer != nil {
		out.PartialSuccess, err = l.answer()
	}
	l.got <- call{header: header, spans: in}
	return out, err
}

type lineListener struct {
	logs.UnimplementedLogsServiceServer
	got chan call
}

func (l *lineListener) Export(ctx context.Context, in *logs.ExportLogsServiceRequest) (*logs.ExportLogsServiceResponse, error) {
	header, _ := metadata.FromIncomingContext(ctx)
	l.got <- call{header: header, logs: in}
	return new(logs.ExportLogsServiceResponse), nil
}

// listen starts one.
func listen(t testing.TB, answer func() (*collector.ExportTracePartialSuccess, error), options ...grpc.ServerOption) (addr string, got chan call) {
	t.Helper()
	got = make(chan call, 100)
	addr, _ = listenAt(t, "127.0.0.1:0", got, answer, options...)
	return addr, got
}

func listenAt(t testing.TB, at string, got chan call, answer func() (*collector.ExportTracePartialSuccess, error), options ...grpc.ServerOption) (addr string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer(options...)
	collector.RegisterTraceServiceServer(s, &listener{got: got, answer: answer})
	logs.RegisterLogsServiceServer(s, &lineListener{got: got})
	go s.Serve(l)
	t.Cleanup(s.Stop)
	return l.Addr().String(), s.Stop
}

func nextCall(t testing.TB, got chan call) call {
	t.Helper()
	select {
	case c := <-got:
		return c
	case <-time.After(10 * time.Second):
		t.Fatal("no call has come")
	}
	panic("unreachable")
}

// Batches go by gRPC, packed or not, with the headers that are configured, and one
// connection carries them all.
func TestGRPC(t *testing.T) {
	for _, compression := range []string{"none", "gzip"} {
		conns := new(counter)
		addr, got := listen(t, func() (*collector.ExportTracePartialSuccess, error) {
			return &collector.ExportTracePartialSuccess{RejectedSpans: 2, ErrorMessage: "too old"}, nil // packed as the request is
		}, grpc.StatsHandler(conns))
		g := export(t, "http://"+addr, `"protocol":"grpc","headers":{"X-Tenant":"a"},"compression":"`+compression+`","queue":{"max_batch_size":3,"max_coalescing_delay":3600}`)
		for range 3 {
			ask(t, g, 3)
			c := nextCall(t, got)
			if n := len(c.spans.ResourceSpans[0].ScopeSpans[0].Spans); n != 3 || len(c.header.Get("x-tenant")) != 1 || c.header.Get("x-tenant")[0] != "a" {
				t.Errorf("%d spans, %v", n, c.header)
			}
		}
		g.WantLog(`\[warn\].* has not taken 2 spans .*: too old`)
		if n := conns.begun.Load(); n != 1 {
			t.Errorf("%d connections", n)
		}
	}
}

// A batch that is larger than all windows waits for them.
func TestGRPCWindows(t *testing.T) {
	addr, got := listen(t, nil, grpc.InitialWindowSize(65535), grpc.InitialConnWindowSize(65535))
	g := export(t, "http://"+addr, `"protocol":"grpc","queue":{"max_batch_size":200,"max_coalescing_delay":3600}`)
	long := strings.Repeat("a", 900)
	for range 200 {
		if got := g.Send("GET /" + long + " HTTP/1.1\r\nHost: h\r\nUser-Agent: " + long + "\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 200") {
			t.Fatalf("%q", got)
		}
	}
	if n := len(nextCall(t, got).spans.ResourceSpans[0].ScopeSpans[0].Spans); n != 200 {
		t.Errorf("%d spans", n)
	}
}

// What may be sent again is OTLP's list, and when is for the collector to say.
func TestGRPCRefusals(t *testing.T) {
	var times atomic.Int32
	var began, again atomic.Int64
	later := func(code codes.Code) error {
		s, err := status.New(code, "come later").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(100 * time.Millisecond)})
		if err != nil {
			t.Error(err)
		}
		return s.Err()
	}
	addr, got := listen(t, func() (*collector.ExportTracePartialSuccess, error) {
		switch times.Add(1) {
		case 1:
			began.Store(time.Now().UnixNano())
			return nil, later(codes.ResourceExhausted)
		case 2:
			again.Store(time.Now().UnixNano())
			return nil, status.Error(codes.Unavailable, "down 100%")
		case 4:
			return nil, status.Error(codes.ResourceExhausted, "for good")
		case 5:
			return nil, status.Error(codes.InvalidArgument, "bad")
		case 6:
			return &collector.ExportTracePartialSuccess{RejectedSpans: 7, ErrorMessage: "too old"}, nil
		}
		return nil, nil
	})
	g := export(t, "http://"+addr, `"protocol":"grpc","queue":{"max_batch_size":1,"max_coalescing_delay":0}`)
	ask(t, g, 1)
	for range 3 {
		nextCall(t, got)
	}
	if waited := time.Duration(again.Load() - began.Load()); waited < 100*time.Millisecond {
		t.Errorf("again after %v", waited)
	}
	ask(t, g, 1)
	nextCall(t, got)
	g.WantLog(`\[error\].*gateway: opentelemetry \S+: 1 traces are dropped .*: \S+: status 8 of gRPC: for good: none of it can be sent`)
	ask(t, g, 1)
	nextCall(t, got)
	g.WantLog(`\[error\].*gateway: opentelemetry \S+: 1 traces are dropped .*: \S+: status 3 of gRPC: bad: none of it can be sent`)
	ask(t, g, 1)
	nextCall(t, got)
	g.WantLog(`\[warn\].*gateway: opentelemetry \S+: \S+ has not taken 7 spans .*: too old`)
	if n := times.Load(); n != 6 {
		t.Errorf("asked %d times", n)
	}
}

// A collector that is started anew loses nothing: a connection that it has given up is noticed.
func TestGRPCAnew(t *testing.T) {
	got := make(chan call, 10)
	addr, stop := listenAt(t, "127.0.0.1:0", got, func() (*collector.ExportTracePartialSuccess, error) {
		return &collector.ExportTracePartialSuccess{ErrorMessage: "I go"}, nil
	})
	g := export(t, "http://"+addr, `"protocol":"grpc","queue":{"max_batch_size":1,"max_coalescing_delay":0,"max_retry_time":0}`)
	ask(t, g, 1)
	nextCall(t, got)
	g.WantLog(`\[warn\].* has not taken 0 spans .*: I go`)
	stop()
	listenAt(t, addr, got, nil)
	ask(t, g, 1)
	nextCall(t, got)
	if log := g.Log(); strings.Contains(log, "dropped") {
		t.Error(log)
	}
}

// With https the collector's certificate is checked, and HTTP/2 is asked for.
func TestGRPCSecure(t *testing.T) {
	cert := plugintest.Certificate("localhost", &authority)
	addr, got := listen(t, nil, grpc.Creds(credentials.NewServerTLSFromCert(&cert)))
	_, port, _ := net.SplitHostPort(addr)
	g := export(t, "https://localhost:"+port, `"protocol":"grpc","queue":{"max_batch_size":1,"max_coalescing_delay":0}`)
	ask(t, g, 1)
	nextCall(t, got)
	other, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	go func() {
		for {
			c, err := other.Accept()
			if err != nil {
				return
			}
			c.(*tls.Conn).Handshake()
		}
	}()
	_, port, _ = net.SplitHostPort(other.Addr().String())
	g = export(t, "https://localhost:"+port, `"protocol":"grpc","queue":{"max_batch_size":1,"max_coalescing_delay":0,"max_retry_time":0}`)
	ask(t, g, 1)
	g.WantLog(`1 traces are dropped .*it does not speak HTTP/2`)
}

// What gRPC has no place for is refused.
func TestGRPCRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{"protocol":"grpc","traces_endpoint":"http://a:4317/v1/traces"}`:        "must have no path with protocol grpc",
		`{"protocol":"grpc","access_logs":{"endpoint":"http://a:4317/v1/logs"}}`: "must have no path with protocol grpc",
		`{"protocol":"grpc","headers":{"grpc-timeout":"1S"}}`:                    "is gRPC's own",
		`{"protocol":"grpc","traces_endpoint":"http://a:4317/"}`:                 "",
		`{"traces_endpoint":"http://a:4318/v1/traces"}`:                          "",
	} {
		if got := plugintest.Refused(plugintest.Plugin("opentelemetry", config)); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}

// authority signs certificates that this process trusts.
var authority tls.Certificate

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "otlp")
	if err != nil {
		panic(err)
	}
	authority = plugintest.Certificate("authority", nil)
	path := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate[0]}), 0o600); err != nil {
		panic(err)
	}
	os.Setenv("SSL_CERT_FILE", path)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// Each request has a log record, be it traced or not, which says of which trace it is.
func TestLines(t *testing.T) {
	addr, got := listen(t, nil)
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("opentelemetry",
		fmt.Sprintf(`{"protocol":"grpc","access_logs_endpoint":"http://%s","sampling_rate":0,"resource_attributes":{"service.name":"shop"},"queue":{"max_batch_size":1}}`, addr)))
	const trace = "0af7651916cd43dd8448eb211c80319c"
	g.Send("GET /a?secret=1 HTTP/1.1\r\nHost: h.test\r\ntraceparent: 00-" + trace + "-b7ad6b7169203331-01\r\nConnection: close\r\n\r\n")
	in := nextCall(t, got).logs.ResourceLogs[0]
	if s := told(in.Resource.Attributes); !strings.Contains(s, "service.name=shop") {
		t.Error(s)
	}
	r := in.ScopeLogs[0].LogRecords[0]
	if s := fmt.Sprintf("%x", r.TraceId); s != trace || r.Flags != 0 || len(r.SpanId) != 8 || r.Body.GetStringValue() != "GET /a 200" || r.SeverityText != "INFO" || r.TimeUnixNano == 0 || r.TimeUnixNano != r.ObservedTimeUnixNano {
		t.Errorf("%v", r)
	}
	attributes := told(r.Attributes)
	for _, want := range []string{"http.request.method=GET", "http.response.status_code=200", "url.path=/a", "moongate.route.name=", "moongate.latency.total"} {
		if !strings.Contains(attributes, want) {
			t.Errorf("%s: not in %s", want, attributes)
		}
	}
	if strings.Contains(r.String(), "secret") {
		t.Error(r)
	}
}
