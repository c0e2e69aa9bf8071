package proxy_test

import (
	"net"
	"strings"
	"testing"
)

func field(response, name string) string {
	for _, line := range strings.Split(response, "\r\n") {
		if strings.HasPrefix(line, name+": ") {
			return line[len(name)+2:]
		}
	}
	return ""
}

func TestRedirect(t *testing.T) {
	for _, x := range []struct{ directives, location, want string }{
		{"location /a/ { proxy_pass http://UP/b/; }", "http://UP/b/c", "http://h.test/a/c"},
		{"location /a/ { proxy_pass http://UP; }", "http://UP/c", "http://h.test/c"},
		{"location /a/ { proxy_pass http://UP/b/; }", "http://other/b/c", "http://other/b/c"},
		{"location /a/ { proxy_pass http://UP/b/; }", "/b/c", "/b/c"},
		{"location /a/ { proxy_pass http://UP/b/; absolute_redirect off; }", "http://UP/b/c", "/a/c"},
		{"location /a/ { proxy_pass http://UP/b/; proxy_redirect off; }", "http://UP/b/c", "http://UP/b/c"},
		{"location /a/ { proxy_pass http://UP/b/; proxy_redirect default; }", "http://UP/b/c", "http://h.test/a/c"},
		{"location /a/ { proxy_pass http://UP/b/; proxy_redirect http://UP/ https://x/; }", "http://UP/b/c", "https://x/b/c"},
		{"location /a/ { proxy_pass http://UP/b/; proxy_redirect ~^http://[^/]+/(\\w)/(.*)$ https://$1.test/$2; }", "http://UP/b/c", "https://b.test/c"},
		{"location /a/ { proxy_pass http://UP/b/; proxy_redirect ~*^HTTP://[^/]+(.*)$ $scheme://y$1; }", "http://UP/b/c", "http://y/b/c"},
		{"location /a/ { proxy_pass http://UP/b/; proxy_redirect /b/ /z/; proxy_redirect http:// ftp://; }", "http://UP/b/c", "ftp://UP/b/c"},
	} {
		var o *origin
		o = newOrigin(t, func(w net.Conn, _ string) bool {
			loc := strings.ReplaceAll(x.location, "UP", o.addr)
			return say("HTTP/1.1 302 Found\nLocation: "+loc+"\nRefresh: 5; url="+loc+"\nContent-Length: 0\n\n")(w, "")
		})
		g := serve(t, "server { listen SOCK; "+strings.ReplaceAll(x.directives, "UP", o.addr)+" }")
		got := g.get("/a/x")
		if v := field(got, "Location"); v != strings.ReplaceAll(x.want, "UP", o.addr) {
			t.Errorf("%s, %s: %q, want %q", x.directives, x.location, v, x.want)
		}
		// Refresh is rewritten by the same rules, but not made absolute.
		if v := field(got, "Refresh"); !strings.HasPrefix(v, "5; url=") || (x.want == x.location) != (v == "5; url="+strings.ReplaceAll(x.location, "UP", o.addr)) {
			t.Errorf("%s, %s: Refresh: %q", x.directives, x.location, v)
		}
	}
}

