package rewrite_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/module/http/rewrite"
)

var engine = httpdtest.New(rewrite.Module)

// answers shows what a URI becomes: the path, and the arguments behind a bar.
const answers = ` location = / { return 200 "/|$args"; } location /to { return 200 "$uri|$args"; } location = /changed { return 200 "changed|$args"; }`

func TestURIs(t *testing.T) {
	for _, c := range []struct{ conf, uri, want string }{
		{`rewrite ^/a/(.*)$ /to/$1 last;`, "/a/b?c=d", "/to/b|c=d"},
		{`rewrite ^/a/(.*)$ /to?x=$1 last;`, "/a/b?c=d", "/to|x=b&c=d"},
		{`rewrite ^/a/(.*)$ /to?x=$1? last;`, "/a/b?c=d", "/to|x=b"},
		{`rewrite ^/a /to? last;`, "/a?c=d", "/to|"},
		{`rewrite ^/a/(.*)$ /to?x=$1 last;`, "/a/b%26c%20d", "/to|x=b%26c%20d"},
		{`rewrite ^/a/(.*)$ /to/$1 last;`, "/a/b%20c", "/to/b c|"},
		{`rewrite (?<n>b) /to/$n/$uri last;`, "/abc", "/to/b//abc|"},
		{`rewrite a b; rewrite ^b$ /to/c;`, "/a", "/to/c|"},
		{`set $x 1; if ($x) { rewrite ^ /to/if; } rewrite if$ /to/after;`, "/a", "/to/after|"},
		{`set $x 0; if ($x) { rewrite ^ /to/if; } return 200 none;`, "/a", "none"},
		{`if ($args ~ "k=(.)") { rewrite ^ /to/$1? last; }`, "/a?k=v", "/to/|"},
		{`if ($args ~ "k=(?<z>.)") { rewrite ^ /to/$z? last; }`, "/a?k=v", "/to/v|"},
		{`if ($args !~* "K=") { return 200 no; } return 200 yes;`, "/a?k=v", "yes"},
		{`if ($args = "") { return 200 empty; } return 200 "$args";`, "/a", "empty"},
		{`if ($uri != /a) { return 200 other; } return 200 same;`, "/a", "same"},
		{`if ( $arg_q ) { return 200 yes; } return 200 no;`, "/a?q=0", "no"},
		{`set $args y=1; rewrite ^ /to last;`, "/a?x=2", "/to|y=1"},
		{`rewrite ^ /changed; break; return 200 never;`, "/a", "changed|"},
		{`set $a "${uri}x$arg_b"; return 200 $a;`, "/a?b=c", "/axc"},
	} {
		g := engine.Serve(t, "server { listen SOCK; location / { "+c.conf+" }"+answers+" }")
		if strings.Contains(c.conf, "break;") {
			// The location stays, so that nothing answers.
			if got := httpdtest.Status(g.Get(c.uri)); got != "404" {
				t.Errorf("%s: %s", c.conf, got)
			}
			continue
		}
		if got := httpdtest.Body(g.Get(c.uri)); got != c.want {
			t.Errorf("%s: %s: %q, want %q\n%s", c.conf, c.uri, got, c.want, g.Log())
		}
	}
}

func TestReturn(t *testing.T) {
	g := engine.Serve(t, `server { listen SOCK; location /204 { return 204; } location /404 { return 404; } location /404t { return 404 gone; }
		location /301 { return 301 /x; } location /url { return https://o.test/$arg_a; } location /444 { return 444; } location /299 { return 299 x; } location /308 { return 308 /y?$args; } }`)
	for _, c := range []struct{ uri, status, location, body string }{
		{"/204", "204", "", ""},
		{"/404", "404", "", "<html>"},
		{"/404t", "404", "", "gone"},
		{"/301", "301", "http://h.test/x", "<html>"},
		{"/url?a=b", "302", "https://o.test/b", "<html>"},
		{"/299", "299", "", "x"},
		{"/308?q", "308", "http://h.test/y?q", "<html>"},
		{"/444", "", "", ""},
	} {
		got := g.Get(c.uri)
		if httpdtest.Status(got) != c.status || httpdtest.Header(got, "Location") != c.location || !strings.HasPrefix(httpdtest.Body(got), c.body) {
			t.Errorf("%s: %q", c.uri, got)
		}
	}
}

func TestLog(t *testing.T) {
	g := engine.Serve(t, `server { listen SOCK; error_log error.log notice; rewrite_log on; location /a { rewrite b c; rewrite ^/(a) /$1/x redirect; } location /u { if ($uri = x) { set $never 1; } return 200 "$never"; } location /z { rewrite ^ $arg_none; } }`)
	g.Get("/a")
	g.WantLog(`\[notice\] .* "b" does not match "/a", client: `)
	g.WantLog(`\[notice\] .* "\^/\(a\)" matches "/a", client: `)
	g.WantLog(`\[notice\] .* rewritten redirect: "/a/x", client: `)
	g.Get("/u")
	g.WantLog(`\[warn\] .* using uninitialized "never" variable, client: `)
	if got := httpdtest.Status(g.Get("/z")); got != "500" {
		t.Error(got)
	}
	g.WantLog(`\[error\] .* the rewritten URI has a zero length, client: `)
}

func TestErrors(t *testing.T) {
	for conf, want := range map[string]string{
		"if () { }":           `invalid condition ")" in `,
		"if ($a = b c) { }":   `invalid condition "$a" in `,
		"if (-q x) { }":       `invalid condition "-q" in `,
		"if ($uri === x) { }": `unexpected "===" in condition in `,
		"rewrite a '';":       `empty replacement in `,
		"rewrite a b c;":      `invalid parameter "c" in `,
		"return 200x;":        `invalid return code "200x" in `,
		"set x y;":            `invalid variable name "x" in `,
		"set $uri y;":         `the duplicate "uri" variable in `,
		"location / { if ($uri) { if ($uri) { } } }": `"if" directive is not allowed here in `,
	} {
		g, _, err := engine.Build(t, "server { listen SOCK; "+conf+" }")
		if err == nil || !strings.Contains(g.Log(), "[emerg]") || !strings.Contains(g.Log(), ": "+want) {
			t.Errorf("%s: %v, %s; want %s", conf, err, g.Log(), want)
		}
	}
}
