package requesttransformer_test

import (
	"fmt"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func TestTransforms(t *testing.T) {
	route := `routes {"id":"00000000-0000-4000-8000-000000000011","name":"r1","paths":["/","~/u/(?<user>\\w+)/(\\w+)$"],"strip_path":false,"service":{"id":"00000000-0000-4000-8000-000000000001"}}`
	const form, js = "Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json"
	for _, c := range []struct{ config, request, headers, body, want string }{
		// Headers: the order of operations, several values, case, Host.
		{`{"remove":{"headers":["a","nope"]}}`, "GET /", "A: 1|a: 2|B: 3", "", "GET / one.test:8080|B: 3||"},
		{`{"rename":{"headers":["A:C","X:Y"]}}`, "GET /", "a: 1|a: 2|c: 3", "", "GET / one.test:8080|C: 1|C: 2||"},
		{`{"replace":{"headers":["A:9","X:9","Host:other.test"]}}`, "GET /", "A: 1|A: 2", "", "GET / other.test|A: 9||"},
		{`{"add":{"headers":["A:9","X:9:8"]}}`, "GET /", "a: 1", "", "GET / one.test:8080|X: 9:8|a: 1||"},
		{`{"append":{"headers":["A:9"]}}`, "GET /", "A: 1", "", "GET / one.test:8080|A: 1|A: 9||"},
		{`{"remove":{"headers":["A"]},"rename":{"headers":["B:A"]},"replace":{"headers":["A:2"]},"add":{"headers":["A:3"]},"append":{"headers":["A:4"]}}`, "GET /", "A: 1|B: 1", "", "GET / one.test:8080|A: 2|A: 4||"},
		// The query.
		{`{"remove":{"querystring":["a"]}}`, "GET /?a=1&b=2&a=3&c", "", "", "GET /?b=2&c one.test:8080||"},
		{`{"rename":{"querystring":["a:b"]}}`, "GET /?a=1&b=2&a=3", "", "", "GET /?b=1&b=3 one.test:8080||"},
		{`{"replace":{"querystring":["a:x y","z:1"]}}`, "GET /?a=1&b=2&a=3", "", "", "GET /?a=x%20y&b=2 one.test:8080||"},
		{`{"add":{"querystring":["a:9","z:1"]},"append":{"querystring":["a:&"]}}`, "GET /?a=1&b=2", "", "", "GET /?a=1&a=%26&b=2&z=1 one.test:8080||"},
		{`{"remove":{"querystring":["a"]}}`, "GET /?a=1", "", "", "GET / one.test:8080||"},
		// Forms and JSON.
		{`{"remove":{"body":["a"]},"rename":{"body":["b:c"]},"replace":{"body":["d:9"]},"add":{"body":["e:1"]},"append":{"body":["d:8"]}}`, "POST /", form, "a=1&b=2&d=3",
			"POST / one.test:8080|Content-Length: 15|Content-Type: application/x-www-form-urlencoded||c=2&d=9&d=8&e=1"},
		{`{"remove":{"body":["a"]},"rename":{"body":["b:c"]},"replace":{"body":["d:9","x:1"]},"add":{"body":["e:1","d:7"]},"append":{"body":["d:8","n:1"]}}`, "POST /", js, `{"a":1,"b":{"x":[1,2.50]},"d":true,"n":5}`,
			`POST / one.test:8080|Content-Length: 52|Content-Type: application/json||{"d":["9","8"],"n":["1"],"c":{"x":[1,2.50]},"e":"1"}`},
		{`{"add":{"body":["e:1"]}}`, "POST /", js, `[1]`, "POST / one.test:8080|Content-Length: 3|Content-Type: application/json||[1]"},
		{`{"add":{"body":["e:1"]}}`, "POST /", "Content-Type: text/plain", `x`, "POST / one.test:8080|Content-Length: 1|Content-Type: text/plain||x"},
		{`{"replace":{"body":["e:1"]}}`, "POST /", js, `{"a":"b"}`, `POST / one.test:8080|Content-Length: 9|Content-Type: application/json||{"a":"b"}`},
		// The method.
		{`{"http_method":"PUT"}`, "GET /", "", "", "PUT / one.test:8080||"},
		{`{"http_method":"GET"}`, "POST /?x=1", form, "a=1&b=2", "GET /?x=1&a=1&b=2 one.test:8080|Content-Length: 7|Content-Type: application/x-www-form-urlencoded||a=1&b=2"},
		// Templates.
		{`{"add":{"headers":["X:$(headers.x_y)-$(query_params.q)-$(headers['A'] or \"none\")-$(uri_captures.user)"]}}`, "GET /u/bob/7?q=a%20b", "x-Y: 1", "",
			"GET /u/bob/7?q=a%20b one.test:8080|X: 1-a b-none-bob|x-Y: 1||"},
		{`{"replace":{"uri":"/new/$(uri_captures[2])/$(uri_captures['user'])?"},"add":{"querystring":["u:$(uri_captures.user)"]}}`, "GET /u/bob/7", "", "", "GET /new/7/bob%3F?u=bob one.test:8080||"},
		{`{"add":{"headers":["X:$(query_params.q)"]},"replace":{"headers":["Host:$(query_params.q)"]}}`, "GET /?q=a%0d%0aEvil:%201", "", "", "GET /?q=a%0d%0aEvil:%201 a%0D%0AEvil: 1|X: a%0D%0AEvil: 1||"},
		{`{"replace":{"uri":"/$(query_params.p)"}}`, "GET /?p=a%20b%2fc", "", "", "GET /a%20b/c?p=a%20b%2fc one.test:8080||"},
	} {
		g := plugintest.Serve(t, plugintest.ServiceDoc, route, plugintest.Plugin("request-transformer", c.config))
		raw := c.request + " HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n"
		if c.headers != "" {
			raw += strings.ReplaceAll(c.headers, "|", "\r\n") + "\r\n"
		}
		if c.body != "" {
			raw += fmt.Sprintf("Content-Length: %d\r\n", len(c.body))
		}
		got := strings.ReplaceAll(httpdtest.Body(g.Send(raw+"\r\n"+c.body)), "\n", "|")
		if got != c.want {
			t.Errorf("%s:\n got %q\nwant %q\n%s", c.config, got, c.want, g.Log())
		}
	}
	g := plugintest.Serve(t, plugintest.ServiceDoc, route, plugintest.Plugin("request-transformer", `{"replace":{"uri":"$(query_params.p)"}}`))
	if got := g.Get("/?p=x"); httpdtest.Status(got) != "500" {
		t.Errorf("a path without a slash: %q", got)
	}
	g.WantLog(`request-transformer: the path "x" does not begin with "/"`)
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{"http_method":"get"}`:                        "invalid value: get",
		`{"remove":{"headers":["a b"]}}`:               "'a b' is not a valid header",
		`{"rename":{"headers":["a:b c"]}}`:             "'b c' is not a valid header",
		`{"rename":{"headers":["a"]}}`:                 "invalid value: a",
		`{"add":{"body":["a"]}}`:                       "key 'a' has no value",
		`{"add":{"headers":["a:$(headers.x"]}}`:        "is not in supported format",
		`{"add":{"headers":["a:$(os.exit())"]}}`:       "is none of headers, query_params and uri_captures",
		`{"add":{"headers":["a:$(headers.x and 1)"]}}`: "unexpected",
		`{"replace":{"uri":"$(headers[\"x)"}}`:         "is not in supported format",
		`{"remove":{"uri":"/"}}`:                       "unknown field",
	} {
		if got := plugintest.Refused(plugintest.Plugin("request-transformer", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
