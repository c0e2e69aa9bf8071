package httpd

import (
	"strings"
	"testing"
)

// lookup finds the location of a URI without a connection.
func (g *rig) lookup(uri string) *Location {
	s := g.http.servers[0]
	r := &Request{Conn: &Conn{}, Server: s, URI: uri}
	r.Main = r
	g.http.grow(r)
	r.setLocation(s.ground)
	redirect, _ := r.findLocation(s.ground)
	if redirect != nil {
		return redirect
	}
	return r.Loc
}

func describe(l *Location) string {
	switch l.Kind {
	case LocGround:
		return "*"
	case LocExact:
		return "=" + l.Name
	case LocRegex:
		return "~" + l.Name
	}
	return l.Name
}

func TestLocations(t *testing.T) {
	g, err := build(t, `server { listen SOCK;
		location = / { }
		location /a { }
		location = /a/b { }
		location /a/bc { }
		location ^~ /static/ { location ~ \.php$ { } location /static/in/ { } }
		location /nest { location /nest/deep { location ~ end$ { } } location ~ \.x$ { } }
		location ~ \.php$ { }
		location ~* \.JPG$ { }
		location ~ /outer { location ~ inner$ { } location /outer/p { } }
		location /a! { }
		location @named { }
	}`, nil)
	if err != nil {
		t.Fatal(g.log())
	}
	for uri, want := range map[string]string{
		"/": "=/", "/x": "*", "/a": "/a", "/aa": "/a", "/a/b": "=/a/b", "/a/bb": "/a", "/a/bc": "/a/bc", "/a/bcd": "/a/bc",
		"/a!": "/a!", "/a!b": "/a!", "/a/x.php": `~\.php$`, "/a/b.php": `~\.php$`,
		"/static/a": "/static/", "/static/a.php": `~\.php$`, "/static": "*", "/static/in/": "/static/in/", "/static/a.jpg": "/static/",
		"/x.jpg": `~\.JPG$`, "/x.JpG": `~\.JPG$`,
		"/nest": "/nest", "/nest/a.x": `~\.x$`, "/nest/a.php": `~\.php$`, "/nest/deep/a": "/nest/deep", "/nest/deep/end": "~end$",
		"/nest/deep/a.x": `~\.x$`,
		"/outer":         "~/outer", "/outer/inner": "~inner$", "/outer/p1": "/outer/p", "@named": "*",
	} {
		if got := describe(g.lookup(uri)); got != want {
			t.Errorf("%s: %s, not %s", uri, got, want)
		}
	}
	// The nested pattern is another one than the server's.
	if l := g.lookup("/static/a.php"); l.parent.Name != "/static/" {
		t.Error("found below", l.parent.Name)
	}
}

func TestAutoRedirect(t *testing.T) {
	g, err := build(t, `server { listen SOCK;
		location /dir/ { } location /dir2/ { } location = /exact/ { } location /d { } location /dir! { }
		location /both { } location /both/ { }
		location /up/ { location /up/in/ { } }
	}`, nil)
	if err != nil {
		t.Fatal(g.log())
	}
	g.http.Locations(func(l *Location) { l.AutoRedirect = strings.HasSuffix(l.Name, "/") })
	for uri, want := range map[string]string{
		"/dir": "/dir/", "/dir2": "/dir2/", "/exact": "=/exact/", "/di": "/d", "/dir3": "/d", "/both": "/both",
		"/up": "/up/", "/up/in": "/up/in/", "/dir!": "/dir!",
	} {
		if got := describe(g.lookup(uri)); got != want {
			t.Errorf("%s: %s, not %s", uri, got, want)
		}
	}
}

func TestLocationFaults(t *testing.T) {
	for conf, want := range map[string]string{
		"location / { } location / { }":                             `duplicate location "/"`,
		"location = / { } location =/ { }":                          `duplicate location "/"`,
		"location ~ a { location b { } }":                           `location "b" is outside location "a"`,
		"location = /a { location /a/b { } }":                       `location "/a/b" cannot be inside the exact location "/a"`,
		"location @a { location /a/b { } }":                         `location "/a/b" cannot be inside the named location "@a"`,
		"location /a { location @b { } }":                           `named location "@b" can be on the server level only`,
		"location /a { location /b { } }":                           `location "/b" is outside location "/a"`,
		"location foo /a { }":                                       `invalid location modifier "foo"`,
		"location / { internal on; }":                               `invalid number of arguments in "internal" directive`,
		"location / { limit_except FOO { } }":                       `invalid method "FOO"`,
		"location / { root /a; alias /b; }":                         `"alias" directive is duplicate, "root" directive was specified earlier`,
		"location / { error_page 200 /x; }":                         `value "200" must be between 300 and 599`,
		"location / { say a$; }":                                    `invalid variable name`,
		"location / { say ${a; }":                                   `the closing bracket in "a" variable is missing`,
		"location / { say $nobody; }":                               `unknown "nobody" variable`,
		"location ~ ( { }":                                          `pcre2_compile() failed: missing closing parenthesis in "(" in`,
		"location / { alias $document_root; }":                      `the $document_root variable cannot be used in the "alias" directive`,
		"server_name *x; location / { }":                            `server name "*x" is invalid`,
		"server_name a.*.b; location / { } } server { listen SOCK;": `invalid server name or wildcard "a.*.b" on`,
		"location / { client_max_body_size x; }":                    `"client_max_body_size" directive invalid value`,
	} {
		g, err := build(t, "server { listen SOCK; "+conf+" }", nil)
		if err == nil {
			t.Errorf("%s: taken", conf)
		} else if log := g.log(); !strings.Contains(log, "[emerg]") || !strings.Contains(log, want) {
			t.Errorf("%s:\n%s\nwant %s", conf, log, want)
		}
	}
}
