//go:build !race

package gateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"moongate/gateway/admin"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/meter"
)

// manyRoutes is the Admin API of a gateway with so many routes that have all had requests.
func manyRoutes(t testing.TB, n int) *admin.Handler {
	t.Helper()
	l := newSeries(t)
	docs := []string{service1}
	for i := range n {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", 1000+i)
		docs = append(docs, fmt.Sprintf(`routes {"id":%q,"name":"route-%d","paths":["/r%d"],"service":{"id":%q}}`, id, i, i, sid))
		b := count(l, meter.Key{Kind: meter.OfRoute, IDs: [3]string{id, sid, ""}})
		b.Code(200, true)
		b.Code(404, true)
		b.In.Add(12345)
		b.Out.Add(1234567)
		for j := range 20 {
			took := time.Duration(j*j) * time.Millisecond
			b.Total.Add(meter.UpstreamBounds, took)
			b.Upstream.Add(meter.UpstreamBounds, took)
			b.Kong.Add(meter.KongBounds, took/10)
		}
	}
	s := stateOf(t, docs...)
	d := desired.Open(desired.NewMemory(), entity.NewModel(entity.Outside{Plugins: Registry()}), desired.Options{Last: s})
	t.Cleanup(func() { d.Close() })
	h, err := admin.New(admin.Options{Desired: d, Metrics: func(t *meter.Text) { l.write(t, s) }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

type nowhere struct {
	header http.Header
	n      int
}

func (w *nowhere) Header() http.Header         { return w.header }
func (w *nowhere) WriteHeader(int)             {}
func (w *nowhere) Write(p []byte) (int, error) { w.n += len(p); return len(p), nil }

func scrape(h http.Handler, w http.ResponseWriter, coding string) {
	r := httptest.NewRequest("GET", "http://localhost/metrics", nil)
	r.Header.Set("Accept-Encoding", coding)
	h.ServeHTTP(w, r)
}

// 4,000 routes in less than 100 ms, compressed or not: one try of those that fit into the
// patience has to be so fast, for the machine may have other things to do.
func TestManyRoutes(t *testing.T) {
	const most, patience = 100 * time.Millisecond, 10 * time.Second
	h := manyRoutes(t, 4000)
	for _, coding := range []string{"identity", "gzip"} {
		best := time.Hour
		for begun := time.Now(); best > most && time.Since(begun) < patience; {
			start := time.Now()
			scrape(h, &nowhere{header: http.Header{}}, coding)
			best = min(best, time.Since(start))
		}
		if best > most {
			t.Errorf("%s: %v", coding, best)
		}
	}
}

func BenchmarkMetrics(b *testing.B) {
	h := manyRoutes(b, 4000)
	for _, coding := range []string{"identity", "gzip"} {
		b.Run(coding, func(b *testing.B) {
			w := &nowhere{header: http.Header{}}
			for b.Loop() {
				w.n = 0
				scrape(h, w, coding)
			}
			b.ReportMetric(float64(w.n), "bytes")
		})
	}
}
