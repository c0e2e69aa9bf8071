package rewrite_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func TestRewrites(t *testing.T) {
	for _, c := range []struct{ config, request, headers, want string }{
		// uri: the client's query stays, behind what uri brings.
		{`{"uri":"/new"}`, "GET /a?x=1", "", "GET /new?x=1 one.test:8080||"},
		{`{"uri":"/new?y=2"}`, "GET /a?x=1", "", "GET /new?y=2&x=1 one.test:8080||"},
		{`{"uri":"/new?y=2"}`, "GET /a", "", "GET /new?y=2 one.test:8080||"},
		{`{"uri":"/p/$arg_id/${arg_id}x"}`, "GET /a?id=a%20b%3Fc", "", "GET /p/a%20b%3Fc/a%20b%3Fcx?id=a%20b%3Fc one.test:8080||"},
		{`{"uri":"/p?u=$http_u"}`, "GET /", "U: a&b=c d", "GET /p?u=a%26b%3Dc%20d one.test:8080|U: a&b=c d||"},
		{`{"uri":"/p$request_uri"}`, "GET /a%20b?x=1", "", "GET /p/a%20b?x=1&x=1 one.test:8080||"},
		{`{"uri":"/p/$nothing/x","regex_uri":["^/","/no"]}`, "GET /a", "", "GET /p//x one.test:8080||"},
		// regex_uri: groups by number and name, the first pattern counts, the rest of the path stays.
		{`{"regex_uri":["^/iresty/(.*)/(.*)/(.*)","/$1-$2-$3"]}`, "GET /iresty/a/b/c%20d?x", "", "GET /a-b-c%20d?x one.test:8080||"},
		{`{"regex_uri":["^/u/(?<user>\\w+)$","/users/${user}?id=$user"]}`, "GET /u/bob", "", "GET /users/bob?id=bob one.test:8080||"},
		{`{"regex_uri":["^/b/","/no/","^/a/","/one/","^/a/x","/two"]}`, "GET /a/x", "", "GET /one/x one.test:8080||"},
		{`{"regex_uri":["old","new"]}`, "GET /an/old/p%3fth", "", "GET /an/new/p%3Fth one.test:8080||"},
		{`{"regex_uri":["^/(.*)$","/$1"]}`, "GET /a%3Fb%2525?q", "", "GET /a%3Fb%2525?q one.test:8080||"},
		{`{"regex_uri":["^/x","/y"]}`, "GET /a?q", "", "GET /a?q one.test:8080||"},
		{`{"regex_uri":["(a)|(b)","/[$1$2]"]}`, "GET /b", "", "GET //[b] one.test:8080||"},
		{`{"regex_uri":["(?i)^/A$","/ok"]}`, "GET /a", "", "GET /ok one.test:8080||"},
		{`{"regex_uri":["^/(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)$","/$12$1a"]}`, "GET /abcdefghijkl", "", "GET /laa one.test:8080||"},
		// The others.
		{`{"host":"$arg_h.test"}`, "GET /a?h=x", "", "GET /a?h=x x.test||"},
		{`{"method":"PUT"}`, "GET /a", "", "PUT /a one.test:8080||"},
		{`{"args":{"set":{"b":"$http_v","c":""},"remove":["a"]}}`, "GET /?a=1&b=1&d=1", "V: x y", "GET /?b=x%20y&d=1&c= one.test:8080|V: x y||"},
		{`{"headers":{"set":{"A":"$http_b"},"add":{"B":"$1-$uri"},"remove":["B"]},"regex_uri":["^/(.*)","/x"]}`, "GET /a", "A: 1|A: 2|B: 3", "GET /x one.test:8080|A: 3|B: a-/a||"},
		{`{"headers":{"set":{"A":"$id"}},"regex_uri":["^/b","/x","^/(?<id>\\d+)","/y"]}`, "GET /7", "", "GET /y one.test:8080|A: 7||"},
		{`{"headers":{"add":{"X":"$1"}},"regex_uri":["^/([^z]*)","/x"]}`, "GET /a%0d%0aB:%201", "", "GET /x one.test:8080|X: a%0D%0AB: 1||"},
	} {
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("rewrite", c.config))
		raw := c.request + " HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n"
		if c.headers != "" {
			raw += strings.ReplaceAll(c.headers, "|", "\r\n") + "\r\n"
		}
		if got := strings.ReplaceAll(httpdtest.Body(g.Send(raw+"\r\n")), "\n", "|"); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q\n%s", c.config, got, c.want, g.Log())
		}
	}
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("rewrite", `{"uri":"$http_to"}`))
	if got := g.Get("/", "To: x"); httpdtest.Status(got) != "500" {
		t.Errorf("a path without a slash: %q", got)
	}
	g.WantLog(`rewrite: the path "x" does not begin with "/"`)
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                                "at least one of these fields must be non-empty",
		`{"uri":"x"}`:                       "should start with: /",
		`{"uri":"/a b"}`:                    "must not have spaces",
		`{"uri":"/${x"}`:                    `"}" is missing`,
		`{"uri":"/$"}`:                      `a name is missing behind "$"`,
		`{"uri":"/${1x}"}`:                  `"1x" is no group`,
		`{"regex_uri":["^/a"]}`:             "regex_uri",
		`{"regex_uri":["^/a","/b","c"]}`:    "should be even",
		`{"regex_uri":["(","/b"]}`:          "invalid regex_uri(()",
		`{"regex_uri":["(a)","/$2"]}`:       "the pattern has no group 2",
		`{"regex_uri":["(a)","/ x"]}`:       "must not have spaces",
		`{"method":"get"}`:                  "method: expected one of",
		`{"host":"a/b"}`:                    "is no host",
		`{"headers":{"set":{"a b":"1"}}}`:   "'a b' is not a valid header",
		`{"headers":{"set":{"Host":"1"}}}`:  "'Host' is not a valid header",
		`{"headers":{"add":{"a":"x\ny"}}}`:  "must be one line",
		`{"headers":{"remove":["a\r\nb"]}}`: "is not a valid header",
	} {
		if got := plugintest.Refused(plugintest.Plugin("rewrite", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
