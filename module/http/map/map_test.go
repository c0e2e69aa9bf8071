package httpmap_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	httpmap "moongate/module/http/map"
	"moongate/module/http/rewrite"
)

var engine = httpdtest.New(rewrite.Module, httpmap.Module)

func TestValues(t *testing.T) {
	for _, c := range []struct{ block, key, want string }{
		{`a 1; default 2;`, "a", "1"},
		{`a 1; default 2;`, "A", "1"},
		{`A 1; default 2;`, "a", "1"},
		{`a 1; default 2;`, "b", "2"},
		{`a 1;`, "b", ""},
		{`"" none; default some;`, "", "none"},
		{`~^(?<x>.)b$ x$x; ~*^(A)C $1; default no;`, "ab", "xa"},
		{`~^(?<x>.)b$ x$x; ~*^(A)C $1; default no;`, "ac", "a"},
		{`~^a first; ~b$ second;`, "ab", "first"},
		{`ab exact; ~^a pattern;`, "ab", "exact"},
		{`\default d; \hostnames h; \~x t;`, "default", "d"},
		{`\default d; \hostnames h; \~x t;`, "hostnames", "h"},
		{`\default d; \hostnames h; \~x t;`, "~x", "t"},
		{`hostnames; *.example.com a; www.example.* b; .org c;`, "x.example.com", "a"},
		{`hostnames; *.example.com a; www.example.* b; .org c;`, "www.example.net.", "b"},
		{`hostnames; *.example.com a; www.example.* b; .org c;`, "org", "c"},
		{`a $uri$args;`, "a", "/k=a"},
	} {
		g := engine.Serve(t, `keepalive_requests 100000; map $arg_k $v { `+c.block+` } server { listen SOCK; return 200 "$v"; }`)
		if got := httpdtest.Body(g.Get("/?k=" + c.key)); got != c.want {
			t.Errorf("%s: %q: %q, want %q", c.block, c.key, got, c.want)
		}
	}
}

func TestVolatile(t *testing.T) {
	conf := `map $x $v { KIND; 1 one; 2 two; } server { listen SOCK; set $x 1; set $a $v; set $x 2; return 200 "$a $v"; }`
	for kind, want := range map[string]string{"volatile": "one two", "0 zero": "one one"} {
		g := engine.Serve(t, strings.Replace(conf, "KIND", kind, 1))
		if got := httpdtest.Body(g.Get("/")); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for block, want := range map[string]string{
		`a;`:                    "invalid number of the map parameters in ",
		`a b c;`:                "invalid number of the map parameters in ",
		`default a; default b;`: "duplicate default map parameter in ",
		`a 1; A 2;`:             `conflicting parameter "a" in `,
		`hostnames; a*b 1;`:     `invalid hostname or wildcard "a*b" in `,
		`~( 1;`:                 `pcre2_compile() failed: missing closing parenthesis in "(" `,
		`a ${b;`:                `the closing bracket in "b" variable is missing in `,
	} {
		g, _, err := engine.Build(t, `map $uri $v { `+block+` } server { listen SOCK; }`)
		if err == nil || !strings.Contains(g.Log(), ": "+want) {
			t.Errorf("%s: %v %s", block, err, g.Log())
		}
	}
}
