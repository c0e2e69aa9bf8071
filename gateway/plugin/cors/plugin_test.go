package cors_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// service says something of its own about origins.
func service(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
	r.Out.Add("Vary", "Accept")
	r.Out.Add("Access-Control-Allow-Origin", "upstream")
	return r.SendText(200, "text/plain", "service")
}

// told is the answer's headers that are about origins, in short.
func told(answer string) string {
	out := httpdtest.Status(answer)
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, value, _ := strings.Cut(line, ": ")
		if n, ok := strings.CutPrefix(name, "Access-Control-"); ok || name == "Vary" {
			out += " " + n + "=" + value
		}
	}
	return out + " " + body
}

func TestAnswers(t *testing.T) {
	const simple = "Origin: http://a.test"
	const pre = "Origin: http://a.test|Access-Control-Request-Method: PUT"
	const verbs = " Allow-Methods=GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT "
	for _, c := range []struct{ config, method, headers, want string }{
		// Answers of the service.
		{`{}`, "GET", simple, "200 Vary=Accept Allow-Origin=* service"},
		{`{}`, "GET", "A: b", "200 Vary=Accept Allow-Origin=* service"},
		{`{"allow_origin_absent":false}`, "GET", "A: b", "200 Vary=Accept Allow-Origin=upstream service"},
		{`{"origins":["http://a.test"]}`, "GET", "Origin: http://b.test", "200 Vary=Accept Allow-Origin=http://a.test Vary=Origin service"},
		{`{"origins":["http://a.test","https://b.test"]}`, "GET", "Origin: https://b.test:443", "200 Vary=Accept Allow-Origin=https://b.test Vary=Origin service"},
		{`{"origins":["http://a.test","https://b.test"]}`, "GET", "Origin: http://c.test", "200 Vary=Accept Vary=Origin service"},
		{`{"origins":["http://a.test","*"]}`, "GET", "Origin: http://c.test", "200 Vary=Accept Allow-Origin=* Vary=Origin service"},
		{`{"origins":["http://a.test:80","http://b.test"]}`, "GET", simple, "200 Vary=Accept Allow-Origin=http://a.test Vary=Origin service"},
		{`{"origins":["(.*\\.)?a\\.test"]}`, "GET", "Origin: http://x.a.test:8080", "200 Vary=Accept Allow-Origin=http://x.a.test:8080 Vary=Origin service"},
		{`{"origins":["(.*\\.)?a\\.test"]}`, "GET", "Origin: http://a.test.evil", "200 Vary=Accept Vary=Origin service"},
		{`{"origins":["a\\.test|b\\.test"]}`, "GET", "Origin: http://a.test.evil", "200 Vary=Accept Vary=Origin service"},
		{`{"origins":["^https?://a\\.test$"]}`, "GET", simple, "200 Vary=Accept Allow-Origin=http://a.test Vary=Origin service"},
		{`{"credentials":true}`, "GET", simple, "200 Vary=Accept Allow-Origin=http://a.test Vary=Origin Allow-Credentials=true service"},
		{`{"credentials":true}`, "GET", "A: b", "200 Vary=Accept Allow-Origin=* service"},
		{`{"credentials":true,"origins":["http://a.test"]}`, "GET", simple, "200 Vary=Accept Allow-Origin=http://a.test Vary=Origin Allow-Credentials=true service"},
		{`{"exposed_headers":["X-A","X-B"]}`, "GET", simple, "200 Vary=Accept Allow-Origin=* Expose-Headers=X-A,X-B service"},
		// Preflights.
		{`{}`, "OPTIONS", pre, "200 Allow-Origin=*" + verbs},
		{`{}`, "OPTIONS", simple, "200 Vary=Accept Allow-Origin=* service"},
		{`{}`, "PUT", pre, "200 Vary=Accept Allow-Origin=* service"},
		{`{"origins":["http://a.test","http://b.test"]}`, "OPTIONS", pre, "200 Vary=Origin Allow-Origin=http://a.test" + verbs},
		{`{"origins":["http://c.test","http://b.test"]}`, "OPTIONS", pre, "200 Vary=Origin" + verbs},
		{`{"methods":["GET","PUT"],"headers":["X-A","X-B"],"max_age":23}`, "OPTIONS", pre, "200 Allow-Origin=* Allow-Headers=X-A,X-B Allow-Methods=GET,PUT Max-Age=23 "},
		{`{"credentials":true}`, "OPTIONS", pre + "|Access-Control-Request-Headers: x-c", "200 Vary=Origin Allow-Origin=http://a.test Allow-Credentials=true Allow-Headers=x-c" + verbs},
		{`{"private_network":true,"methods":["GET"]}`, "OPTIONS", pre + "|Access-Control-Request-Private-Network: true", "200 Allow-Origin=* Allow-Methods=GET Allow-Private-Network=true "},
		{`{"preflight_continue":true}`, "OPTIONS", pre, "200 Vary=Accept Allow-Origin=upstream service"},
	} {
		g := plugintest.ServeWith(t, service, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("cors", c.config))
		got := g.Send(c.method + " / HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n" + strings.ReplaceAll(c.headers, "|", "\r\n") + "\r\n\r\n")
		if told(got) != c.want {
			t.Errorf("%s %s %s:\n got %q\nwant %q", c.config, c.method, c.headers, told(got), c.want)
		}
	}
	for config, want := range map[string]string{
		`{"origins":["("]}`:     "'(' is not a valid regex",
		`{"methods":["PURGE"]}`: "expected one of: GET, HEAD",
	} {
		if got := plugintest.Refused(plugintest.Plugin("cors", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}
