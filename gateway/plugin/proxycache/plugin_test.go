package proxycache_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// service counts its answers; the query says what they are like.
type service struct {
	asked atomic.Int64
	hold  atomic.Bool
	enter chan bool
	leave chan bool
}

func (s *service) answer(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
	n := s.asked.Add(1)
	if s.hold.Load() {
		s.enter <- true
		event.Block()
		<-s.leave
	}
	o := &r.Out
	o.Status, o.ContentType, o.ContentLength = 200, "text/plain", -1
	var body string
	for word := range strings.SplitSeq(r.Args, "&") {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "type":
			o.ContentType = value
		case "status":
			fmt.Sscan(value, &o.Status)
		case "h":
			k, v, _ := strings.Cut(strings.ReplaceAll(value, "+", " "), ":")
			o.Add(k, v)
		case "long":
			size := 0
			fmt.Sscan(value, &size)
			o.Add("X-Long", strings.Repeat("x", size))
		case "size":
			size := 0
			fmt.Sscan(value, &size)
			var b strings.Builder
			for line := 0; b.Len() < size; line++ {
				fmt.Fprintf(&b, "%d line %d\n", n, line)
			}
			body = b.String()[:size]
			o.ContentLength = int64(size)
		case "cut":
			o.ContentLength = 1 << 19
		}
	}
	if body == "" {
		body = fmt.Sprint("answer ", n)
	}
	if res := r.SendHeader(); res != httpd.OK || r.HeaderOnly {
		return res
	}
	for len(body) > 10000 {
		if r.WriteOne(httpd.Buf{B: []byte(body[:10000])}) != nil {
			return httpd.Error
		}
		body = body[10000:]
	}
	if r.WriteOne(httpd.Buf{B: []byte(body), Last: true}) != nil {
		return httpd.Error
	}
	return httpd.OK
}

func serve(t testing.TB, config string, more ...string) (*httpdtest.Rig, *service) {
	t.Helper()
	s := &service{enter: make(chan bool, 100), leave: make(chan bool)}
	kept := `{"strategy":"` + strategy + `"`
	if strategy == "zone" {
		kept = `{"strategy":"disk","disk":{"zone":"one"}`
	}
	docs := append([]string{plugintest.Plugin("proxy-cache", kept+config+`}`)}, more...)
	if strategy == "zone" {
		return plugintest.ServeConf(t, zoneConf, s.answer, plugintest.World(docs...)...), s
	}
	return plugintest.ServeWith(t, s.answer, plugintest.World(docs...)...), s
}

// get asks with HTTP/1.0, so that bodies come as they are.
func get(g *httpdtest.Rig, uri string, headers ...string) string {
	raw := "GET " + uri + " HTTP/1.0\r\nHost: h.test\r\n"
	for _, h := range headers {
		raw += h + "\r\n"
	}
	return g.Send(raw + "\r\n")
}

// step is a request and what comes of it: X-Cache-Status and the body.
type step struct{ uri, headers, want string }

