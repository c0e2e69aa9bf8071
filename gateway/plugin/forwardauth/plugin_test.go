package forwardauth_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

// guard is a server that lets those in who say so, and tells what it was asked.
func guard(t *testing.T, secure bool) (*httptest.Server, *atomic.Pointer[string]) {
	t.Helper()
	asked := new(atomic.Pointer[string])
	h := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		text := r.Method + " " + r.RequestURI
		for _, name := range []string{"X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri", "X-Forwarded-For", "Authorization", "X-Other", "Content-Type"} {
			if v := r.Header.Values(name); len(v) > 0 {
				text += "|" + name + ": " + strings.Join(v, ",")
			}
		}
		if len(body) > 0 {
			text += fmt.Sprintf("|%d bytes %.5s", len(body), body)
		}
		asked.Store(&text)
		w.Header().Set("X-User", "bob")
		w.Header().Add("X-Group", "a")
		w.Header().Add("X-Group", "b")
		switch r.Header.Get("Authorization") {
		case "let me in":
			fmt.Fprint(w, "welcome")
		case "go":
			w.Header().Set("Location", "https://login.test/?a=b")
			w.WriteHeader(302)
		case "teapot":
			w.WriteHeader(418)
		case "flood":
			w.WriteHeader(403)
			w.Write(make([]byte, 2<<20))
		default:
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(401)
			fmt.Fprint(w, "<p>who are you?")
		}
	}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(h))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	if secure {
		srv.StartTLS()
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return srv, asked
}

func serve(t *testing.T, config string) *httpdtest.Rig {
	t.Helper()
	return plugintest.Ask(t, plugintest.World(plugintest.Plugin("forward-auth", config))...)
}

func TestAsks(t *testing.T) {
	srv, asked := guard(t, false)
	const auth, yes = `"request_headers":["authorization","X-Other","X-Forwarded-For"]`, "Authorization: let me in\r\n"
	for _, c := range []struct{ config, request, headers, body, asked, answer string }{
		{auth, "GET /a%20b?x=1", yes + "X-Other: 1\r\nX-Other: 2\r\nX-Forwarded-For: 6.6.6.6\r\nTest-Client: 10.0.0.7\r\n", "",
			"GET /check?y|X-Forwarded-Method: GET|X-Forwarded-Proto: http|X-Forwarded-Host: h.test:80|X-Forwarded-Uri: /a%20b?x=1|X-Forwarded-For: 10.0.0.7|Authorization: let me in|X-Other: 1,2",
			"200 GET /a%20b?x=1"},
		{auth + `,"request_method":"POST"`, "PUT /", yes + "Content-Type: text/x\r\nTest-Client: 10.0.0.7\r\n", "hello",
			"POST /check?y|X-Forwarded-Method: PUT|X-Forwarded-Proto: http|X-Forwarded-Host: h.test:80|X-Forwarded-Uri: /|X-Forwarded-For: 10.0.0.7|Authorization: let me in|Content-Type: text/x|5 bytes hello",
			"200 PUT /|hello"},
		{auth + `,"request_method":"POST"`, "POST /", yes + "Test-Client: 10.0.0.7\r\n", strings.Repeat("x", 50000),
			"POST /check?y|X-Forwarded-Method: POST|X-Forwarded-Proto: http|X-Forwarded-Host: h.test:80|X-Forwarded-Uri: /|X-Forwarded-For: 10.0.0.7|Authorization: let me in|50000 bytes xxxxx",
			"200 POST /"},
		{auth + `,"upstream_headers":["X-User","x-group","X-None"]`, "GET /", yes + "X-User: root\r\nX-User: me\r\nX-None: 1\r\n", "", "", "200 GET /|X-User: bob|x-group: a|x-group: b"},
		{auth, "GET /", yes + "X-User: root\r\n", "", "", "200 GET /|X-User: root"},
		{auth, "GET /", "", "", "", `401 <p>who are you?`},
		{auth, "GET /", "Authorization: go\r\n", "", "", "302 "},
		{auth, "GET /", "Authorization: teapot\r\n", "", "", "418 "},
		{auth, "GET /", "Authorization: flood\r\n", "", "", "403 "},
		{`"keepalive":false,` + auth, "GET /", yes, "", "", "200 GET /"},
	} {
		g := serve(t, `{"uri":"`+srv.URL+`/check?y",`+c.config+`}`)
		raw := c.request + " HTTP/1.1\r\nHost: h.test:80\r\nConnection: close\r\n" + c.headers
		if c.body != "" {
			raw += fmt.Sprintf("Content-Length: %d\r\n", len(c.body))
		}
		got := g.Send(raw + "\r\n" + c.body)
		text := httpdtest.Body(got)
		if httpdtest.Status(got) == "200" {
			text = plugintest.Sent(got, "X-User", "X-Group", "X-None")
		}
		if text = httpdtest.Status(got) + " " + text; text != c.answer {
			t.Errorf("%s %s:\n got %q\nwant %q\n%s", c.config, c.headers, text, c.answer, g.Log())
		}
		if a := asked.Load(); c.asked != "" && (a == nil || *a != c.asked) {
			t.Errorf("%s asked\n     %q\nwant %q", c.config, *a, c.asked)
		}
	}
}

