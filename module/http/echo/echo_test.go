package echo_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"moongate/engine/httpd/httpdtest"
	"moongate/module/http/echo"
	"moongate/module/http/rewrite"
)

var engine = httpdtest.New(rewrite.Module, echo.Module)

// body is a response's body, joined when it comes in chunks.
func body(response string) string {
	b := httpdtest.Body(response)
	if httpdtest.Header(response, "Transfer-Encoding") == "" {
		return b
	}
	whole := ""
	for {
		size, rest, _ := strings.Cut(b, "\r\n")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil || n == 0 || int(n)+2 > len(rest) {
			return whole
		}
		whole, b = whole+rest[:n], rest[n+2:]
	}
}

const subs = ` location /sub { echo "sub $echo_request_method $args"; } location /two { echo pre; echo_location /sub x; echo_location_async /sub y; echo post; }
	location /body { echo_read_request_body; echo -n "$echo_request_method "; echo_request_body; echo " $echo_request_body"; }
	location /abort { echo a; echo_abort_parent; } location /slow { echo_sleep 0.05; echo slow; } location /uri { echo $echo_cacheable_request_uri; }
	location @named { echo "named $uri $args"; }`

func TestCommands(t *testing.T) {
	for _, c := range []struct{ conf, want string }{
		{`echo a  "b c" $arg_q; echo; echo -n d; echo -- -n;`, "a b c v\n\nd-n\n"},
		{`echo_duplicate 3 ab; echo_duplicate 0 x; echo_duplicate 1_0 ""; echo;`, "ababab\n"},
		{`echo a; echo_flush; echo_sleep 0.001; echo_blocking_sleep 0; echo b;`, "a\nb\n"},
		{`echo_foreach_split , "a,,b,"; echo "[$echo_it]"; echo_end; echo .;`, "[a]\n[b]\n.\n"},
		{`echo_foreach_split -- -a- 1-a-2; echo $echo_it; echo_end; echo_foreach_split & $args; echo $echo_it; echo_end;`, "1\n2\nq=v\n"},
		{`echo_foreach_split & $arg_none; echo never; echo_end; echo_foreach_split . a.b; echo $echo_it; echo_end;`, "a\nb\n"},
		{`echo_location /sub a=b; echo_location /sub?c; echo_location /sub?c d;`, "sub GET a=b\nsub GET c\nsub GET d\n"},
		{`echo_location /%73ub; echo_subrequest POST /sub -q x=y;`, "sub GET \nsub POST x=y\n"},
		{`echo a; echo_location_async /sub 1; echo b; echo_location_async /sub 2; echo c;`, "a\nsub GET 1\nb\nsub GET 2\nc\n"},
		{`echo a; echo_location /two; echo b; echo_location_async /two; echo_location_async /two; echo c;`,
			"a\npre\nsub GET x\nsub GET y\npost\nb\npre\nsub GET x\nsub GET y\npost\npre\nsub GET x\nsub GET y\npost\nc\n"},
		{`echo_location_async /slow; echo_location_async /sub; echo_sleep 0.001; echo x; echo_flush; echo_location /sub; echo y;`, "slow\nsub GET \nx\nsub GET \ny\n"},
		{`echo_subrequest POST /body -b hello; echo_subrequest_async PUT /body -f body.txt;`, "POST hello hello\nPUT file\n file\n\n"},
		{`echo $echo_cacheable_request_uri; echo_location_async /uri; echo_location /uri?a;`, "/t/x%20y?q=v\n/uri\n/uri?a\n"},
		{`echo a; echo_location /abort; echo b;`, "a\na\n"},
		{`echo a; echo_location_async /abort; echo_location_async /sub; echo b;`, "a\na\n"},
		{`echo_exec /sub z;`, "sub GET z\n"},
		{`echo_exec /sub?y;`, "sub GET y\n"},
		{`echo_exec @named;`, "named /t/x y q=v\n"},
		{`echo $echo_incr; echo $echo_incr; echo $echo_client_request_method $echo_response_status;`, "1\n2\nGET 200\n"},
		{`echo $echo_request_uri; set $v $arg_q; echo $v;`, "/t/x%20y?q=v\nv\n"},
		{`echo a; echo_before_body b1; echo_before_body -n b2; echo_after_body z;`, "b1\nb2a\nz\n"},
		{`if ($arg_q) { echo in; } echo out;`, "in\n"},
	} {
		g := engine.Serve(t, "server { listen SOCK; location /t { "+c.conf+" }"+subs+" }")
		g.File("body.txt", "file\n")
		if got := body(g.Get("/t/x%20y?q=v")); got != c.want {
			t.Errorf("%s: %q, want %q\n%s", c.conf, got, c.want, g.Log())
		}
	}
}