func TestCookies(t *testing.T) {
	for _, x := range []struct{ directives, cookie, want string }{
		{"", "a=b; Domain=up.test; Path=/p", "a=b; Domain=up.test; Path=/p"},
		{"proxy_cookie_domain up.test front.test;", "a=b; Domain=up.test; Path=/p", "a=b; Domain=front.test; Path=/p"},
		{"proxy_cookie_domain .up.test front.test;", "a=b; domain=.UP.test", "a=b; domain=.front.test"},
		{"proxy_cookie_domain ~^(\\w+)\\.test$ $1.example;", "a=b; Domain=UP.test", "a=b; Domain=UP.example"},
		{"proxy_cookie_path /p/ /q/;", "a=b;  Path = /p/x ;Secure", "a=b; Path=/q/x; Secure"},
		{"proxy_cookie_path ~*^/P/(.*) /r/$1;", "a=b; Path=/p/x", "a=b; Path=/r/x"},
		{"proxy_cookie_path off;", "a=b; Path=/p/x", "a=b; Path=/p/x"},
		{"proxy_cookie_flags a secure httponly samesite=strict;", "a=b", "a=b; Secure; HttpOnly; SameSite=Strict"},
		{"proxy_cookie_flags a nosecure nohttponly nosamesite;", "a=b; Secure; HttpOnly; SameSite=Lax; Path=/", "a=b; Path=/"},
		{"proxy_cookie_flags ~^x secure; proxy_cookie_flags ~ httponly;", "a=b", "a=b; HttpOnly"},
		{"proxy_cookie_flags a samesite=none secure;", "a=b; SameSite=Lax; secure", "a=b; SameSite=None; secure"},
		{"proxy_cookie_flags a $arg_f;", "a=b", "a=b; Secure"},
		{"proxy_cookie_flags other secure;", "a=b", "a=b"},
		{"proxy_cookie_domain up.test x;", "novalue; Domain=up.test", "novalue; Domain=up.test"},
	} {
		o := newOrigin(t, say("HTTP/1.1 200 OK\nSet-Cookie: "+x.cookie+"\nContent-Length: 0\n\n"))
		g := serve(t, "server { listen SOCK; location / { proxy_pass http://"+o.addr+"; "+x.directives+" } }")
		if v := field(g.get("/?f=secure"), "Set-Cookie"); v != x.want {
			t.Errorf("%s, %s: %q, want %q", x.directives, x.cookie, v, x.want)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for conf, want := range map[string]string{
		"location / { proxy_pass ftp://x; }":                                       "invalid URL prefix in ",
		"location / { proxy_pass http://127.0.0.1; proxy_pass http://127.0.0.2; }": `"proxy_pass" directive is duplicate in `,
		"location ~ x { proxy_pass http://127.0.0.1/; }":                           `"proxy_pass" cannot have URI part in location given by regular expression`,
		"location / { proxy_pass http://no-such-name.invalid; }":                   `host not found in upstream "no-such-name.invalid" in `,
		"location / { proxy_pass http://127.0.0.1:0; }":                            `invalid port in upstream "127.0.0.1:0"`,
		"location / { proxy_pass http://$no_such_variable; }":                      `unknown "no_such_variable" variable`,
		"proxy_buffers 1 4k; location / { }":                                       `there must be at least 2 "proxy_buffers"`,
		"proxy_busy_buffers_size 1k; location / { }":                               `"proxy_busy_buffers_size" must be equal to or greater than the maximum`,
		"location / { proxy_redirect default; proxy_pass http://127.0.0.1; }":      `"proxy_redirect default" should be placed after the "proxy_pass" directive`,
		"location / { proxy_pass http://$host; proxy_redirect default; }":          `"proxy_redirect default" cannot be used with "proxy_pass" directive with variables`,
		"location / { proxy_redirect off; proxy_redirect a b; }":                   `"proxy_redirect" directive is duplicate`,
		"location / { proxy_cookie_path x; }":                                      `invalid parameter "x"`,
		"location / { proxy_next_upstream foo; }":                                  `invalid value "foo"`,
		"location / { proxy_bind x; }":                                             `invalid address "x"`,
		"location / { proxy_http_version 3; }":                                     `invalid value "3"`,
		"location / { proxy_http_version 2; }":                                     `the version "2" of "proxy_http_version" is not implemented yet`,
		"location / { proxy_cache x; }":                                            `"proxy_cache" zone "x" is unknown`,
		"location / { proxy_cache x; proxy_cache off; }":                           `"proxy_cache" directive is duplicate`,
		"location / { proxy_cache x; proxy_store on; }":                            `"proxy_store" directive is incompatible with "proxy_cache"`,
		"location / { proxy_store on; proxy_cache x; }":                            `"proxy_cache" directive is incompatible with "proxy_store"`,
		"location / { proxy_store on; proxy_store on; }":                           `"proxy_store" directive is duplicate`,
		"location / { proxy_cache_key a; proxy_cache_key b; }":                     `"proxy_cache_key" directive is duplicate`,
		"location / { proxy_cache_valid any soon; }":                               `invalid time value "soon"`,
		"location / { proxy_cache_valid 600 1s; }":                                 `invalid status "600"`,
		"location / { proxy_cache_methods PUT; }":                                  `invalid value "PUT"`,
		"location / { proxy_cache_use_stale http_501; }":                           `invalid value "http_501"`,
		"location / { proxy_cache_bypass $none_such; }":                            `unknown "none_such" variable`,
		"location / { proxy_pass https://127.0.0.1; proxy_ssl_verify on; }":        "no proxy_ssl_trusted_certificate for proxy_ssl_verify",
	} {
		g, _, err := build(t, "server { listen SOCK; "+conf+" }")
		if err == nil || !strings.Contains(err.Error()+g.log(), want) {
			t.Errorf("%s: %v, want %s", conf, err, want)
		}
	}
}