// A refusal has the headers that the client may see, and no others.
func TestRefusal(t *testing.T) {
	srv, _ := guard(t, false)
	g := serve(t, `{"uri":"`+srv.URL+`","request_headers":["Authorization"]}`)
	got := g.Get("/")
	if httpdtest.Header(got, "WWW-Authenticate") != `Basic realm="x"` || httpdtest.Header(got, "Content-Type") != "text/html" || httpdtest.Header(got, "X-User") != "" {
		t.Errorf("%q", got)
	}
	if got = g.Get("/", "Authorization: go"); httpdtest.Header(got, "Location") != "https://login.test/?a=b" {
		t.Errorf("%q", got)
	}
	g = serve(t, `{"uri":"`+srv.URL+`","client_headers":["X-Group"]}`)
	if got = g.Get("/"); strings.Count(got, "X-Group: ") != 2 || httpdtest.Header(got, "WWW-Authenticate") != "" {
		t.Errorf("%q", got)
	}
}

func TestServerAway(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // which never answers
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	for _, c := range []struct{ config, want, log string }{
		{`"uri":"http://` + dead.Addr().String() + `"`, "403 ", "forward-auth .* a request is refused .*refused"},
		{`"uri":"http://` + ln.Addr().String() + `","timeout":50`, "403 ", "forward-auth .* a request is refused .*i/o timeout"},
		{`"uri":"http://` + dead.Addr().String() + `","status_on_error":503`, "503 ", ""},
		{`"uri":"http://` + dead.Addr().String() + `","allow_degradation":true,"upstream_headers":["X-User"]`, "200 GET /", "a request is let through"},
	} {
		g := serve(t, "{"+c.config+"}")
		got := g.Get("/", "X-User: root")
		text := ""
		if httpdtest.Status(got) == "200" {
			text = plugintest.Sent(got, "X-User")
		}
		if text = httpdtest.Status(got) + " " + text; text != c.want {
			t.Errorf("%s: %q, want %q", c.config, got, c.want)
		}
		if c.log != "" {
			g.WantLog(c.log)
		}
	}
}

func TestVerify(t *testing.T) {
	srv, _ := guard(t, true)
	g := serve(t, `{"uri":"`+srv.URL+`","request_headers":["Authorization"]}`)
	if got := g.Get("/", "Authorization: let me in"); httpdtest.Status(got) != "403" {
		t.Errorf("trusted: %q", got)
	}
	g = serve(t, `{"uri":"`+srv.URL+`","request_headers":["Authorization"],"ssl_verify":false}`)
	if got := g.Get("/", "Authorization: let me in"); httpdtest.Status(got) != "200" {
		t.Errorf("%q", got)
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                             "uri: required field missing",
		`{"uri":"x"}`:                    "missing scheme in url",
		`{"uri":"http:///x"}`:            "missing host in url",
		`{"uri":"http://a:b@c/"}`:        "must not have user info",
		`{"uri":"http://a","timeout":0}`: "timeout: value should be between",
		`{"uri":"http://a","request_method":"PUT"}`:                   "expected one of",
		`{"uri":"http://a","request_headers":["Content-Length"]}`:     "'Content-Length' cannot be copied",
		`{"uri":"http://a","upstream_headers":["Transfer-Encoding"]}`: "'Transfer-Encoding' cannot be copied",
		`{"uri":"http://a","client_headers":["a b"]}`:                 "'a b' is not a valid header",
	} {
		if got := plugintest.Refused(plugintest.Plugin("forward-auth", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
