package proxy_test

import (
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
)

// shape takes what varies out of a response: the date, and line ends.
func shape(raw string) string {
	raw = strings.ReplaceAll(raw, "\r\n", "\n")
	return regexp.MustCompile(`(?m)^(Server: nginx/.*|Date: .*GMT)\n`).ReplaceAllString(raw, "")
}

// nothing is what the client gets when an answer breaks off before any of it has left.
const nothing = "(nothing)"

func TestResponses(t *testing.T) {
	for _, x := range []struct {
		name   string
		says   answer
		want   string // header and body; "" when only the log counts
		logged string
	}{
		{"length", say("HTTP/1.1 200 OK\nX-A: b\nContent-Length: 3\n\nabc"), "HTTP/1.1 200 OK\nContent-Length: 3\nConnection: close\nX-A: b\n\nabc", ""},
		{"status text", say("HTTP/1.1 404 Not Here\nContent-Length: 0\n\n"), "HTTP/1.1 404 Not Here\nContent-Length: 0\nConnection: close\n\n", ""},
		{"chunked", say("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
			"HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nConnection: close\n\n5\nabcde\n0\n\n", ""},
		{"until the end", only("HTTP/1.0 200 OK\n\nabc"), "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nConnection: close\n\n3\nabc\n0\n\n", ""},
		{"hidden", say("HTTP/1.1 200 OK\nServer: s\nDate: d\nX-Pad: p\nX-Accel-Expires: 1\nKeep-Alive: k\nContent-Length: 0\n\n"),
			"HTTP/1.1 200 OK\nContent-Length: 0\nConnection: close\n\n", ""},
		{"charset", say("HTTP/1.1 200 OK\nContent-Type: text/x; a=b; charset=\"utf-8\"\nContent-Length: 0\n\n"),
			"HTTP/1.1 200 OK\nContent-Type: text/x; a=b; charset=utf-8\nContent-Length: 0\nConnection: close\n\n", ""},
		{"204", say("HTTP/1.1 204 No Content\n\n"), "HTTP/1.1 204 No Content\nConnection: close\n\n", ""},
		{"304", say("HTTP/1.1 304 Not Modified\nETag: \"e\"\n\n"), "HTTP/1.1 304 Not Modified\nConnection: close\nETag: \"e\"\n\n", ""},
		{"early hints", say("HTTP/1.1 103 Early Hints\nLink: l\n\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"), "", ""},
		{"status line twice", say("HTTP/1.1 200 OK\nHTTP/1.1 200 OK\nContent-Length: 1\n\nx"), "HTTP/1.1 200 OK\nContent-Length: 1\nConnection: close\n\nx", ""},
		{"HTTP/0.9", only("plain text"), "plain text", "upstream sent no valid HTTP/1.0 header while reading response header from upstream, client: unix:, server: , request: \"GET / HTTP/1.1\", upstream: \"http://127"},
		{"too much", only("HTTP/1.1 200 OK\nContent-Length: 3\n\nabcdef"), "HTTP/1.1 200 OK\nContent-Length: 3\nConnection: close\n\nabc",
			`upstream sent more data than specified in "Content-Length" header while reading upstream`},
		{"after the chunks", only("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\r\na\r\n0\r\n\r\nrest"), "", "upstream sent data after final chunk while reading upstream"},
		{"bad chunk", only("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\r\n"), nothing, "upstream sent invalid chunked response while reading upstream"},
		{"too little", only("HTTP/1.1 200 OK\nContent-Length: 10\n\nabc"), "HTTP/1.1 200 OK\nContent-Length: 10\nConnection: close\n\nabc",
			"upstream prematurely closed connection while reading upstream, client"},
		{"nothing", only(""), "", "upstream prematurely closed connection while reading response header from upstream, client"},
		{"half a header", only("HTTP/1.1 200 OK\nX: "), "", "upstream prematurely closed connection while reading response header"},
		{"a bad header", only("HTTP/1.1 200 OK\n: v\n\n"), "", `upstream sent invalid header: "\\x3a\.\.\." while reading response header from upstream`},
		{"two lengths", only("HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 1\n\nx"), "",
			`upstream sent duplicate header line: "Content-Length: 1", previous value: "Content-Length: 1" while reading`},
		{"length and chunks", only("HTTP/1.1 200 OK\nContent-Length: 1\nTransfer-Encoding: chunked\n\nx"), "",
			`upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time while`},
		{"a bad length", only("HTTP/1.1 200 OK\nContent-Length: x\n\n"), "", `upstream sent invalid "Content-Length" header: "Content-Length: x" while`},
		{"another coding", only("HTTP/1.1 200 OK\nTransfer-Encoding: gzip\n\n"), "", `upstream sent unknown "Transfer-Encoding": "gzip" while`},
		{"two types", say("HTTP/1.1 200 OK\nContent-Type: a\nContent-Type: b\nContent-Length: 0\n\n"), "HTTP/1.1 200 OK\nContent-Type: a\nContent-Length: 0\nConnection: close\n\n",
			`upstream sent duplicate header line: "Content-Type: b", previous value: "Content-Type: a", ignored while`},
		{"too big a header", only("HTTP/1.1 200 OK\nX: " + strings.Repeat("x", 5000) + "\n\n"), "", "upstream sent too big header while reading response header from upstream"},
	} {
		o := newOrigin(t, x.says)
		g := serve(t, "server { listen SOCK; location / { proxy_pass http://"+o.addr+"; } }")
		got := g.get("/")
		switch {
		case x.want == nothing && got != "":
			t.Errorf("%s: %q, want not a byte", x.name, got)
		case x.want != nothing && x.want != "" && shape(got) != x.want:
			t.Errorf("%s:\n%q, want\n%q", x.name, shape(got), x.want)
		case x.want == "" && x.logged != "" && !strings.HasPrefix(got, "HTTP/1.1 502 ") && !strings.HasPrefix(got, "HTTP/1.1 200 "):
			t.Errorf("%s: %q", x.name, got)
		}
		if x.logged != "" {
			g.wantLog(x.logged)
		}
	}
}

func TestHead(t *testing.T) {
	o := newOrigin(t, say("HTTP/1.1 200 OK\nContent-Length: 5\n\n"))
	g := serve(t, "upstream u { server "+o.addr+"; } server { listen SOCK; location / { proxy_pass http://u; } }")
	for range 3 {
		got := g.send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		if shape(got) != "HTTP/1.1 200 OK\nContent-Length: 5\nConnection: close\n\n" {
			t.Errorf("%q", got)
		}
	}
	if o.connections() != 1 {
		t.Errorf("%d connections: an answer without a body leaves them usable", o.connections())
	}
}

// TestLarge sends bodies of many sizes through each way that bodies may take.
func TestLarge(t *testing.T) {
	const pattern = "0123456789abcdef"
	sizes := []int{0, 1, 4000, 4096, 16000, 16384, 16385, 40000, 200000, 1 << 20}
	byLength := func(w net.Conn, request string) bool {
		var n int
		fmt.Sscanf(request, "GET /%d", &n)
		fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)
		io.WriteString(w, strings.Repeat(pattern, n/16+1)[:n])
		return true
	}
	inChunks := func(w net.Conn, request string) bool {
		var n int
		fmt.Sscanf(request, "GET /%d", &n)
		var b strings.Builder
		b.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		for rest := strings.Repeat(pattern, n/16+1)[:n]; rest != ""; {
			part := rest[:min(len(rest), 1+len(rest)%5000)]
			rest = rest[len(part):]
			fmt.Fprintf(&b, "%x\r\n%s\r\n", len(part), part)
		}
		b.WriteString("0\r\n\r\n")
		io.WriteString(w, b.String())
		return true
	}
	for name, o := range map[string]*origin{"length": newOrigin(t, byLength), "chunks": newOrigin(t, inChunks)} {
		for _, how := range []string{"", "proxy_buffering off;", "proxy_buffers 2 4k; proxy_busy_buffers_size 4k;", "proxy_buffers 2 4k; proxy_busy_buffers_size 4k; proxy_max_temp_file_size 0;"} {
			g := serve(t, "upstream u { server "+o.addr+"; } server { listen SOCK; "+how+" location / { proxy_pass http://u; } }")
			for _, n := range sizes {
				got := g.send(fmt.Sprintf("GET /%d HTTP/1.0\r\n\r\n", n))
				if want := strings.Repeat(pattern, n/16+1)[:n]; body(got) != want {
					t.Errorf("%s %q: %d of %d bytes\n%s", name, how, len(body(got)), n, g.log())
				}
			}
		}
	}
}

// TestSlowClient: what a client does not take goes to a temporary file, and the
// server's connection is free before the client has read it all.
func TestSlowClient(t *testing.T) {
	const n = 8 << 20
	sent := make(chan bool, 1)
	o := newOrigin(t, func(w net.Conn, _ string) bool {
		fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)
		_, err := io.WriteString(w, strings.Repeat("x", n))
		sent <- err == nil
		return true
	})
	g := serve(t, "server { listen SOCK; location / { proxy_pass http://"+o.addr+"; } }")
	c := g.dial()
	defer c.Close()
	io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
	if !<-sent {
		t.Error("the server could not send")
	}
	b, err := io.ReadAll(c)
	if err != nil || len(body(string(b))) != n {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	g.wantLog(`\[warn\] .*an upstream response is buffered to a temporary file .*/proxy_temp/\d+ while reading upstream, client: unix:`)
}