func TestServes(t *testing.T) {
	for _, c := range []struct {
		name, config string
		steps        []step
	}{
		{"plain", "", []step{{"/a", "", "Miss answer 1"}, {"/a", "", "Hit answer 1"}, {"/b", "", "Miss answer 2"}, {"/a?x=1&y=2", "", "Miss answer 3"}, {"/a?y=2&x=1", "", "Hit answer 3"}, {"/a", "Authorization: x", "Hit answer 1"}, {"/A", "", "Miss answer 4"}}},
		{"statuses", "", []step{{"/?status=500", "", "Bypass answer 1"}, {"/?status=500", "", "Bypass answer 2"}, {"/?status=404", "", "Miss answer 3"}, {"/?status=404", "", "Hit answer 3"}}},
		{"parts of answers", `,"response_code":[200,206,304]`, []step{{"/?status=206", "", "Bypass answer 1"}}},
		{"types", `,"content_type":["application/*","text/html; charset=utf-8"]`, []step{{"/", "", "Bypass answer 1"}, {"/?type=application/x", "", "Miss answer 2"}, {"/?type=application/x", "", "Hit answer 2"},
			{"/?type=text/html", "", "Bypass answer 3"}, {"/?type=text/html;charset=UTF-8", "", "Miss answer 4"}, {"/?type=text/html;charset=UTF-8", "", "Hit answer 4"}, {"/?type=application/x;a=b", "", "Bypass answer 5"}}},
		{"cookies", "", []step{{"/?h=Set-Cookie:a", "", "Bypass answer 1"}, {"/?h=Set-Cookie:a", "", "Bypass answer 2"}}},
		{"case", `,"ignore_uri_case":true`, []step{{"/a?x", "", "Miss answer 1"}, {"/A?x", "", "Hit answer 1"}, {"/A?X", "", "Miss answer 2"}}},
		{"some arguments", `,"vary_query_params":["x","y"]`, []step{{"/?x=1", "", "Miss answer 1"}, {"/?z=1&x=1", "", "Hit answer 1"}, {"/?x=1&y=1", "", "Miss answer 2"}, {"/", "", "Miss answer 3"}}},
		{"some headers", `,"vary_headers":["b","A"]`, []step{{"/", "", "Miss answer 1"}, {"/", "C: 1", "Hit answer 1"}, {"/", "a: 1", "Miss answer 2"}, {"/", "A: 1", "Hit answer 2"}, {"/", "B: 1", "Miss answer 3"}}},
		{"what the service names in Vary", "", []step{{"/?h=Vary:A,+B", "A: 1", "Miss answer 1"}, {"/?h=Vary:A,+B", "A: 1", "Hit answer 1"}, {"/?h=Vary:A,+B", "A: 2", "Miss answer 2"}, {"/?h=Vary:A,+B", "B: 1", "Miss answer 3"},
			{"/?h=Vary:A,+B", "A: 1", "Hit answer 1"}, {"/?h=Vary:A,+B", "A: 2", "Hit answer 2"}, {"/?h=Vary:A,+B", "b: 1", "Hit answer 3"}, {"/?h=Vary:*", "", "Bypass answer 4"}}},
		{"methods", `,"request_method":["POST"]`, []step{{"/", "", "Bypass answer 1"}}},
		{"large", `,"max_size":200000`, []step{{"/?size=100000", "", "Miss 1 line 0"}, {"/?size=100000", "", "Hit 1 line 0"}, {"/?size=200001", "", "Bypass 2 line 0"}, {"/?size=200000", "", "Miss 3 line 0"}, {"/?size=200000", "", "Hit 3 line 0"}, {"/?size=32000", "", "Miss 4 line 0"}, {"/?size=32000", "", "Hit 4 line 0"}}},
		{"larger than told", `,"max_size":3`, []step{{"/", "", "Miss answer 1"}, {"/", "", "Miss answer 2"}}},
		{"cut short", "", []step{{"/?cut", "", "Miss answer 1"}, {"/?cut", "", "Miss answer 2"}}},
		// Cache-Control.
		{"not asked", "", []step{{"/?h=Cache-Control:no-store", "Cache-Control: no-cache", "Miss answer 1"}, {"/?h=Cache-Control:no-store", "", "Hit answer 1"}}},
		{"of the service", `,"cache_control":true`, []step{{"/", "", "Bypass answer 1"}, {"/?h=Cache-Control:max-age=60", "", "Miss answer 2"}, {"/?h=Cache-Control:max-age=60", "", "Hit answer 2"}, {"/?h=Cache-Control:private,+max-age=60", "", "Bypass answer 3"},
			{"/?h=Cache-Control:max-age=60,no-store", "", "Bypass answer 4"}, {"/?h=Cache-Control:max-age=60,s-maxage=0", "", "Bypass answer 5"}, {"/?h=Cache-Control:max-age=x", "", "Bypass answer 6"},
			{"/?h=Expires:Thu,+01+Jan+2099+00:00:00+GMT", "", "Miss answer 7"}, {"/?h=Expires:0", "", "Bypass answer 8"}}},
		{"of the client", `,"cache_control":true`, []step{{"/?h=Cache-Control:max-age=60", "Cache-Control: no-store", "Bypass answer 1"}, {"/?h=Cache-Control:max-age=60", "Cache-Control: only-if-cached", " "}, {"/?h=Cache-Control:max-age=60", "", "Miss answer 2"},
			{"/?h=Cache-Control:max-age=60", "Authorization: x", "Bypass answer 3"}, {"/?h=Cache-Control:max-age=60", "Cache-Control: min-fresh=30", "Hit answer 2"}, {"/?h=Cache-Control:max-age=60", "Cache-Control: min-fresh=61", "Refresh answer 4"},
			{"/?h=Cache-Control:max-age=60", "Cache-Control: only-if-cached, max-age=60", "Hit answer 4"}}},
		{"kept back", `,"response_headers":{"X-Cache-Status":false,"X-Cache-Key":false,"age":false}`, []step{{"/", "", " answer 1"}, {"/", "", " answer 1"}}},
	} {
		g, _ := serve(t, c.config)
		for k, s := range c.steps {
			var headers []string
			if s.headers != "" {
				headers = []string{s.headers}
			}
			a := get(g, s.uri, headers...)
			body, _, _ := strings.Cut(httpdtest.Body(a), "\n")
			if got := httpdtest.Header(a, "X-Cache-Status") + " " + body; got != s.want {
				t.Errorf("%s, request %d, %s %s: %q, want %q\n%s", c.name, k, s.uri, s.headers, got, s.want, g.Log())
			}
		}
	}
}