func TestRequest(t *testing.T) {
	g := engine.Serve(t, `server { listen SOCK; location /h { echo -n $echo_client_request_headers; } location /b { echo_status 404; echo_read_request_body; echo_request_body; }
		location /file { client_body_buffer_size 1; echo_read_request_body; echo a; echo_request_body; }
		location /much { echo_duplicate 100000 abc; } location /unread { echo "[$echo_request_body]"; } }`)
	if got := body(g.Get("/h")); got != "GET /h HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n" {
		t.Errorf("%q", got)
	}
	if got := len(body(g.Get("/much"))); got != 300000 {
		t.Error(got)
	}
	for uri, want := range map[string]string{"/b": "404hello", "/file": "200a\nhello", "/unread": "200[]\n"} {
		got := g.Send("POST " + uri + " HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
		if s := httpdtest.Status(got) + body(got); s != want {
			t.Errorf("%s: %q, want %q", uri, s, want)
		}
	}
}

func TestTimer(t *testing.T) {
	g := engine.Serve(t, `server { listen SOCK; location /t { echo_reset_timer; echo_sleep 0.02; echo $echo_timer_elapsed; }
		location /async { echo_reset_timer; echo_location_async /slow; echo_location_async /slow; echo_location_async /slow; echo_location_async /slow; echo $echo_timer_elapsed; }
		location /slow { echo_sleep 0.5; echo slow; } }`)
	if got := body(g.Get("/t")); !regexp.MustCompile(`^0\.0[2-9]\d\n$`).MatchString(got) {
		t.Errorf("%q", got)
	}
	start := time.Now()
	if got := body(g.Get("/async")); !regexp.MustCompile(`^(slow\n){4}0\.[01]\d\d\n$`).MatchString(got) {
		t.Errorf("%q", got)
	}
	if d := time.Since(start); d > 1500*time.Millisecond {
		t.Errorf("one after the other: %v", d)
	}
}

func TestFailures(t *testing.T) {
	for conf, log := range map[string]string{
		`echo_duplicate -1 x;`:             `invalid size specified: "-1"`,
		`echo_duplicate $arg_none x;`:      `invalid size specified: ""`,
		`echo_sleep x;`:                    `invalid sleep duration "x"`,
		`echo_sleep NaN;`:                  `invalid sleep duration "NaN"`,
		`echo_sleep 1e300;`:                `invalid sleep duration "1e300"`,
		`echo_location /a/../../b;`:        `unsafe URI "/a/../../b" was detected`,
		`echo_location_async "";`:          `unsafe URI "" was detected`,
		`echo_subrequest GET /a -x y;`:     `unknown option for echo_subrequest\*: "-x"`,
		`echo_subrequest GET /a -q;`:       `option "-q" takes a value`,
		`echo_subrequest POST /a -f none;`: `open\(\) ".*/none" failed \(2: No such file or directory\)`,
		`echo_exec @none;`:                 `could not find named location "@none"`,
	} {
		g := engine.Serve(t, "server { listen SOCK; location / { "+conf+" } }")
		if got := httpdtest.Status(g.Get("/")); got != "500" {
			t.Errorf("%s: %s", conf, got)
		}
		g.WantLog(log)
	}
}
