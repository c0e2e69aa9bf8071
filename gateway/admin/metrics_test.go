package admin

import (
	"net/http/httptest"
	"testing"

	"moongate/gateway/meter"
)

func TestTakesGzip(t *testing.T) {
	for header, want := range map[string]bool{"": false, "gzip": true, "br, GZIP;q=0.5": true, "gzip; q=0": false, "gzip;q=0.0": false, "gzip;q=x": false, "deflate": false} {
		if got := takesGzip(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

// A viewer may read /metrics, nobody else without a token; more readers than there are
// places for are told to come again.
func TestMetrics(t *testing.T) {
	w := newWorld(t)
	if rec := w.send(Viewer, "GET", "/metrics", ""); rec.Code != 404 {
		t.Errorf("without metrics: %d", rec.Code)
	}
	w.h.Metrics = func(t *meter.Text) {
		t.Family("x", meter.Gauge, "An x.")
		t.Value(nil, 1)
	}
	if rec := w.send(None, "GET", "/metrics", ""); rec.Code != 401 {
		t.Errorf("without a token: %d", rec.Code)
	}
	if rec := w.send(Viewer, "GET", "/metrics", ""); rec.Code != 200 || rec.Body.String() != "# HELP x An x.\n# TYPE x gauge\nx 1\n" {
		t.Errorf("%d %q", rec.Code, rec.Body)
	}
	if rec := w.send(Viewer, "HEAD", "/metrics", ""); rec.Code != 200 || rec.Body.Len() != 0 {
		t.Errorf("HEAD: %d %q", rec.Code, rec.Body)
	}
	inside := 0
	w.h.Metrics = func(*meter.Text) {
		if inside++; inside > maxScrapes {
			t.Error("more readers than places")
			return
		}
		w.send(Viewer, "GET", "/metrics", "")
	}
	w.send(Viewer, "GET", "/metrics", "")
	if inside != maxScrapes {
		t.Errorf("%d readers at once", inside)
	}
}

// The listener for all has nothing but numbers.
func TestOpen(t *testing.T) {
	w := newWorld(t)
	open := w.h.Open()
	for _, c := range []struct {
		method, path string
		status       int
	}{{"GET", "/status", 200}, {"GET", "/status/ready", 200}, {"GET", "/metrics", 404}, {"POST", "/status", 405}, {"GET", "/services", 404}, {"GET", "/", 404}} {
		rec := httptest.NewRecorder()
		open.ServeHTTP(rec, httptest.NewRequest(c.method, "http://anywhere"+c.path, nil))
		if rec.Code != c.status {
			t.Errorf("%s %s: %d", c.method, c.path, rec.Code)
		}
	}
}
