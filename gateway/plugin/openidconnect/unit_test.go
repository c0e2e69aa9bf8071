package openidconnect

import (
	"crypto/x509"
	"net/url"
	"testing"
	"time"

	"moongate/gateway/plugin"
)

// After a login people go to places of ours only.
func TestHome(t *testing.T) {
	for _, c := range []struct{ from, domain, want string }{
		{"http://gw.test/a?b", "", "http://gw.test/a?b"},
		{"http://gw.test//evil.test/", "", "http://gw.test//evil.test/"},
		{"http://evil.test/", "", "http://gw.test/"},
		{"https://gw.test/", "", "http://gw.test/"},
		{"http://gw.test:81/", "", "http://gw.test/"},
		{"http://gw.test@evil.test/", "", "http://gw.test/"},
		{"http://gw.test.evil.test/", "gw.test", "http://gw.test/"},
		{"http://a.gw.test/x", "gw.test", "http://a.gw.test/x"},
		{"https://a.gw.test:8443/x", ".gw.test", "https://a.gw.test:8443/x"},
		{"http://agw.test/x", "gw.test", "http://gw.test/"},
		{"javascript:alert(1)", "gw.test", "http://gw.test/"},
		{"//evil.test/", "gw.test", "http://gw.test/"},
		{"http://%zz/", "gw.test", "http://gw.test/"},
	} {
		if got := home("http://gw.test", c.from, c.domain); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.from, c.domain, got, c.want)
		}
	}
}

func TestMeets(t *testing.T) {
	for _, c := range []struct {
		claim    any
		required []string
		want     bool
	}{
		{nil, nil, true},
		{nil, []string{"a"}, false},
		{"a b", []string{"a"}, true},
		{"a b", []string{"b a"}, true},
		{"ab", []string{"a"}, false},
		{"a", []string{"a b", "c"}, false},
		{[]any{"a", 1, "b c"}, []string{"a"}, true},
		{[]any{"a", 1, "b c"}, []string{"b"}, false},
		{[]any{"a", "b"}, []string{"c", "a b"}, true},
		{"a", []string{" "}, false},
		{1.0, []string{"1"}, false},
	} {
		if got := meets(c.claim, c.required); got != c.want {
			t.Errorf("%v %q: %v", c.claim, c.required, got)
		}
	}
}

func TestFind(t *testing.T) {
	c := claims{{"a": "1", "deep": map[string]any{"x": "y"}}, {"a": "2", "b": "3", "deep": "flat"}}
	for _, x := range []struct {
		path []string
		want any
	}{{[]string{"a"}, "1"}, {[]string{"b"}, "3"}, {[]string{"deep", "x"}, "y"}, {[]string{"deep", "z"}, nil}, {nil, nil}, {[]string{"a", "b"}, nil}} {
		if got := c.find(x.path); got != x.want {
			t.Errorf("%q: %v", x.path, got)
		}
	}
	if all := c.all(); all["a"] != "1" || all["b"] != "3" {
		t.Errorf("%v", all)
	}
}

// Tokens are changed shortly before they end: at a tenth of their time, or half a minute.
func TestDue(t *testing.T) {
	for _, c := range []struct {
		lasts, at int64
		leeway    float64
		due, over bool
	}{
		{0, 1 << 30, 0, false, false}, {100, 80, 0, false, false}, {100, 90, 0, true, false}, {100, 100, 0, true, true}, {3600, 3560, 0, false, false},
		{3600, 3570, 0, true, false}, {100, 50, 40, true, false}, {100, 101, 40, true, true},
	} {
		tok := &tokens{Issued: 1000}
		if c.lasts > 0 {
			tok.Expires = 1000 + c.lasts
		}
		if due, over := tok.due(time.Unix(1000+c.at, 0), c.leeway); due != c.due || over != c.over {
			t.Errorf("%+v: %v %v", c, due, over)
		}
	}
}

// The vector of OpenID Connect Core 1.0, A.3, and that of RFC 7636, appendix B.
func TestVectors(t *testing.T) {
	if got := half("RS256", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"); got != "77QmUPtjPfzWtF2AnpK9RQ" {
		t.Errorf("at_hash: %s", got)
	}
	if got := challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); got != "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" {
		t.Errorf("code_challenge: %s", got)
	}
}

// RFC 6749, 2.3.1: both parts are encoded before they are joined.
func TestBasicAuth(t *testing.T) {
	i := &instance{ClientID: []string{"a b:c"}, ClientSecret: []string{"d%+"}}
	h, err := i.prove(new(metadata), map[string][]string{})
	if err != nil || len(h) != 1 || h[0].Value != "Basic YStiJTNBYzpkJTI1JTJC" {
		t.Errorf("%v %v", h, err)
	}
}

// A token that is bound to a certificate is good on connections with that certificate, for
// which clients are asked.
func TestCertified(t *testing.T) {
	chain := func(der string) []*x509.Certificate { return []*x509.Certificate{{Raw: []byte(der)}} }
	mine, other := chain("mine"), chain("other")
	bound := map[string]any{"cnf": map[string]any{"x5t#S256": digest64(mine[0].Raw)}}
	for _, c := range []struct {
		mode  string
		chain []*x509.Certificate
		token map[string]any
		want  bool
	}{
		{"off", nil, bound, true},
		{"optional", nil, nil, true}, {"optional", nil, bound, false}, {"optional", other, bound, false}, {"optional", mine, bound, true},
		{"strict", nil, nil, false}, {"strict", mine, nil, false}, {"strict", nil, bound, false}, {"strict", other, bound, false}, {"strict", mine, bound, true},
		{"strict", append(other, mine...), bound, false},
		{"strict", mine, map[string]any{"cnf": map[string]any{"x5t#S256": ""}}, false},
		{"strict", mine, map[string]any{"cnf": "x"}, false},
	} {
		if got := certified(c.mode, c.chain, c.token); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	for mode, want := range map[string]bool{"off": false, "optional": true, "strict": true} {
		i, err := newInstance(&plugin.Env{}, &plugin.Config{Raw: []byte(`{"issuer":"https://id.test","proof_of_possession_mtls":"` + mode + `"}`)})
		if err != nil {
			t.Fatal(err)
		}
		if _, asks := i.(plugin.Asks); asks != want {
			t.Errorf("%s: clients are asked: %v", mode, asks)
		}
	}
}

// The path of an address is the same however it is escaped.
func TestNormal(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"http://x", "http://x/", true}, {"http://x/%61%2d", "http://x/a-", true}, {"http://x/%2f", "http://x/%2F", true}, {"http://x/%2F", "http://x//", false},
		{"http://x/A", "http://x/a", false}, {"http://x/%C3%A4", "http://x/ä", true}, {"http://x/a%3Fb", "http://x/a", false},
	} {
		a, err := url.Parse(c.a)
		b, err2 := url.Parse(c.b)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if got := normal(a) == normal(b); got != c.same {
			t.Errorf("%s %s: %v", normal(a), normal(b), got)
		}
	}
}
