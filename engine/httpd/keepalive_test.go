package httpd

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const keepConf = `keepalive_timeout 5s; client_header_timeout 5s;
	server { listen SOCK; server_name h; large_client_header_buffers 2 1k;
		location / { say "$request_uri $connection_requests$pipe"; }
		location /three { keepalive_requests 3; say "$connection_requests"; }
		location /off { keepalive_timeout 0; say "off"; }
		location /brief { keepalive_timeout 50ms; say "brief"; }
		location /old { keepalive_time 0; say "old"; }
		location /length { say "$request_length $bytes_sent"; }
		location /slow { handle slow; }
	}
	server { listen SOCK; server_name quick; client_header_timeout 50ms; location / { say "quick"; } }`

func reply(body string) string {
	return head200 + "Content-Length: " + itoa(len(body)) + "\r\nConnection: keep-alive\r\n\r\n" + body
}

func closing(body string) string { return strings.Replace(reply(body), "keep-alive", "close", 1) }

func get(uri string) string { return "GET " + uri + " HTTP/1.1\r\nHost: h\r\n\r\n" }

func TestKeepAlive(t *testing.T) {
	g := run(t, keepConf, nil)
	c := g.dial()
	for i, uri := range []string{"/a", "/b", "/c"} {
		io.WriteString(c, get(uri))
		g.expect(c, reply(uri+" "+itoa(i+1)+"."))
	}
	// Several at once: all but the first came without waiting.
	io.WriteString(c, get("/d")+get("/e")+get("/f")[:9])
	g.expect(c, reply("/d 4.")+reply("/e 5p"))
	io.WriteString(c, get("/f")[9:])
	g.expect(c, reply("/f 6p"))
	io.WriteString(c, get("/three")+get("/never"))
	if got := g.rest(c); got != closing("7") {
		t.Error(got)
	}
	for send, want := range map[string]string{
		get("/three") + get("/three") + get("/three") + get("/three"): reply("1") + reply("2") + closing("3"),
		get("/off") + get("/"): closing("off"),
		get("/brief"):          reply("brief"),
		"GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n" + get("/"): closing("/ 1."),
		"GET /length HTTP/1.0\r\nX:  y \r\n\r\n":                            closing("32 0"),
		"\r\n\r\nGET /length HTTP/1.0\r\n\r\n":                              closing("24 0"),
	} {
		same(t, g.ask(send), want)
	}
	time.Sleep(2 * time.Millisecond)
	if got := g.ask(get("/old") + get("/old")); got != closing("old") && got != reply("old")+closing("old") {
		t.Error(got)
	}
}

// Byte for byte, and cut at each place into two: the answer is the same.
func TestHeadInPieces(t *testing.T) {
	g := run(t, keepConf, nil)
	send := "GET /" + strings.Repeat("long", 100) + " HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("y", 900) + "\r\nConnection: close\r\nY: z\r\n\r\n"
	want := closing("/" + strings.Repeat("long", 100) + " 1.")
	c := g.dial().(*net.UnixConn)
	for i := range send {
		c.Write([]byte{send[i]})
	}
	same(t, g.rest(c), want)
	for i := 1; i < len(send); i += 97 {
		same(t, g.ask(send[:i], send[i:]), want)
	}
}

func TestTimeouts(t *testing.T) {
	g := run(t, strings.Replace(keepConf, "client_header_timeout 5s", "client_header_timeout 60ms", 1), nil)
	for send, log := range map[string]string{
		"":                                   `\[info\] \d+#\d+: \*\d+ client timed out \(110: Connection timed out\) while waiting for request, client: unix:, server: unix:`,
		"GET / HT":                           `client timed out \(110: Connection timed out\) while reading client request line, client: unix:, server: h, request: "GET / HT"`,
		"GET / HTTP/1.1\r\nHost: h\r\nX":     `client timed out \(110: Connection timed out\) while reading client request headers, client: unix:, server: h, request: "GET / HTTP/1.1", host: "h"`,
		"GET / HTTP/1.1\r\nHost: quick\r\nX": `while reading client request headers, client: unix:, server: quick, request: "GET / HTTP/1.1", host: "quick"`,
	} {
		c := g.dial()
		io.WriteString(c, send)
		if got := g.rest(c); got != "" {
			t.Errorf("%q: answered %q", send, got)
		}
		g.logged(log)
	}
}

func TestClientsThatGo(t *testing.T) {
	g := run(t, keepConf, nil)
	for send, log := range map[string]string{
		"":            "client closed connection while waiting for request, client: unix:, server: unix:",
		"GET / ":      `client prematurely closed connection while reading client request line, client: unix:, server: h, request: "GET / "`,
		get("/")[:20]: `client prematurely closed connection while reading client request headers`,
	} {
		c := g.dial()
		io.WriteString(c, send)
		time.Sleep(2 * time.Millisecond)
		c.Close()
		g.logged(log)
	}
	c := g.dial()
	io.WriteString(c, get("/"))
	g.expect(c, reply("/ 1."))
	c.Close()
	g.logged("client unix: closed keepalive connection")
	c = g.dial()
	if g.worker.stats.Active.Load() != 1 {
		time.Sleep(20 * time.Millisecond)
	}
	io.WriteString(c, get("/"))
	g.expect(c, reply("/ 1."))
	if a, busy := g.worker.stats.Active.Load(), g.worker.Proc.Busy(); a != 1 || busy > 1 {
		t.Error("active", a, "busy", busy)
	}
}
