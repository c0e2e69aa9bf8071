package proxy_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/module/http/proxy"
)

// directed answers in locations with a `direct` directive: it passes requests to where
// the test says.
var directed atomic.Pointer[upstreamhttp.Target]

func director() *httpd.Module {
	return &httpd.Module{Name: "director", Directives: []directive.Directive{{
		Name: "direct", In: directive.Location, Args: directive.NoArgs,
		Set: directive.Func(func(c *directive.Call, _ *directorConf) error {
			httpd.LocationOf(c).Handler = func(r *httpd.Request) httpd.Result {
				t := *directed.Load()
				return proxy.PassTo(r, &t)
			}
			return nil
		}),
	}}, NewConf: func() any { return new(directorConf) }}
}

type directorConf struct{}

func address(t *testing.T, o *origin) resolver.Address {
	t.Helper()
	a, err := netip.ParseAddrPort(o.addr)
	if err != nil {
		t.Fatal(err)
	}
	return resolver.Address{IP: a, Name: o.addr}
}

// Another module has chosen where a request goes, what it asks for, and what it says.
func TestPassTo(t *testing.T) {
	one, two := newOrigin(t, say("HTTP/1.1 302 F\nLocation: http://other/x\nContent-Length: 3\n\none")), newOrigin(t, say("HTTP/1.1 200 OK\nContent-Length: 3\n\ntwo"))
	g := serve(t, `server { listen SOCK; location / { direct; proxy_set_header X-Conf conf; } }`)
	var without upstreamhttp.Hidden
	without.Add("X-Secret")
	without.Add("User-Agent")
	directed.Store(&upstreamhttp.Target{Addrs: []resolver.Address{address(t, one)}, Host: "service.test:8443", URI: "/base/a%20b?x=1",
		Lines: []byte("X-Forwarded-Host: h.test\r\nX-Real-IP: 1.2.3.4\r\n"), Without: &without,
		Redirect: func(u *upstreamhttp.Upstream, value string, prefix int) (string, bool) {
			return strings.Replace(value, "http://other", "https://here", 1), true
		}})
	got := g.get("/anything?y", "X-Secret: s", "User-Agent: a", "X-Kept: k", "")
	if !strings.Contains(got, "Location: https://here/x\r\n") || body(got) != "one" {
		t.Errorf("%q\n%s", got, g.log())
	}
	want := "GET /base/a%20b?x=1 HTTP/1.1\nHost: service.test:8443\nX-Conf: conf\nX-Forwarded-Host: h.test\nX-Real-IP: 1.2.3.4\nX-Kept: k\n"
	if got := strings.ReplaceAll(one.last(), "\r", ""); !strings.HasPrefix(got, want) || strings.Contains(got, "Secret") {
		t.Errorf("asked %q", got)
	}
	group := &upstream.Group{Name: "live", Accepts: upstream.AcceptAll, Balancer: roundrobin.Balancer{}, Keep: upstream.DefaultKeepAlive}
	servers := func(list ...*origin) (out []upstream.Server) {
		for _, o := range list {
			out = append(out, upstream.Server{Name: o.addr, Addrs: []resolver.Address{address(t, o)}, Weight: 1, MaxFails: 1, FailTimeout: 10 * time.Second})
		}
		return out
	}
	group.Servers = servers(one)
	if err := group.Open(); err != nil {
		t.Fatal(err)
	}
	directed.Store(&upstreamhttp.Target{Group: group, Host: "live", URI: "/"})
	if got := body(g.get("/")); got != "one" {
		t.Errorf("%q", got)
	}
	group.Replace(servers(two, one))
	seen := map[string]int{}
	for range 4 {
		seen[body(g.get("/"))]++
	}
	if seen["one"] != 2 || seen["two"] != 2 {
		t.Errorf("%v", seen)
	}
	group.Replace(servers(two))
	if got := body(g.get("/")) + body(g.get("/")); got != "twotwo" {
		t.Errorf("%q", got)
	}
	group.Replace(nil)
	if got := g.get("/"); !strings.HasPrefix(got, "HTTP/1.1 502 ") {
		t.Errorf("%q", got)
	}
	g.wantLog(`no live upstreams while connecting to upstream`)
}

// A cache of the location is not for what other modules pass on.
func TestPassToUncached(t *testing.T) {
	o := newOrigin(t, say("HTTP/1.1 200 OK\nCache-Control: max-age=100\nContent-Length: 3\n\none"))
	g := serve(t, `proxy_cache_path DIR/cache keys_zone=one:1m; server { listen SOCK; proxy_cache one; location / { direct; } }`)
	directed.Store(&upstreamhttp.Target{Addrs: []resolver.Address{address(t, o)}, Host: "service.test", URI: "/"})
	g.get("/")
	g.get("/")
	if n := o.connections(); n != 2 {
		t.Errorf("the server was asked %d times", n)
	}
}

// Each peer is asked by its own name, also when another one was tried before it.
func TestPeerHost(t *testing.T) {
	two := newOrigin(t, say("HTTP/1.1 200 OK\nContent-Length: 3\n\ntwo"))
	g := serve(t, `server { listen SOCK; location / { direct; } }`)
	dead := newOrigin(t, func(net.Conn, string) bool { return false })
	group := &upstream.Group{Name: "live", Accepts: upstream.AcceptAll, Balancer: roundrobin.Balancer{}, Keep: upstream.DefaultKeepAlive}
	for i, o := range []*origin{dead, two} {
		group.Servers = append(group.Servers, upstream.Server{Name: o.addr, Addrs: []resolver.Address{address(t, o)}, Weight: 1, HostHeader: fmt.Sprintf("h%d.test:81", i)})
	}
	if err := group.Open(); err != nil {
		t.Fatal(err)
	}
	group.Replace(group.Servers)
	directed.Store(&upstreamhttp.Target{Group: group, URI: "/"})
	if got := body(g.get("/")); got != "two" {
		t.Errorf("%q\n%s", got, g.log())
	}
	for i, o := range []*origin{dead, two} {
		if want := fmt.Sprintf("\nHost: h%d.test:81\n", i); !strings.Contains(o.last(), want) {
			t.Errorf("peer %d was asked %q", i, o.last())
		}
	}
}
