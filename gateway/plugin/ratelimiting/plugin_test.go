package ratelimiting_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
	"moongate/gateway/redis/redistest"
)

func serve(t testing.TB, config string) *httpdtest.Rig {
	t.Helper()
	return plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("rate-limiting", config))
}

// told is what an answer says of limits.
func told(answer string) string {
	out := httpdtest.Status(answer)
	for _, h := range []string{"X-RateLimit-Limit-Year", "X-RateLimit-Remaining-Year", "X-RateLimit-Limit-Month", "X-RateLimit-Remaining-Month",
		"RateLimit-Limit", "RateLimit-Remaining"} {
		if v := httpdtest.Header(answer, h); v != "" {
			out += " " + v
		}
	}
	for _, h := range []string{"RateLimit-Reset", "Retry-After"} {
		if httpdtest.Header(answer, h) != "" {
			out += " " + h
		}
	}
	return out
}

// Years and months are the windows that a test does not see the end of.
func TestHeaders(t *testing.T) {
	g := serve(t, `{"year":3,"month":2,"limit_by":"header","header_name":"Who"}`)
	for i, want := range []string{
		"200 3 2 2 1 2 1 RateLimit-Reset",
		"200 3 1 2 0 2 0 RateLimit-Reset",
		"429 3 1 2 0 2 0 RateLimit-Reset Retry-After",
		"429 3 1 2 0 2 0 RateLimit-Reset Retry-After",
	} {
		got := g.Get("/", "Who: a")
		if told(got) != want {
			t.Errorf("%d: %s, want %s", i, told(got), want)
		}
		if i == 2 && httpdtest.Body(got) != `{"message":"API rate limit exceeded"}` {
			t.Error(httpdtest.Body(got))
		}
	}
	if got := told(g.Get("/", "Who: b")); !strings.HasPrefix(got, "200") {
		t.Errorf("another's requests are counted too: %s", got)
	}
	if got := told(g.Get("/", "Who: "+strings.Repeat("long", 500))); !strings.HasPrefix(got, "200") {
		t.Error(got)
	}
}

func TestChoices(t *testing.T) {
	for _, c := range []struct{ config, uris, want string }{
		{`{"year":1,"hide_client_headers":true,"error_code":420,"error_message":"calm"}`, "/ /", "200 420"},
		{`{"year":1,"limit_by":"path","path":"/a"}`, "/a /a?x /b", "200 1 0 1 0 RateLimit-Reset,429 1 0 1 0 RateLimit-Reset Retry-After,200 1 0 1 0 RateLimit-Reset"},
		{`{"year":1,"limit_by":"route"}`, "/a /b", "200 1 0 1 0 RateLimit-Reset,429 1 0 1 0 RateLimit-Reset Retry-After"},
		{`{"year":1,"limit_by":"service"}`, "/a /b", "200 1 0 1 0 RateLimit-Reset,429 1 0 1 0 RateLimit-Reset Retry-After"},
		{`{"year":1,"limit_by":"ip","strategy":"sliding"}`, "/a /b", "200 1 0 1 0 RateLimit-Reset,429 1 0 1 0 RateLimit-Reset Retry-After"},
		{`{"year":9,"limit_by":"ip","strategy":"gcra","burst":1}`, "/a /b", "200 9 0 9 0 RateLimit-Reset,429 9 0 9 0 RateLimit-Reset Retry-After"},
	} {
		g := serve(t, c.config)
		var got []string
		for _, uri := range strings.Fields(c.uris) {
			got = append(got, told(g.Get(uri)))
		}
		sep := ","
		if !strings.Contains(c.want, ",") {
			sep = " "
		}
		if s := strings.Join(got, sep); s != c.want {
			t.Errorf("%s: %s, want %s", c.config, s, c.want)
		}
	}
}

