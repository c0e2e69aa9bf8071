package admin

import (
	"net/http"
	"testing"
)

// Whatever a browser shows of the API, it does nothing with it, keeps nothing of it, and
// nobody frames it: answers, refusals, redirections, metrics and the handlers of others.
func TestBrowserHeaders(t *testing.T) {
	w := newWorld(t)
	w.h.Hooks = []Hook{
		{"/debug/", Admin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("x")) })},
		{dashboardPath, None, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			w.Header().Set("Cache-Control", "max-age=60")
		})},
	}
	for _, path := range []string{"/", "/services", "/nothing", "/session", "/users", "/config", "/audit", "/openapi.json", "/services?size=x", "/debug/x"} {
		for _, role := range []Role{None, Viewer, Admin} {
			head := w.send(role, "GET", path, "").Header()
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
				"Content-Security-Policy":      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
				"Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := head.Get(name); got != want {
					t.Errorf("%s as %s: %s: %q", path, role, name, got)
				}
			}
		}
	}
	head := w.send(None, "GET", "/dashboard/", "").Header()
	if head.Get("Content-Security-Policy") != "default-src 'self'" || head.Get("Cache-Control") != "max-age=60" || head.Get("X-Frame-Options") != "" {
		t.Errorf("the dashboard says for itself: %v", head)
	}
}
