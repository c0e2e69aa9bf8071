package headersmore_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/module/http/headersmore"
	"moongate/module/http/rewrite"
)

var engine = httpdtest.New(rewrite.Module, headersmore.Module)

// head is what the tests look at: NAME=value for each header asked for.
func head(response string, names []string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(response, "\r\n") {
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ": ")
		for _, n := range names {
			if strings.EqualFold(n, name) {
				b.WriteString(name + "=" + value + ";")
			}
		}
	}
	return b.String()
}

func TestResponse(t *testing.T) {
	for _, c := range []struct{ conf, names, want string }{
		{`more_set_headers 'X-Foo: a' "X-Bar:  $uri" X-None; return 200 x;`, "X-Foo X-Bar X-None", "X-Foo=a;X-Bar=/;"},
		{`more_set_headers 'X-Foo: a'; more_set_headers 'x-foo: b'; return 404;`, "X-Foo", "X-Foo=b;"},
		{`more_set_headers 'X-Foo: a'; more_set_headers -a 'X-Foo: b'; return 404;`, "X-Foo", "X-Foo=a;X-Foo=b;"},
		{`more_set_headers 'X-Foo: a'; more_set_headers 'X-Foo:'; return 500;`, "X-Foo", ""},
		{`more_set_headers -s 500 'X-A: 1'; more_set_headers -s ' 404  413 ' -s 403 'X-B: 1'; return 403;`, "X-A X-B", "X-B=1;"},
		{`default_type text/css; more_set_headers -t 'text/html text/css' 'X-A: 1'; more_set_headers -t text/plain 'X-B: 1'; return 200 x;`, "X-A X-B", "X-A=1;"},
		{`more_set_headers -s 404 -t text/html 'X-A: 1'; return 404;`, "X-A", "X-A=1;"},
		{`more_set_headers 'Server: Foo'; return 200 x;`, "Server", "Server=Foo;"},
		{`more_clear_headers Server Date; return 200 x;`, "Server Date", ""},
		{`more_set_headers 'Content-Type: text/css'; return 404;`, "Content-Type", "Content-Type=text/css;"},
		{`more_set_headers 'Content-Type: text/css; charset=x'; return 404;`, "Content-Type", "Content-Type=text/css; charset=x;"},
		{`more_clear_headers 'content-type: blah'; return 404;`, "Content-Type", ""},
		{`more_set_headers 'Content-Length: 4' 'Content-Length:'; return 200 hello;`, "Content-Length Transfer-Encoding", "Transfer-Encoding=chunked;"},
		{`more_set_headers 'X-H-1: a' 'x-h-2: b' 'X-K: c'; more_clear_headers 'X-H-*'; return 200 x;`, "X-H-1 X-H-2 X-K", "X-K=c;"},
		{`more_set_headers 'Location: /there'; return 302 /here;`, "Location", "Location=/there;"},
		{`more_clear_headers Loc*; return 302 /here;`, "Location", ""},
		{`more_set_headers 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT'; return 200 x;`, "Last-Modified", "Last-Modified=Sun, 06 Nov 1994 08:49:37 GMT;"},
		{`more_set_headers 'Last-Modified: never'; return 200 x;`, "Last-Modified", "Last-Modified=never;"},
		{`if ($args) { more_set_headers 'X-A: $args'; return 200 x; }`, "X-A X-Up", "X-Up=1;X-A=q;"},
		{`more_clear_headers X-Up; return 200 x;`, "X-Up", ""},
	} {
		g := engine.Serve(t, "more_set_headers 'X-Up: 1'; server { listen SOCK; location / { "+c.conf+" } }")
		if got := head(g.Get("/?q"), strings.Fields(c.names)); got != c.want {
			t.Errorf("%s: %q, want %q\n%s", c.conf, got, c.want, g.Log())
		}
	}
}

func TestRequest(t *testing.T) {
	for _, c := range []struct{ conf, show, want string }{
		{`more_set_input_headers 'Host: Foo' 'User-Agent: faked';`, "$host $http_host $http_user_agent", "foo Foo faked"},
		{`more_clear_input_headers Host;`, "$host|$http_host", "name|"},
		{`more_set_input_headers 'X-A: $uri' 'X-New: $args';`, "$http_x_a $http_x_new", "/ q"},
		{`more_set_input_headers -r 'X-A: b' 'X-New: n';`, "$http_x_a|$http_x_new", "b|"},
		{`more_set_input_headers X-A;`, "$http_x_a", ""},
		{`more_clear_input_headers 'x-*';`, "$http_x_a$http_x_b", ""},
		{`more_set_input_headers -t text/plain 'X-A: p'; more_set_input_headers -t text/css 'X-B: p';`, "$http_x_a $http_x_b", "p 2"},
		{`set $v w; more_set_input_headers "X-A: $v"; set $v z;`, "$http_x_a", "z"},
		{`more_set_input_headers 'Content-Length: 2048';`, "$http_content_length", "2048"},
		{`more_set_input_headers 'Connection: close';`, "$http_connection", "close"},
	} {
		g := engine.Serve(t, `server { listen SOCK; server_name name; location / { `+c.conf+` more_set_headers "X-Show: `+c.show+`"; } }`)
		got := httpdtest.Header(g.Get("/?q", "X-A: 1", "X-B: 2", "Content-Type: text/plain; charset=x"), "X-Show")
		if got != c.want {
			t.Errorf("%s: %q, want %q\n%s", c.conf, got, c.want, g.Log())
		}
	}
}

// What is behind a body of unknown length is not taken for a request.
func TestContentLength(t *testing.T) {
	g := engine.Serve(t, `server { listen SOCK; location / { more_clear_input_headers Content-Length; } }`)
	got := g.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 40\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h.test\r\n\r\n")
	if strings.Count(got, "HTTP/1.1 ") != 1 || httpdtest.Header(got, "Connection") != "close" {
		t.Errorf("%q", got)
	}
}

func TestErrors(t *testing.T) {
	for conf, want := range map[string]string{
		"more_set_headers -x y;":            `more_set_headers: invalid option name: "-x" in `,
		"more_clear_headers -a y;":          `more_clear_headers: invalid option name: "-a" in `,
		"more_set_input_headers -s 200 y;":  `more_set_input_headers: invalid option name: "-s" in `,
		"more_clear_input_headers -r y;":    `more_clear_input_headers: invalid option name: "-r" in `,
		"more_set_headers y -t;":            `more_set_headers: option -t takes an argument. in `,
		"more_set_headers -s '404 4x' y;":   `more_set_headers: invalid digit "x" found in the status code list "4x" in `,
		"more_set_headers ': y';":           `more_set_headers: no key found in the header argument: : y in `,
		"more_clear_headers '*';":           `more_clear_headers: wildcard key too short: * in `,
		"if ($uri) { more_set_headers x; }": `"more_set_headers" directive is not allowed here in `,
		"more_set_headers 'X: ${a';":        `the closing bracket in "a" variable is missing in `,
	} {
		g, _, err := engine.Build(t, "server { listen SOCK; "+conf+" }")
		if err == nil || !strings.Contains(g.Log(), want) {
			t.Errorf("%s: %v, %s; want %s", conf, err, g.Log(), want)
		}
	}
}
