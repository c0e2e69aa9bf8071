package entity

import "testing"

func TestTextChecks(t *testing.T) {
	bad := func(p string) error {
		if p == "/(" {
			return errBad
		}
		return nil
	}
	o := &Outside{Path: bad, Regex: bad}
	for _, c := range []struct {
		name     string
		check    func(string) string
		in, want string
	}{
		{"host", checkHost, "a.b", ""}, {"host", checkHost, "1.2.3.4", ""}, {"host", checkHost, "::1", ""}, {"host", checkHost, "[::1]", ""},
		{"host", checkHost, "a_b-c", ""}, {"host", checkHost, "a:80", "must not have a port"}, {"host", checkHost, "[::1]:80", "must not have a port"},
		{"host", checkHost, "a b", "invalid value: a b"}, {"host", checkHost, "-a", "invalid value: -a"}, {"host", checkHost, "[::1", "invalid value: [::1"},
		{"host", checkHost, "[1.2.3.4]", "invalid value: [1.2.3.4]"}, {"host", checkHost, "a:99999", "invalid value: a:99999"}, {"host", checkHost, "a..b", "invalid value: a..b"},
		{"host", checkHost, "[::1]x", "invalid value: [::1]x"}, {"host", checkHost, "fe80::1%eth0", "invalid value: fe80::1%eth0"},
		{"sni", checkSNI, "a.b", ""}, {"sni", checkSNI, "1.2.3.4", "must not be an IP"}, {"sni", checkSNI, "a:1", "must not have a port"},
		{"wild", checkWildcardSNI, "*.a", ""}, {"wild", checkWildcardSNI, "a.*", ""}, {"wild", checkWildcardSNI, "a.*.b", "wildcard must be leftmost or rightmost character"},
		{"wild", checkWildcardSNI, "*.*", "only one wildcard must be specified"},
		{"route host", checkRouteHost, "*.a.b", ""}, {"route host", checkRouteHost, "a.*", ""}, {"route host", checkRouteHost, "*.a:80", ""}, {"route host", checkRouteHost, "a:8080", ""},
		{"route host", checkRouteHost, "a*.b", "invalid wildcard: must be placed at leftmost or rightmost label"},
		{"route host", checkRouteHost, "*.*", "invalid wildcard: must have at most one wildcard"},
		{"route host", checkRouteHost, "a/b", "invalid value: a/b"},
		{"upstream", checkUpstreamName, "up", ""}, {"upstream", checkUpstreamName, "1.1.1.1", "Invalid name; no ip addresses allowed"},
		{"upstream", checkUpstreamName, "a:1", "Invalid name; no port allowed"}, {"upstream", checkUpstreamName, "a/b", "Invalid name; must be a valid hostname"},
		{"target", checkTarget, "h", ""}, {"target", checkTarget, "1.2.3.4:5", ""}, {"target", checkTarget, "a:0", "Invalid target ('a:0'); not a valid hostname or ip address"},
		{"cidr", checkCIDR, "10.0.0.0/8", ""}, {"cidr", checkCIDR, "::/0", ""}, {"cidr", checkCIDR, "10.0.0.0/33", "invalid ip or cidr range: '10.0.0.0/33'"},
		{"name", checkName, "a.b-c_d~e", ""}, {"name", checkName, "日本", ""}, {"name", checkName, "a b", "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~"},
		{"tag", checkTag, "a b=c", ""}, {"tag", checkTag, "a,b", "invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"},
		{"tag", checkTag, "a\x00b", "invalid tag 'a\x00b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"},
		{"path", checkPath, "/a%20b", ""}, {"path", checkPath, "a", "should start with: /"}, {"path", checkPath, "/a//b", "must not have empty segments"},
		{"path", checkPath, "/a?b", "invalid path: '/a?b' (characters outside of the reserved list of RFC 3986 found)"}, {"path", checkPath, "/a%2", "invalid url-encoded value: '%2'"},
		{"route path", o.checkRoutePath, "/a", ""}, {"route path", o.checkRoutePath, "/a/", ""}, {"route path", o.checkRoutePath, "~/a(b|c)$", ""},
		{"route path", o.checkRoutePath, "~a", "should start with: / (fixed path) or ~/ (regex path)"},
		{"route path", o.checkRoutePath, "~/(", "invalid regex: '/(' (PCRE returned: bad)"},
		{"route path", o.checkRoutePath, "/a/../b/.", "non-normalized path, consider use '/b/' instead"},
		{"route path", o.checkRoutePath, "/%61%2f", "non-normalized path, consider use '/a%2F' instead"},
		{"route path", o.checkRoutePath, "/é", ""},
		{"value", o.checkValue, "/(", ""}, {"value", o.checkValue, "~*/(", "invalid regex: '/(' (PCRE returned: bad)"},
		{"redis", checkRedis, "a:1", ""}, {"redis", checkRedis, "unix:/a", ""}, {"redis", checkRedis, "[::1]:6379", ""},
		{"redis", checkRedis, "a", "expected host:port or unix:/path"}, {"redis", checkRedis, "unix:a", "the path of a unix socket begins with /"},
		{"header", checkHeaderName, "X-A_1", ""}, {"header", checkHeaderName, "a b", "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'"},
		{"version", checkVersion, ">=2.1", ""}, {"version", checkVersion, "2.1-beta.1", ""}, {"version", checkVersion, "x", "invalid version: 'x'"},
	} {
		if got := c.check(c.in); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

type failure string

func (f failure) Error() string { return string(f) }

const errBad = failure("bad")

func TestURLs(t *testing.T) {
	for in, want := range map[string]string{
		"http://a": "http a 80 <nil>", "https://a/x%20y?q": "https a 443 /x%20y", "grpcs://a": "grpcs a 443 <nil>", "http://[::1]:81/": "http ::1 81 /",
	} {
		got, text := expandURL(in)
		if s := words(got); text != "" || s != want {
			t.Errorf("%s: %s %s", in, s, text)
		}
	}
	for in, want := range map[string]string{"a.b": "missing scheme in url", "http:///x": "missing host in url", "http://a:b": "could not parse url", "%": "could not parse url"} {
		if _, text := expandURL(in); text != want {
			t.Errorf("%s: %q", in, text)
		}
	}
}
