package httpd

import (
	"regexp"
	"strconv"
	"testing"

	"moongate/core/errlog"
)

// Subrequests that run beside each other speak in their own names.
func TestSubrequestLog(t *testing.T) {
	const lines = 200
	g := run(t, `server { listen SOCK; location / { handle main; } location /part/ { handle part; } }`, map[string]Handler{
		"main": func(r *Request) Result {
			for i := range 4 {
				q, err := r.Subrequest(Sub{URI: "/part/" + strconv.Itoa(i), OwnVars: true, Capture: func(*Request, []Buf) error { return nil }})
				if err != nil {
					return Error
				}
				r.RunBeside(q)
			}
			r.awaitBeside()
			r.Logf(errlog.Warn, "all were heard")
			return r.SendText(200, "", "done")
		},
		"part": func(r *Request) Result {
			for range lines {
				r.Logf(errlog.Warn, "this is %s", r.URI)
			}
			return r.SendText(200, "", "")
		},
	})
	g.ask("GET /main HTTP/1.0\r\n\r\n")
	g.logged(`all were heard, client: unix:, server: , request: "GET /main HTTP/1\.0"\n`)
	said := regexp.MustCompile(`this is (\S+), .*, request: "GET /main HTTP/1\.0", subrequest: "(\S+)"\n`).FindAllStringSubmatch(g.log(), -1)
	if len(said) != 4*lines {
		t.Errorf("%d lines", len(said))
	}
	for _, m := range said {
		if m[1] != m[2] {
			t.Fatalf("the line of %s names %s", m[1], m[2])
		}
	}
}
