package otlp

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

// collector is a receiver and what it has passed on.
type collector struct {
	grpc, http string
	traces     chan ptrace.Traces
	logs       chan plog.Logs

	mu  sync.Mutex
	who []string // x-tenant of what has come by gRPC
}

func collect(t *testing.T) *collector {
	t.Helper()
	c := &collector{grpc: free(t), http: free(t), traces: make(chan ptrace.Traces, 10), logs: make(chan plog.Logs, 10)}
	f := otlpreceiver.NewFactory()
	conf := f.CreateDefaultConfig()
	err := confmap.NewFromStringMap(map[string]any{"protocols": map[string]any{
		"grpc": map[string]any{"endpoint": c.grpc, "include_metadata": true},
		"http": map[string]any{"endpoint": c.http},
	}}).Unmarshal(conf)
	if err != nil {
		t.Fatal(err)
	}
	traces, err := consumer.NewTraces(func(ctx context.Context, in ptrace.Traces) error {
		c.mu.Lock()
		c.who = append(c.who, client.FromContext(ctx).Metadata.Get("x-tenant")...)
		c.mu.Unlock()
		return pass(ctx, c.traces, in)
	})
	if err != nil {
		t.Fatal(err)
	}
	logs, err := consumer.NewLogs(func(ctx context.Context, in plog.Logs) error { return pass(ctx, c.logs, in) })
	if err != nil {
		t.Fatal(err)
	}
	set := receivertest.NewNopSettings(f.Type())
	r, err := f.CreateTraces(t.Context(), set, conf, traces)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.CreateLogs(t.Context(), set, conf, logs); err != nil { // the same receiver
		t.Fatal(err)
	}
	if err := r.Start(context.Background(), componenttest.NewNopHost()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := r.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *collector) tenants() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.who)
}

// pass keeps what has come, unless nobody wants it any more.
func pass[T any](ctx context.Context, to chan T, v T) error {
	select {
	case to <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// next is what comes next.
func next[T any](t *testing.T, from chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("nothing has come")
	}
	panic("unreachable")
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
