package opentelemetry_test

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc/stats"
)

// counter counts the connections of a server.
type counter struct{ begun atomic.Int32 }

func (c *counter) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

func (c *counter) HandleConn(_ context.Context, s stats.ConnStats) {
	if _, ok := s.(*stats.ConnBegin); ok {
		c.begun.Add(1)
	}
}

func (c *counter) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

func (c *counter) HandleRPC(context.Context, stats.RPCStats) {}
