package fieldshaping_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

const (
	iosClass = `client_classes {"name":"ios","match":{"headers":{"X-Client":["ios"]}}}`
	webClass = `client_classes {"name":"web","match":{"headers":{"X-Client":["web"]}}}`
	shapes   = `{"shapes":[
		{"classes":["ios"],"pick":["id","user.name","items"],"rename":{"id":"n"},"limit":{"items":1},"flatten":[{"path":"user","prefix":"user_"}]},
		{"classes":["web"],"drop":["secret"],"mask":[{"path":"phone","keep_first":3,"keep_last":4}],"default":{"note":"none","more":[]}}]}`
	answer = `{"id":12345678901234567890,"user":{"name":"Ada","age":36},"items":[1.0,2],"phone":"13812345678","note":null,"secret":"x"}`
)

// json is a service that answers with the URI's query as the type, in pieces of five bytes.
func json(headers ...string) plugintest.Service {
	return func(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
		r.Out.Status, r.Out.ContentType = 200, "application/json"
		_, kind, _ := strings.Cut(t.URI, "?")
		body := answer
		switch kind {
		case "text":
			r.Out.ContentType = "text/plain"
		case "problem":
			r.Out.Status, r.Out.ContentType = 404, "application/problem+json; charset=utf-8"
		case "cut":
			body = answer[:len(answer)-10]
		case "none":
			body = ""
		}
		for k := 0; k+1 < len(headers); k += 2 {
			r.Out.Add(headers[k], headers[k+1])
		}
		r.Out.ContentLength = int64(len(body))
		if res := r.SendHeader(); res == httpd.Error || res >= 300 {
			return res
		}
		for len(body) > 5 {
			if r.WriteOne(httpd.Buf{B: []byte(body[:5])}) != nil {
				return httpd.Error
			}
			body = body[5:]
		}
		if r.WriteOne(httpd.Buf{B: []byte(body), Last: true}) != nil {
			return httpd.Error
		}
		return httpd.OK
	}
}

func get(g *httpdtest.Rig, path, client string) string {
	return g.Send("GET " + path + " HTTP/1.0\r\nHost: h.test\r\nX-Client: " + client + "\r\n\r\n")
}

func TestShapes(t *testing.T) {
	g := plugintest.ServeWith(t, json("ETag", `"a"`, "Vary", "Origin"), plugintest.ServiceDoc, plugintest.RouteDoc, iosClass, webClass, plugintest.Plugin("field-shaping", shapes))
	for _, c := range []struct{ path, client, body string }{
		{"/", "ios", `{"n":12345678901234567890,"user_name":"Ada","items":[1.0]}`},
		{"/", "web", `{"id":12345678901234567890,"user":{"name":"Ada","age":36},"items":[1.0,2],"phone":"138****5678","note":"none","more":[]}`},
		{"/", "", answer},
		{"/?text", "ios", answer},
		{"/?problem", "ios", answer}, // errors stay as they are
		{"/?none", "ios", ""},
	} {
		got := get(g, c.path, c.client)
		if httpdtest.Body(got) != c.body || !strings.Contains(got, "\r\nVary: Origin\r\n") || !strings.Contains(got, "\r\nVary: X-Client\r\n") {
			t.Errorf("%s %s: %q\n%s", c.path, c.client, got, g.Log())
		}
		if weak := httpdtest.Header(got, "ETag") == `W/"a"`; weak != (c.client != "" && c.path != "/?text" && c.path != "/?problem") {
			t.Errorf("%s %s: the tag is %s", c.path, c.client, httpdtest.Header(got, "ETag"))
		}
	}
	// What is not whole is not passed off as whole.
	got := g.Send("GET /?cut HTTP/1.1\r\nHost: h.test\r\nX-Client: ios\r\n\r\n")
	if strings.HasSuffix(got, "0\r\n\r\n") || !strings.Contains(g.Log(), "the answer is cut off after 111 bytes: the JSON is not complete") {
		t.Errorf("%q\n%s", got, g.Log())
	}
}

