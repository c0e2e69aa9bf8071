package active

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"moongate/gateway/entity"
)

func placeOf(t *testing.T, ln net.Listener) Place {
	t.Helper()
	a, err := netip.ParseAddrPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return Place{"u", "t", a, "host.test:81"}
}

func check(kind string) entity.ActiveCheck {
	a := entity.ActiveCheck{Type: kind, Timeout: 5, HTTPPath: "/alive?x=1", Headers: map[string][]string{"x-a": {"1", "2"}}}
	a.Healthy.HTTPStatuses, a.Unhealthy.HTTPStatuses = []int{200, 302}, []int{404, 500}
	return a
}

func ask(t *testing.T, a entity.ActiveCheck, p Place) string {
	t.Helper()
	u := &Upstream{ID: "u"}
	u.Checks.Active = a
	got := newProbe(u, p).ask(t.Context())
	return fmt.Sprint(got.Event, " ", got.Detail)
}

func TestAskHTTP(t *testing.T) {
	var seen string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Host, " ", r.Header["X-A"])
		var code int
		fmt.Sscan(r.Header.Get("Code"), &code)
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(code)
	})
	plain := httptest.NewServer(h)
	defer plain.Close()
	secure := httptest.NewUnstartedServer(h)
	secure.Config.ErrorLog = nil
	secure.StartTLS()
	defer secure.Close()
	for code, want := range map[string]string{"200": "1 200", "302": "1 302", "500": "2 500", "418": "0 418"} {
		a := check("http")
		a.Headers["code"] = []string{code}
		if got := ask(t, a, placeOf(t, plain.Listener)); got != want {
			t.Errorf("%s: %q", code, got)
		}
	}
	if want := "GET /alive?x=1 host.test:81 [1 2]"; seen != want {
		t.Errorf("asked %q", seen)
	}
	a := check("https")
	a.Headers["code"] = []string{"200"}
	if got := ask(t, a, placeOf(t, secure.Listener)); got != "1 200" {
		t.Errorf("https: %q", got)
	}
	a.HTTPSVerifyCertificate = true
	if got := ask(t, a, placeOf(t, secure.Listener)); !strings.HasPrefix(got, "3 x509: ") && !strings.Contains(got, "certificate") {
		t.Errorf("a certificate of nobody: %q", got)
	}
}

func TestAskFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := placeOf(t, ln) // it accepts nobody
	for _, kind := range []string{"http", "https", "grpc", "grpcs"} {
		a := check(kind)
		a.Timeout = 0.05
		if got := ask(t, a, p); got != "4 no answer in time" {
			t.Errorf("%s: %q", kind, got)
		}
	}
	if got := ask(t, check("tcp"), p); got != "1 connected" {
		t.Errorf("tcp: %q", got)
	}
	ln.Close()
	for _, kind := range []string{"tcp", "http", "https", "grpc", "grpcs"} {
		if got := ask(t, check(kind), p); got != "3 connection refused" {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

func TestAskGRPC(t *testing.T) {
	for _, x := range []struct{ body, status, want string }{
		{"\x00\x00\x00\x00\x02\x08\x01", "0", "1 SERVING"},
		{"\x00\x00\x00\x00\x02\x08\x02", "0", "2 not SERVING"},
		{"\x00\x00\x00\x00\x00", "0", "2 not SERVING"},
		{"\x00\x00\x00\x01\x02\x08\x01", "0", "2 not SERVING"},
		{"", "12", "1 gRPC without health checks"},
		{"", "14", "2 gRPC status 14"},
	} {
		var seen string
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = fmt.Sprint(r.Proto, " ", r.Method, " ", r.URL.Path, " ", r.Header.Get("Content-Type"), " ", r.Header.Get("Te"))
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Trailer", "Grpc-Status")
			fmt.Fprint(w, x.body)
			w.Header().Set("Grpc-Status", x.status)
		}))
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
		s.Start()
		if got := ask(t, check("grpc"), placeOf(t, s.Listener)); got != x.want {
			t.Errorf("%q %s: %q, want %q", x.body, x.status, got, x.want)
		}
		if want := "HTTP/2.0 POST /grpc.health.v1.Health/Check application/grpc trailers"; seen != want {
			t.Errorf("asked %q", seen)
		}
		s.Close()
	}
}