// A hit is the same answer, byte by byte, with the service's headers and the cache's.
func TestHit(t *testing.T) {
	for _, size := range []int{1, 31999, 32000, 32001, 64000, 300000} {
		g, _ := serve(t, "")
		uri := fmt.Sprintf("/?size=%d&h=X-Own:1&h=X-Own:2&h=Age:7&h=ETag:%%22x%%22&h=Last-Modified:Thu,+01+Jan+2015+00:00:00+GMT", size)
		uri = strings.ReplaceAll(uri, "%22", `"`)
		first, second := get(g, uri), get(g, uri)
		if httpdtest.Body(first) != httpdtest.Body(second) || len(httpdtest.Body(second)) != size || httpdtest.Header(second, "Content-Length") != fmt.Sprint(size) {
			t.Errorf("size %d: %d and %d bytes", size, len(httpdtest.Body(first)), len(httpdtest.Body(second)))
		}
		if strings.Count(second, "X-Own: ") != 2 || httpdtest.Header(second, "Age") != "0" || httpdtest.Header(second, "Content-Type") != "text/plain" {
			t.Errorf("size %d: %.300q", size, second)
		}
		if k := httpdtest.Header(first, "X-Cache-Key"); len(k) != 64 || k != httpdtest.Header(second, "X-Cache-Key") {
			t.Errorf("key %q", k)
		}
	}
}

// What other plugins say of a request is said of each, and not kept.
func TestOthersHeaders(t *testing.T) {
	g, s := serve(t, "", plugintest.Another("rate-limiting", `{"minute":100,"limit_by":"ip"}`), plugintest.Another("response-transformer", `{"append":{"headers":["X-More:1"]}}`))
	for k, want := range []string{"99", "98", "97"} {
		got := get(g, "/")
		if httpdtest.Header(got, "X-RateLimit-Remaining-Minute") != want || strings.Count(got, "X-RateLimit-Remaining-Minute") != 1 || strings.Count(got, "X-More") != 1 {
			t.Errorf("request %d: %q", k, got)
		}
	}
	if s.asked.Load() != 1 {
		t.Errorf("the service was asked %d times", s.asked.Load())
	}
}

func TestByConsumer(t *testing.T) {
	g, _ := serve(t, "", plugintest.Another("key-auth", "{}"), `keyauth_credentials {"key":"a",`+plugintest.OfAlice+`}`, `keyauth_credentials {"key":"b",`+plugintest.OfBob+`}`)
	for _, c := range []step{{"/", "apikey: a", "Miss"}, {"/", "apikey: b", "Miss"}, {"/", "apikey: a", "Hit"}, {"/", "apikey: b", "Hit"}, {"/", "apikey: c", ""}} {
		if got := httpdtest.Header(get(g, c.uri, c.headers), "X-Cache-Status"); got != c.want {
			t.Errorf("%s: %q, want %q", c.headers, got, c.want)
		}
	}
}

