package circuitbreaker_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/upstream"
	"moongate/gateway/plugin/plugintest"
)

// service answers with a status, as one that was asked by the proxy.
func service(status *atomic.Int32, asked *atomic.Int32) plugintest.Service {
	return func(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
		asked.Add(1)
		code := int(status.Load())
		r.Upstream = &upstreamhttp.Upstream{States: []upstreamhttp.State{{Peer: "10.0.0.1:80", Status: code}}}
		return r.SendText(code, "text/plain", "answer")
	}
}

func get(g *httpdtest.Rig) string { return g.Get("/") }

func TestRoute(t *testing.T) {
	var status, asked atomic.Int32
	g := plugintest.ServeWith(t, service(&status, &asked), plugintest.ServiceDoc, plugintest.RouteDoc,
		plugintest.Plugin("circuit-breaker", `{"consecutive_failures":3,"error_rate":0,"open_for":0.2,"half_open_requests":1,"status_code":599,"message":"broken"}`))
	status.Store(500)
	for range 3 {
		if got := get(g); httpdtest.Status(got) != "500" {
			t.Fatalf("%q", got)
		}
	}
	// The request's end is behind its answer.
	wait(t, func() bool { return httpdtest.Status(get(g)) == "599" })
	n := asked.Load()
	got := get(g)
	if httpdtest.Body(got) != `{"message":"broken"}` || !strings.Contains(got, "\r\nRetry-After: 1\r\n") || asked.Load() != n {
		t.Errorf("%q, the service was asked %d times more", got, asked.Load()-n)
	}
	status.Store(200)
	wait(t, func() bool { return httpdtest.Status(get(g)) == "200" })
	closed := func() bool { return strings.Contains(g.Log(), "route r1 is closed again") }
	wait(t, closed)
	if got := get(g); httpdtest.Status(got) != "200" {
		t.Errorf("closed: %q", got)
	}
	g.WantLog(`circuit-breaker 00000000-0000-4000-8000-0000000000aa: route r1 is open for 0.2 s`)
}

// A target whose breaker is open is left out, and tried again; when all are open the
// plugin answers.
func TestTarget(t *testing.T) {
	var mu sync.Mutex
	bad, turn := map[string]bool{"10.0.0.1:80": true}, 0
	pass := func(r *httpd.Request, to *upstreamhttp.Target) httpd.Result {
		mu.Lock()
		defer mu.Unlock()
		peers := slices.DeleteFunc(to.Group.Live(nil), func(p *upstream.Peer) bool { return slices.Contains(to.Except, p) })
		turn++
		p, code := peers[turn%len(peers)], 200
		if bad[p.Name] {
			code = 500
		}
		r.Upstream = &upstreamhttp.Upstream{States: []upstreamhttp.State{{Peer: p.Name, Server: p.Server, Status: code}}}
		return r.SendText(code, "text/plain", p.Name)
	}
	g := plugintest.ServeWith(t, pass,
		`upstreams {"id":"00000000-0000-4000-8000-000000000031","name":"one.test"}`,
		`targets {"target":"10.0.0.1:80","upstream":{"id":"00000000-0000-4000-8000-000000000031"}}`,
		`targets {"target":"10.0.0.2:80","upstream":{"id":"00000000-0000-4000-8000-000000000031"}}`,
		plugintest.ServiceDoc, plugintest.RouteDoc,
		plugintest.Plugin("circuit-breaker", `{"per":"target","consecutive_failures":2,"error_rate":0,"open_for":0.3,"half_open_requests":2}`))
	tally := func(n int) map[string]int {
		m := map[string]int{}
		for range n {
			got := get(g)
			m[httpdtest.Status(got)+" "+httpdtest.Body(got)]++
		}
		return m
	}
	wait(t, func() bool { m := tally(6); return m["200 10.0.0.2:80"] == 6 })
	g.WantLog(`target 10.0.0.1:80 \(10.0.0.1:80\) is open`)
	mu.Lock()
	bad["10.0.0.1:80"], bad["10.0.0.2:80"] = false, true
	mu.Unlock()
	wait(t, func() bool { m := tally(6); return m["200 10.0.0.1:80"] == 6 })
	g.WantLog(`target 10.0.0.1:80 \(10.0.0.1:80\) is closed again`)
	mu.Lock()
	bad["10.0.0.1:80"] = true
	mu.Unlock()
	wait(t, func() bool { m := tally(1); return m[`503 {"message":"Service unavailable"}`] == 1 })
}

func wait(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatal("it does not come to that")
		}
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{"error_rate":101}`:         "error_rate: value should be between",
		`{"per":"node"}`:             "per: expected one of",
		`{"message":"a","body":"b"}`: "only one or none",
		`{"window":0}`:               "window: value should be between",
		`{"half_open_requests":0}`:   "half_open_requests: value should be between",
		`{"statuses":[99]}`:          "statuses.1: value should be between",
	} {
		if got := plugintest.Refused(plugintest.Plugin("circuit-breaker", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
