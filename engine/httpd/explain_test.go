package httpd

import (
	"strings"
	"testing"
)

// What is told of locations leads to the one that requests get, whatever the URI.
func TestExplainedLocations(t *testing.T) {
	g, err := build(t, `server { listen SOCK;
		location = / { }
		location /a { location /a/in { location ~ x$ { } } location = /a/exact { } }
		location = /a/b { }
		location ^~ /static/ { location ~ \.php$ { } location /static/in/ { } }
		location /nest { location ~ \.x$ { } }
		location ~ \.php$ { }
		location ~* \.JPG$ { }
		location ~ /outer { location ~ inner$ { } location /outer/p { } }
		location @named { }
	}`, nil)
	if err != nil {
		t.Fatal(g.log())
	}
	parts := []string{"", "/", "/a", "/a/", "/in", "/exact", "/b", "/static", "/static/", "in/", "/nest", "/outer", "p", "inner", "x", ".x", ".php", ".jpg", "/other"}
	for _, one := range parts {
		for _, two := range parts {
			for _, three := range parts {
				uri := one + two + three
				if !strings.HasPrefix(uri, "/") {
					continue
				}
				want := g.lookup(uri)
				r := &Request{Conn: &Conn{}, Server: g.http.servers[0], URI: uri}
				r.Main = r
				g.http.grow(r)
				x := &Explanation{R: r, notes: NewNotes()}
				got, _ := x.locations(r.Server.ground)
				if got == nil {
					got = r.Server.ground
				}
				if got != want {
					t.Fatalf("%s: %s is told, requests get %s", uri, describe(got), describe(want))
				}
			}
		}
	}
}
