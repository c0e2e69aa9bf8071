package static_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"moongate/engine/httpd/httpdtest"
	"moongate/module/http/notmodified"
	"moongate/module/http/rangefilter"
	"moongate/module/http/static"
)

var engine = httpdtest.New(notmodified.Module, rangefilter.Module, static.Module)

func serve(t testing.TB) *httpdtest.Rig {
	g := engine.Serve(t, `keepalive_requests 1000000; root DIR/html; server { listen SOCK; error_log error.log;
		location /cached/ { alias DIR/html/; open_file_cache max=10; open_file_cache_errors on; }
		location /sent/ { alias DIR/html/; sendfile on; } location /quiet/ { log_not_found off; } }`)
	for name, n := range map[string]int{"empty": 0, "small": 10, "4k": 4096, "12k": 12000, "big": 300000} {
		g.File("html/"+name, strings.Repeat("0123456789", n/10+1)[:n])
		os.Chtimes(g.Dir+"/html/"+name, time.Unix(1000000000, 0), time.Unix(1000000000, 0))
	}
	g.File("html/dir/x y", "")
	return g
}

func TestFiles(t *testing.T) {
	g := serve(t)
	for _, prefix := range []string{"/", "/cached/", "/sent/"} {
		for name, n := range map[string]int{"empty": 0, "small": 10, "4k": 4096, "12k": 12000, "big": 300000} {
			got := g.Get(prefix + name)
			if b := httpdtest.Body(got); httpdtest.Status(got) != "200" || b != strings.Repeat("0123456789", n/10+1)[:n] {
				t.Errorf("%s%s: %s, %d bytes", prefix, name, httpdtest.Status(got), len(b))
			}
			if m := httpdtest.Header(got, "Last-Modified"); m != "Sun, 09 Sep 2001 01:46:40 GMT" {
				t.Error(m)
			}
		}
	}
	if e := httpdtest.Header(g.Get("/small"), "ETag"); e != `"3b9aca00-a"` {
		t.Error(e)
	}
}

func TestAnswers(t *testing.T) {
	g := serve(t)
	for _, c := range []struct{ send, status, location string }{
		{"GET /dir HTTP/1.0\r\n\r\n", "301", "http://localhost/dir/"},
		{"GET /none HTTP/1.0\r\n\r\n", "404", ""},
		{"GET /small/x HTTP/1.0\r\n\r\n", "404", ""},
		{"GET /dir/ HTTP/1.0\r\n\r\n", "403", ""},
		{"POST /small HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "405", ""},
		{"PUT /small HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "405", ""},
		{"HEAD /small HTTP/1.0\r\n\r\n", "200", ""},
	} {
		got := g.Send(c.send)
		if httpdtest.Status(got) != c.status || c.location != "" && httpdtest.Header(got, "Location") == "" {
			t.Errorf("%q: %q", c.send, got)
		}
	}
	g.WantLog(`\[error\] .* open\(\) ".*/html/none" failed \(2: No such file or directory\), client: `)
	g.Get("/quiet/none")
	if strings.Contains(g.Log(), "quiet") {
		t.Error(g.Log())
	}
}

func TestRanges(t *testing.T) {
	g := serve(t)
	for _, prefix := range []string{"/", "/sent/"} {
		for _, c := range []struct{ ranges, status, header, body string }{
			{"bytes=0-3", "206", "bytes 0-3/300000", "0123"},
			{"bytes=-2", "206", "bytes 299998-299999/300000", "89"},
			{"bytes=299999-", "206", "bytes 299999-299999/300000", "9"},
			{"bytes=300000-", "416", "bytes */300000", "<html>"},
			{"chars=1-2", "200", "", "0123456789"},
		} {
			got := g.Get(prefix+"big", "Range: "+c.ranges)
			if httpdtest.Status(got) != c.status || httpdtest.Header(got, "Content-Range") != c.header || !strings.HasPrefix(httpdtest.Body(got), c.body) {
				t.Errorf("%s: %.300q", c.ranges, got)
			}
		}
		got := g.Get(prefix+"big", "Range: bytes=0-1,5-6")
		_, boundary, _ := strings.Cut(httpdtest.Header(got, "Content-Type"), "boundary=")
		want := "\r\n--" + boundary + "\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/300000\r\n\r\n01" +
			"\r\n--" + boundary + "\r\nContent-Type: text/plain\r\nContent-Range: bytes 5-6/300000\r\n\r\n56\r\n--" + boundary + "--\r\n"
		if httpdtest.Body(got) != want {
			t.Errorf("%q, want %q", httpdtest.Body(got), want)
		}
	}
}

func TestConditions(t *testing.T) {
	g := serve(t)
	for header, want := range map[string]string{
		"If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT":   "304",
		"If-Modified-Since: Sun, 09 Sep 2001 01:46:41 GMT":   "200",
		"If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT": "412",
		`If-None-Match: W/"3b9aca00-a"`:                      "304",
		`If-Match: "x"`:                                      "412",
	} {
		if got := httpdtest.Status(g.Get("/small", header)); got != want {
			t.Errorf("%s: %s", header, got)
		}
	}
}
