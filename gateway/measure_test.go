//go:build !race

package gateway

import (
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/live"
)

// What a request costs more while somebody looks is no allocation.
func TestMeasureAllocs(t *testing.T) {
	g := engine().With(documents(t, service1, route1)).Serve(t, "keepalive_requests 1000000; "+gatewayConf)
	table, err := live.Open(peeked.Load().live)
	if err != nil {
		t.Fatal(err)
	}
	unwatched := g.Allocs("/one/a")
	reader, now := table.NewReader(), event.Now()
	reader.Watch(now, now.Add(time.Hour))
	if watched := g.Allocs("/one/a"); watched > unwatched {
		t.Errorf("%v allocations while somebody looks, %v without", watched, unwatched)
	}
	s := reader.Read()
	if reader.Cells(s, now); s.Requests < 1000 || len(s.Series) != 1 {
		t.Errorf("%d requests, %d series", s.Requests, len(s.Series))
	}
}

func BenchmarkMeasured(b *testing.B) {
	g := engine().With(documents(b, service1, route1)).Serve(b, "keepalive_requests 1000000000; "+gatewayConf)
	for _, watched := range []bool{false, true} {
		b.Run(map[bool]string{false: "unwatched", true: "watched"}[watched], func(b *testing.B) {
			table, err := live.Open(peeked.Load().live)
			if err != nil {
				b.Fatal(err)
			}
			if reader, now := table.NewReader(), event.Now(); watched {
				reader.Watch(now, now.Add(time.Hour))
			}
			c := g.Dial()
			defer c.Close()
			buf := make([]byte, 4096)
			for b.Loop() {
				if _, err := c.Write([]byte("GET /one/a HTTP/1.1\r\nHost: h.test\r\n\r\n")); err != nil {
					b.Fatal(err)
				}
				if _, err := c.Read(buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