func TestHead(t *testing.T) {
	g, s := serve(t, "")
	for _, want := range []string{"Miss", "Hit"} {
		got := g.Send("HEAD /?size=10 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		if httpdtest.Header(got, "X-Cache-Status") != want || httpdtest.Header(got, "Content-Length") != "10" || httpdtest.Body(got) != "" {
			t.Errorf("%s: %q", want, got)
		}
	}
	if got := get(g, "/?size=10"); httpdtest.Header(got, "X-Cache-Status") != "Miss" || len(httpdtest.Body(got)) != 10 {
		t.Errorf("GET: %q", got)
	}
	if s.asked.Load() != 2 {
		t.Error(s.asked.Load())
	}
}

// Of many that come together one asks, and the others get its answer.
func TestCollapse(t *testing.T) {
	g, s := serve(t, "")
	s.hold.Store(true)
	const n = 20
	var all sync.WaitGroup
	var hits atomic.Int64
	ask := func() {
		if got := get(g, "/"); httpdtest.Header(got, "X-Cache-Status") == "Hit" && httpdtest.Body(got) == "answer 1" {
			hits.Add(1)
		}
	}
	all.Go(ask)
	<-s.enter
	for range n {
		all.Go(ask)
	}
	s.hold.Store(false)
	s.leave <- true
	all.Wait()
	if hits.Load() != n || s.asked.Load() != 1 {
		t.Errorf("%d hits, the service was asked %d times", hits.Load(), s.asked.Load())
	}
}

// Nobody waits for an answer that can't be kept, nor longer than allowed for any.
func TestNoWait(t *testing.T) {
	g, s := serve(t, `,"collapse_timeout":60000`)
	get(g, "/?status=500") // which marks it
	s.hold.Store(true)
	done := make(chan bool, 2)
	for range 2 {
		go func() { get(g, "/?status=500"); done <- true }()
	}
	for range 2 {
		<-s.enter // both are there at the same time
	}
	for range 2 {
		s.leave <- true
		<-done
	}
	g, s = serve(t, `,"collapse_timeout":20`)
	s.hold.Store(true)
	for range 2 {
		go func() { get(g, "/"); done <- true }()
	}
	for range 2 {
		<-s.enter
	}
	for range 2 {
		s.leave <- true
		<-done
	}
}

// A client that goes away leaves nothing that is not whole, and holds up nobody.
func TestClientGone(t *testing.T) {
	g, s := serve(t, `,"max_size":100000000,"collapse_timeout":60000`)
	c := g.Dial()
	fmt.Fprint(c, "GET /?size=5000000 HTTP/1.0\r\nHost: h.test\r\n\r\n")
	var b [1]byte
	c.Read(b[:])
	c.Close()
	begin := time.Now()
	if got := get(g, "/?size=5000000"); len(httpdtest.Body(got)) != 5000000 {
		t.Errorf("%.200q", got)
	}
	if time.Since(begin) > 30*time.Second || s.asked.Load() != 2 {
		t.Errorf("after %v; the service was asked %d times", time.Since(begin), s.asked.Load())
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                   "strategy: required field missing",
		`{"strategy":"redis"}`: "strategy: expected one of: memory, disk",
		`{"strategy":"memory","response_code":[]}`:           "response_code",
		`{"strategy":"memory","request_method":["DELETE"]}`:  "expected one of",
		`{"strategy":"memory","content_type":["x"]}`:         "invalid value: x",
		`{"strategy":"memory","cache_ttl":0}`:                "cache_ttl: value must be greater than 0",
		`{"strategy":"disk","disk":{"name":"../a"}}`:         "disk.name: must have letters",
		`{"strategy":"disk","disk":{"name":"a","zone":"b"}}`: "only one or none of these fields must be set: 'name', 'zone'",
		`{"strategy":"memory","max_size":0}`:                 "max_size: value should be between",
	} {
		if got := plugintest.Refused(plugintest.Plugin("proxy-cache", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