func TestForAll(t *testing.T) {
	g := plugintest.ServeWith(t, json(), plugintest.ServiceDoc, plugintest.RouteDoc, iosClass,
		plugintest.Plugin("field-shaping", `{"shape_errors":true,"shapes":[{"classes":["ios"],"pick":["id"]},{"drop":["user","items","phone","note","secret"]}]}`))
	for _, path := range []string{"/", "/?problem"} {
		if got := get(g, path, "other"); httpdtest.Body(got) != `{"id":12345678901234567890}` {
			t.Errorf("%q", got)
		}
	}
	if got := g.Send("HEAD / HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n"); httpdtest.Header(got, "Content-Length") != "" || httpdtest.Body(got) != "" {
		t.Errorf("%q", got)
	}
}

// What can't be read is refused: it may hold what must not go out.
func TestUnreadable(t *testing.T) {
	g := plugintest.ServeWith(t, json("Content-Encoding", "gzip"), plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("field-shaping", `{"shapes":[{"drop":["secret"]}]}`))
	got := get(g, "/", "")
	if httpdtest.Status(got) != "502" || strings.Contains(got, "secret") || !strings.Contains(g.Log(), "the answer is refused, it is encoded with gzip") {
		t.Errorf("%q\n%s", got, g.Log())
	}
	g = plugintest.Ask(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("field-shaping", `{"shapes":[{"drop":["secret"]}]}`))
	got = g.Send("GET / HTTP/1.1\r\nHost: h.test\r\nAccept-Encoding: gzip\r\nRange: bytes=0-1\r\nAccept: */*\r\nConnection: close\r\n\r\n")
	if body := httpdtest.Body(got); strings.Contains(body, "Accept-Encoding") || strings.Contains(body, "Range") || !strings.Contains(body, "Accept: */*") {
		t.Errorf("%q", got)
	}
}

func TestTooLong(t *testing.T) {
	g := plugintest.ServeWith(t, json(), plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("field-shaping", `{"max_size":100,"shapes":[{"drop":["secret"]}]}`))
	got := g.Send("GET / HTTP/1.1\r\nHost: h.test\r\n\r\n")
	if strings.HasSuffix(got, "0\r\n\r\n") || !strings.Contains(g.Log(), "it is longer than max_size") {
		t.Errorf("%q\n%s", got, g.Log())
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                                 "required field missing",
		`{"shapes":[]}`:                      "length must be at least 1",
		`{"shapes":[{"pick":["a..b"]}]}`:     "invalid path: a name is missing",
		`{"shapes":[{"rename":{"*":"a"}}]}`:  "all members can't have one name",
		`{"shapes":[{"default":{"a.*":1}}]}`: "a member needs a name",
		`{"shapes":[{"limit":{"a":-1}}]}`:    "value should be between 0 and",
	} {
		if got := plugintest.Refused(plugintest.Plugin("field-shaping", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}

// A cache keeps the service's own answer, and each class gets its shape of it.
func TestCached(t *testing.T) {
	var asked atomic.Int32
	service := func(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
		asked.Add(1)
		return json("Vary", "Accept-Encoding")(r, t)
	}
	g := plugintest.ServeWith(t, service, plugintest.ServiceDoc, plugintest.RouteDoc, iosClass, webClass,
		plugintest.Another("field-shaping", `{"shapes":[{"classes":["ios"],"pick":["id"]},{"classes":["web"],"pick":["user.age"]}]}`),
		plugintest.Another("proxy-cache", `{"strategy":"memory"}`))
	for _, c := range []struct{ client, status, body string }{
		{"", "Miss", answer}, {"ios", "Hit", `{"id":12345678901234567890}`}, {"web", "Hit", `{"user":{"age":36}}`}, {"", "Hit", answer},
	} {
		if got := get(g, "/", c.client); httpdtest.Body(got) != c.body || httpdtest.Header(got, "X-Cache-Status") != c.status {
			t.Errorf("%s: %q", c.client, got)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the service was asked %d times", n)
	}
}
