package mirror_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

// mirror is a server that tells each request that it gets.
func mirror(t *testing.T) (string, chan string) {
	t.Helper()
	seen := make(chan string, 1000)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := r.Method + " " + r.RequestURI
		for _, name := range []string{"A", "Cookie", "Authorization", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-Ip", "X-Consumer-Username", "X-Consumer-Custom-Id", "X-Credential-Identifier", "Connection", "Te", "X-Hop"} {
			if v := r.Header.Values(name); len(v) > 0 {
				text += "|" + name + ": " + strings.Join(v, "; ")
			}
		}
		if len(body) > 0 {
			text += fmt.Sprintf("|%d bytes %.5s", len(body), body)
		}
		if r.Host == "h.test:81" {
			text += "|their host"
		}
		seen <- text
		w.Write(make([]byte, len(r.Header.Get("Cookie"))*20000)) // which nobody wants to have
	}))
	t.Cleanup(srv.Close)
	return srv.URL, seen
}

func next(t *testing.T, seen chan string) string {
	t.Helper()
	select {
	case s := <-seen:
		return s
	case <-time.After(10 * time.Second):
		t.Fatal("no copy has come")
		return ""
	}
}

func TestCopies(t *testing.T) {
	url, seen := mirror(t)
	const route = `routes {"id":"00000000-0000-4000-8000-000000000011","name":"r1","paths":["/"],"preserve_host":true,"service":{"id":"00000000-0000-4000-8000-000000000001"}}`
	for _, c := range []struct{ config, request, headers, body, want string }{
		{"", "GET /a%20b?x=1", "A: 1\r\nA: 2\r\nX-Forwarded-For: 1.2.3.4\r\nX-Consumer-Username: root\r\nX-Consumer-Custom-ID: 0\r\nTE: trailers\r\nX-Real-IP: 6.6.6.6\r\nAuthorization: Basic eA==\r\n", "", "GET /a%20b?x=1|A: 1; 2|Authorization: Basic eA==|X-Forwarded-For: 1.2.3.4, 10.0.0.7|PROXY|their host"},
		{`,"path":"/new"`, "GET /a?x", "Cookie: 12345\r\n", "", "GET /new?x|Cookie: 12345|X-Forwarded-For: 10.0.0.7|PROXY|their host"},
		{`,"path":"/p","path_concat_mode":"prefix"`, "POST /a", "", "hello", "POST /p/a|X-Forwarded-For: 10.0.0.7|PROXY|5 bytes hello|their host"},
		{"", "POST /", "", strings.Repeat("x", 50000), "POST /|X-Forwarded-For: 10.0.0.7|PROXY|50000 bytes xxxxx|their host"},
		{`,"request_body":false`, "POST /", "", "hello", "POST /|X-Forwarded-For: 10.0.0.7|PROXY|their host"},
	} {
		g := plugintest.Serve(t, plugintest.ServiceDoc, route, plugintest.Plugin("mirror", `{"host":"`+url+`"`+c.config+`}`))
		raw := c.request + " HTTP/1.1\r\nHost: h.test:81\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nTest-Client: 10.0.0.7\r\n" + c.headers
		if c.body != "" {
			raw += fmt.Sprintf("Content-Length: %d\r\n", len(c.body))
		}
		if got := g.Send(raw + "\r\n" + c.body); httpdtest.Status(got) != "200" {
			t.Errorf("%s: %q", c.config, got)
		}
		want := strings.Replace(c.want, "PROXY", "X-Forwarded-Host: h.test|X-Forwarded-Port: 0|X-Forwarded-Prefix: /|X-Real-Ip: 10.0.0.7", 1)
		if got := next(t, seen); got != want {
			t.Errorf("%s\n got %q\nwant %q\n%s", c.config, got, want, g.Log())
		}
	}
}

// What other plugins have made of the request is what is copied.
func TestBehindOthers(t *testing.T) {
	url, seen := mirror(t)
	g := plugintest.Serve(t, plugintest.World(plugintest.Another("key-auth", `{"hide_credentials":true}`), `keyauth_credentials {"key":"a",`+plugintest.OfAlice+`}`,
		plugintest.Another("rewrite", `{"uri":"/new","headers":{"set":{"A":"b"}}}`), plugintest.Another("mirror", `{"host":"`+url+`"}`))...)
	g.Get("/old?apikey=a")
	const want = "GET /new|A: b|X-Forwarded-For: unix:|X-Forwarded-Host: h.test|X-Forwarded-Port: 0|X-Forwarded-Prefix: /|X-Real-Ip: unix:|X-Consumer-Username: alice|X-Consumer-Custom-Id: c-alice|X-Credential-Identifier: "
	if got := next(t, seen); !strings.HasPrefix(got, want) || len(got) != len(want)+36 {
		t.Errorf("%q, want %q", got, want)
	}
	if got := g.Get("/"); httpdtest.Status(got) != "401" {
		t.Errorf("%q", got)
	}
	select {
	case s := <-seen:
		t.Errorf("a request that was refused was copied: %s", s)
	default:
	}
}

// A mirror that never answers holds up nobody, and what is too many is counted.
func TestMirrorHangs(t *testing.T) {
	come, leave := make(chan bool, 100), make(chan bool)
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { come <- true; <-leave }))
	defer srv.Close()
	defer close(leave)
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("mirror", `{"host":"`+srv.URL+`","concurrency":3,"timeout":600000}`))
	for range 20 {
		if got := g.Get("/"); httpdtest.Status(got) != "200" {
			t.Fatalf("%q", got)
		}
	}
	for range 3 {
		<-come
	}
	g.WantLog(`mirror .*: copies are dropped \(1 so far\): 3 are on their way`)
	if len(come) != 0 {
		t.Error("more copies than allowed are on their way")
	}
}

func TestMirrorAway(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("mirror", `{"host":"`+srv.URL+`"}`))
	if got := g.Get("/"); httpdtest.Status(got) != "200" {
		t.Errorf("%q", got)
	}
	g.WantLog(`mirror .*: a copy can't be sent`)
}

func TestSample(t *testing.T) {
	url, seen := mirror(t)
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("mirror", `{"host":"`+url+`","sample_ratio":0.25,"concurrency":10000}`))
	n := 0
	const all = 2000
	for range all {
		g.Get("/")
	}
	for end := time.After(10 * time.Second); n < all/4-150; {
		select {
		case <-seen:
			n++
		case <-end:
			t.Fatalf("%d of %d have been copied", n, all)
		}
	}
	if n += len(seen); n > all/4+150 { // eight standard deviations
		t.Errorf("%d of %d have been copied", n, all)
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                                     "host: required field missing",
		`{"host":"x:1"}`:                         "missing scheme in url",
		`{"host":"http://"}`:                     "missing host in url",
		`{"host":"http://a/b"}`:                  "and nothing else",
		`{"host":"http://a","path":"b"}`:         "should start with: /",
		`{"host":"http://a","path":"/b?c"}`:      "be a path",
		`{"host":"http://a","sample_ratio":0}`:   "sample_ratio: value should be between",
		`{"host":"http://a","sample_ratio":1.1}`: "sample_ratio: value should be between",
		`{"host":"http://a","concurrency":0}`:    "concurrency: value should be between",
	} {
		if got := plugintest.Refused(plugintest.Plugin("mirror", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
