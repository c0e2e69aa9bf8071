package proxy_test

import (
	"io"
	"strings"
	"testing"
)

const okay = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok"

func TestURI(t *testing.T) {
	o := newOrigin(t, say(okay))
	g := serve(t, strings.ReplaceAll(`server { listen SOCK;
		location / { proxy_pass http://UP; }
		location /a/ { proxy_pass http://UP/b/; }
		location /n/ { proxy_pass http://UP/new; }
		location = /e { proxy_pass http://UP/exact?x=1; }
		location ~ ^/rx { proxy_pass http://UP; }
		location /v/ { proxy_pass http://UP$request_uri; }
		location /w/ { proxy_pass http://UP/w$arg_x; }
		location /q { proxy_pass http://UP?q; }
		location /m { proxy_pass http://UP; proxy_method PUT; }
		location /10 { proxy_pass http://UP; proxy_http_version 1.0; }
	}`, "UP", o.addr))
	for _, x := range []struct{ uri, want string }{
		{"/", "GET / HTTP/1.1"},
		{"/x%20y/%41?a=%20b", "GET /x%20y/%41?a=%20b HTTP/1.1"},
		{"/x/../y", "GET /x/../y HTTP/1.1"},
		{"/a/c?d", "GET /b/c?d HTTP/1.1"},
		{"/a/%20%2fc", "GET /b/%20/c HTTP/1.1"},
		{"/a/%3f%25x", "GET /b/%3F%25x HTTP/1.1"},
		{"/a//c", "GET /b/c HTTP/1.1"},
		{"/n/c", "GET /newc HTTP/1.1"},
		{"/e?y=2", "GET /exact?x=1?y=2 HTTP/1.1"},
		{"/rx/a%2eb", "GET /rx/a%2eb HTTP/1.1"},
		{"/v/%20?x", "GET /v/%20?x HTTP/1.1"},
		{"/w/1?x=7", "GET /w7 HTTP/1.1"},
		{"/qx", "GET ?qx HTTP/1.1"},
		{"/m", "PUT /m HTTP/1.1"},
		{"/10", "GET /10 HTTP/1.0"},
	} {
		if got := g.get(x.uri); body(got) != "ok" {
			t.Fatalf("%s: %q\n%s", x.uri, got, g.log())
		}
		if got, _, _ := strings.Cut(o.last(), "\n"); got != x.want {
			t.Errorf("%s: %s, want %s", x.uri, got, x.want)
		}
	}
	if got := g.get("/a"); !strings.HasPrefix(got, "HTTP/1.1 301 ") {
		t.Errorf("a location that ends in a slash redirects: %q", got)
	}
}

func TestRequestHeader(t *testing.T) {
	o := newOrigin(t, say(okay))
	g := serve(t, strings.ReplaceAll(`proxy_set_header X-All all; server { listen SOCK;
		location /plain { proxy_pass http://UP; }
		location /own { proxy_pass http://UP; proxy_set_header Host $host; proxy_set_header X-Gone ""; proxy_set_header X-Const c;
			proxy_set_header X-Var $arg_v; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-P $proxy_host:$proxy_port; }
		location /none { proxy_pass http://UP; proxy_pass_request_headers off; }
		location /close { proxy_pass http://UP; proxy_set_header Connection close; }
	}`, "UP", o.addr))
	for _, x := range []struct {
		uri     string
		headers []string
		want    string
	}{
		{"/plain", []string{"X-A: b", "TE: x", "Keep-Alive: 1", "Expect: 1", "Upgrade: u", "Proxy-Connection: p"},
			"GET /plain HTTP/1.1\nHost: " + o.addr + "\nX-All: all\nX-A: b\n\n"},
		{"/own?v=1", []string{"X-Gone: g", "X-Var: 2", "x-forwarded-for: 1.1.1.1"},
			"GET /own?v=1 HTTP/1.1\nHost: h.test\nX-Const: c\nX-Var: 1\nX-Forwarded-For: 1.1.1.1, unix:\nX-P: " + o.addr + ":" + o.addr[strings.LastIndexByte(o.addr, ':')+1:] + "\n\n"},
		{"/own", nil, "GET /own HTTP/1.1\nHost: h.test\nX-Const: c\nX-Forwarded-For: unix:\nX-P: " + o.addr + ":" + o.addr[strings.LastIndexByte(o.addr, ':')+1:] + "\n\n"},
		{"/none", []string{"X-A: b"}, "GET /none HTTP/1.1\nHost: " + o.addr + "\nX-All: all\n\n"},
		{"/close", nil, "GET /close HTTP/1.1\nHost: " + o.addr + "\nConnection: close\n\n"},
	} {
		g.get(x.uri, x.headers...)
		if got := o.last(); got != x.want {
			t.Errorf("%s %q:\n%s\nwant\n%s", x.uri, x.headers, got, x.want)
		}
	}
}

func TestRequestBody(t *testing.T) {
	o := newOrigin(t, say(okay))
	g := serve(t, strings.ReplaceAll(`client_body_buffer_size 1k; client_max_body_size 0; server { listen SOCK;
		location / { proxy_pass http://UP; }
		location /stream { proxy_pass http://UP; proxy_request_buffering off; }
		location /withheld { proxy_pass http://UP; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
		location /own { proxy_pass http://UP; proxy_set_body "[$arg_x]"; }
	}`, "UP", o.addr))
	large := strings.Repeat("0123456789", 30000)
	post := func(uri, framing, body string) {
		t.Helper()
		got := g.send("POST " + uri + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + framing + "\r\n\r\n" + body)
		if !strings.HasSuffix(got, "\r\n\r\nok") {
			t.Errorf("%s: %.200q\n%s", uri, got, g.log())
		}
	}
	check := func(what, want string) {
		t.Helper()
		if got := o.last(); got != want {
			t.Errorf("%s: %.200q (%d bytes), want %.200q (%d)", what, got, len(got), want, len(want))
		}
	}
	head := func(uri, lines string) string {
		return "POST " + uri + " HTTP/1.1\nHost: " + o.addr + "\n" + lines + "\n"
	}
	post("/a", "Content-Length: 5", "hello")
	check("a small body", head("/a", "Content-Length: 5\n")+"hello")
	post("/a", "Content-Length: 300000", large)
	check("a large body", head("/a", "Content-Length: 300000\n")+large)
	post("/a", "Transfer-Encoding: chunked", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
	check("a chunked body gets a length", head("/a", "Content-Length: 5\n")+"abcde")
	post("/a", "Content-Length: 0", "")
	check("an empty body", head("/a", "Content-Length: 0\n"))
	post("/stream", "Content-Length: 300000", large)
	check("unbuffered", head("/stream", "Content-Length: 300000\n")+large)
	post("/withheld", "Content-Length: 5", "hello")
	check("withheld", head("/withheld", ""))
	post("/own?x=7", "Content-Length: 5", "hello")
	check("a body of our own", head("/own?x=7", "Content-Length: 3\n")+"[7]")

	// Unbuffered and chunked: the parts reach the server while the client still sends.
	c := g.dial()
	defer c.Close()
	io.WriteString(c, "POST /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
	io.WriteString(c, "2\r\nde\r\n0\r\n\r\n")
	b, _ := io.ReadAll(c)
	if !strings.HasSuffix(string(b), "ok") || !strings.HasPrefix(o.last(), head("/stream", "Transfer-Encoding: chunked\n")) && !strings.HasPrefix(o.last(), head("/stream", "Content-Length: 5\n")) {
		t.Errorf("%q led to %q", o.last(), b)
	}
}
