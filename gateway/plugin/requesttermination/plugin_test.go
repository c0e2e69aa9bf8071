package requesttermination_test

import (
	"encoding/json"
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func TestAnswers(t *testing.T) {
	for _, c := range []struct{ config, request, status, kind, body string }{
		{`{}`, "GET /", "503", "application/json; charset=utf-8", `{"message":"Service unavailable"}`},
		{`{"status_code":404}`, "GET /", "404", "application/json; charset=utf-8", `{"message":"Not found"}`},
		{`{"status_code":418}`, "GET /", "418", "", ""},
		{`{"status_code":200,"message":"so \"be\" it"}`, "GET /", "200", "application/json; charset=utf-8", `{"message":"so \"be\" it"}`},
		{`{"status_code":200,"body":"<p>","content_type":"text/html"}`, "GET /", "200", "text/html", `<p>`},
		{`{"status_code":201,"body":"{}"}`, "GET /", "201", "application/json; charset=utf-8", `{}`},
		{`{"trigger":"off"}`, "GET /?off", "503", "application/json; charset=utf-8", `{"message":"Service unavailable"}`},
		{`{"trigger":"a"}`, "GET /", "503", "application/json; charset=utf-8", `{"message":"Service unavailable"}`},
		{`{"trigger":"b"}`, "GET /", "200", "text/plain", "GET / one.test:8080\nA: 1\n\n"},
	} {
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("request-termination", c.config))
		got := g.Send(c.request + " HTTP/1.1\r\nHost: h.test\r\nA: 1\r\nConnection: close\r\n\r\n")
		if httpdtest.Status(got) != c.status || httpdtest.Header(got, "Content-Type") != c.kind || httpdtest.Body(got) != c.body {
			t.Errorf("%s: %q", c.config, got)
		}
	}
	for config, want := range map[string]string{
		`{"message":"a","body":"b"}`:              "message cannot be used with content_type or body",
		`{"message":"a","content_type":"b"}`:      "message cannot be used with content_type or body",
		`{"content_type":"a"}`:                    "content_type requires a body",
		`{"echo":true,"body":"b"}`:                "echo cannot be used with content_type and body",
		`{"content_type":"a\r\nb: c","body":"b"}`: "a header has one line",
	} {
		if got := plugintest.Refused(plugintest.Plugin("request-termination", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}

func TestEcho(t *testing.T) {
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("request-termination", `{"echo":true,"status_code":404}`))
	got := g.Send("POST /a%20b?x=1&x=2&y HTTP/1.1\r\nHost: h.test:81\r\nA: 1\r\nA: 2\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
	var e struct {
		Message string
		Request json.RawMessage
		Route   struct{ Name string } `json:"matched_route"`
		Service struct{ Name string } `json:"matched_service"`
	}
	if err := json.Unmarshal([]byte(httpdtest.Body(got)), &e); err != nil || httpdtest.Status(got) != "404" {
		t.Fatalf("%v in %q", err, got)
	}
	want := `{"scheme":"http","host":"h.test","port":81,"headers":{"a":["1","2"],"connection":"close","content-length":"2","host":"h.test:81"},` +
		`"query":{"x":["1","2"],"y":true},"raw_body":"hi","method":"POST","path":"/a%20b"}`
	if string(e.Request) != want || e.Message != "Not found" || e.Route.Name != "r1" || e.Service.Name != "one" {
		t.Errorf("%s", httpdtest.Body(got))
	}
}
