package httpd

import (
	"strings"
	"testing"

	"moongate/core/version"
)

const head200 = "HTTP/1.1 200 OK\r\nServer: nginx/" + version.Nginx + "\r\nDate: NOW\r\nContent-Type: text/plain\r\n"

// page is an error page of nginx with its head.
func page(status, title, connection string) string {
	body := "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n" +
		"<hr><center>nginx/" + version.Nginx + "</center>\r\n</body>\r\n</html>\r\n"
	return "HTTP/1.1 " + status + "\r\nServer: nginx/" + version.Nginx + "\r\nDate: NOW\r\nContent-Type: text/html\r\nContent-Length: " +
		itoa(len(body)) + "\r\nConnection: " + connection + "\r\n\r\n" + body
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// What goes over the wire is what nginx sends, byte for byte.
func TestAnswersExactly(t *testing.T) {
	g := run(t, `large_client_header_buffers 2 2k;
		server { listen SOCK; server_name one;
			location / { say "hello"; }
			location = /x { add_x "$uri-$args"; say "x"; }
			location = /none { say ""; }
			location /deep/ { }
			location = /go { error_page 404 =302 http://other/; }
			location = /tokens { server_tokens off; }
			location = /keep { keepalive_timeout 10s 7s; say "k"; }
		}`, nil)
	bad := page("400 Bad Request", "400 Bad Request", "close")
	closed := "Content-Length: 5\r\nConnection: close\r\n\r\nhello"
	for _, c := range []struct{ name, send, want string }{
		{"1.1", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", head200 + closed},
		{"1.0", "GET / HTTP/1.0\r\n\r\n", head200 + closed},
		{"0.9", "GET /\r\n", "hello"},
		{"0.9 POST", "POST /\r\n", "<html>\r\n"},
		{"empty lines", "\r\n\n\r\nGET / HTTP/1.0\r\n\r\n", head200 + closed},
		{"bare LF", "GET / HTTP/1.0\nX: y\n\n", head200 + closed},
		{"HEAD", "HEAD / HTTP/1.0\r\n\r\n", head200 + strings.TrimSuffix(closed, "hello")},
		{"header", "GET /x?a=b HTTP/1.0\r\n\r\n", head200 + "Content-Length: 1\r\nConnection: close\r\nX: /x-a=b\r\n\r\nx"},
		{"empty body", "GET /none HTTP/1.0\r\n\r\n", head200 + "Content-Length: 0\r\nConnection: close\r\n\r\n"},
		{"keep-alive header", "GET /keep HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n", head200 + "Content-Length: 1\r\nConnection: keep-alive\r\nKeep-Alive: timeout=7\r\n\r\nk" + head200 + closed},
		{"absolute target", "GET http://b/x?1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", head200 + "Content-Length: 1\r\nConnection: close\r\nX: /x-1\r\n\r\nx"},
		{"bad method", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", bad},
		{"no method", " / HTTP/1.1\r\n\r\n", bad},
		{"bad escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", bad},
		{"above the root", "GET /../a HTTP/1.1\r\nHost: a\r\n\r\n", bad},
		{"no host", "GET / HTTP/1.1\r\n\r\n", bad},
		{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", bad},
		{"bad host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", bad},
		{"bad host beside a good one", "GET http://a/ HTTP/1.1\r\nHost: a..b\r\n\r\n", bad},
		{"folded header", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", bad},
		{"NUL", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", bad},
		{"bad length", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n", bad},
		{"two lengths", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", bad},
		{"length and chunks", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", bad},
		{"chunks in 1.0", "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", bad},
		{"bad chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", bad},
		{"encoding", "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", page("501 Not Implemented", "501 Not Implemented", "close")},
		{"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", page("405 Not Allowed", "405 Not Allowed", "close")},
		{"CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", page("405 Not Allowed", "405 Not Allowed", "close")},
		{"version 2", "GET / HTTP/2.0\r\n\r\n", page("505 HTTP Version Not Supported", "505 HTTP Version Not Supported", "close")},
		{"long line", "GET /" + strings.Repeat("a", 3000) + " HTTP/1.1\r\n\r\n", page("414 Request-URI Too Large", "414 Request-URI Too Large", "close")},
		{"nothing found", "GET /deep/x HTTP/1.0\r\n\r\n", page("404 Not Found", "404 Not Found", "close")},
		{"no index", "GET /deep/ HTTP/1.0\r\n\r\n", page("403 Forbidden", "403 Forbidden", "close")},
		{"redirect", "GET /go HTTP/1.0\r\n\r\n", strings.Replace(page("302 Moved Temporarily", "302 Found", "close"), "close\r\n", "close\r\nLocation: http://other/\r\n", 1)},
		{"no version shown", "GET /tokens HTTP/1.0\r\n\r\n", strings.Replace(strings.ReplaceAll(page("404 Not Found", "404 Not Found", "close"), "nginx/"+version.Nginx, "nginx"), "153", "146", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := g.ask(c.send)
			if c.name == "0.9 POST" {
				got = got[:min(len(got), len(c.want))]
			}
			same(t, got, c.want)
		})
	}
	if log := g.log(); strings.Contains(log, "[alert]") || strings.Contains(log, "[crit]") {
		t.Error(log)
	}
}