// Through the whole engine, on many connections.
func TestExactThroughEngine(t *testing.T) {
	g := serve(t, `{"year":100}`)
	var mu sync.Mutex
	count := map[string]int{}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			for range 50 {
				s := httpdtest.Status(g.Get("/"))
				mu.Lock()
				count[s]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if count["200"] != 100 || count["429"] != 400 {
		t.Errorf("%v", count)
	}
}

func TestRedisAway(t *testing.T) {
	s := redistest.Start(t)
	config := func(more string) string {
		return fmt.Sprintf(`{"year":2,"policy":"redis","redis_host":"127.0.0.1","redis_port":%d%s}`, s.Port, more)
	}
	open, closed := serve(t, config("")), serve(t, config(`,"fault_tolerant":false`))
	for i, want := range []string{"200 2 1 2 1 RateLimit-Reset", "200 2 0 2 0 RateLimit-Reset", "429 2 0 2 0 RateLimit-Reset Retry-After"} {
		// Two nodes with one Redis count together.
		g := []*httpdtest.Rig{open, closed, open}[i]
		if got := told(g.Get("/")); got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
	s.Down()
	begin := time.Now()
	for range 50 {
		if got := told(open.Get("/")); got != "200" {
			t.Errorf("open: %s", got)
		}
		if got := closed.Get("/"); told(got) != "500" || httpdtest.Body(got) != `{"message":"An unexpected error occurred"}` {
			t.Errorf("closed: %q", got)
		}
	}
	most := int(time.Since(begin)/time.Second) + 1
	if n := strings.Count(open.Log(), "let through uncounted"); n < 1 || n > most {
		t.Errorf("%d lines, at most %d may be\n%s", n, most, open.Log())
	}
	closed.WantLog(`\[error\].*gateway: rate-limiting 0+-0000-4000-8000-0+aa: a request is refused \(0 more since the last such line\): redis 127.0.0.1:\d+: connect`)
}

func TestMemoryFull(t *testing.T) {
	for policy, want := range map[string]string{"allow": "200", "deny": "503"} {
		g := plugintest.ServeConf(t, `gateway { store bolt:data/gateway.db; admin off; memory 64k; } server { listen SOCK; location / { gateway_pass; } }`, plugintest.Echo,
			plugintest.ServiceDoc, plugintest.RouteDoc,
			plugintest.Plugin("rate-limiting", `{"year":1,"limit_by":"header","header_name":"Who","memory_full":"`+policy+`"}`))
		status := ""
		for i := range 2000 {
			if got := g.Get("/", fmt.Sprint("Who: ", i)); httpdtest.Header(got, "RateLimit-Limit") == "" {
				status = httpdtest.Status(got)
				break
			}
		}
		if status != want {
			t.Errorf("%s: %s", policy, status)
		}
		g.WantLog("no memory")
		if got := told(g.Get("/", "Who: 0")); !strings.HasPrefix(got, "429") {
			t.Errorf("%s: the first one's count is forgotten: %s", policy, got)
		}
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                               "at least one of these fields must be non-empty: 'second', 'minute', 'hour', 'day', 'month', 'year'",
		`{"second":5,"minute":3}`:          "The limit for minute(3.0) cannot be lower than the limit for second(5.0)",
		`{"second":5,"limit_by":"header"}`: "header_name: required field missing",
		`{"second":5,"limit_by":"path"}`:   "path: required field missing",
		`{"second":5,"policy":"redis"}`:    "redis.host: required field missing",
		`{"second":5,"error_code":429.5}`:  "value should be a whole number between 200 and 599",
		`{"second":5,"error_code":7}`:      "value should be a whole number between 200 and 599",
		`{"second":1e300}`:                 "value should be at most 9007199254740992",
		`{"second":0}`:                     "second: value must be greater than 0",
		`{"second":5,"strategy":"gcr"}`:    "expected one of: fixed, sliding, gcra",
		`{"second":5,"redis_host":1}`:      "expected a string",
		`{"second":5,"policy":"cluster"}`:  "expected one of: local, redis",
	} {
		if got := plugintest.Refused(plugintest.Plugin("rate-limiting", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
