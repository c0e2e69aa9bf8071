package httpd

import (
	"bytes"
	"io"
	"maps"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// FuzzConnection feeds a connection arbitrary bytes, in two parts: there is no
// panic, and what comes back is nothing or well-formed answers, as many as could
// be asked for.
func FuzzConnection(f *testing.F) {
	for _, s := range []string{
		get("/") + get("/body"), post("/body", "abc") + last, chunked("/body", "abc", "d") + last, chunked("/pass", "abc"),
		"GET /\r\n", "GET / HTTP/1.0\nX: y\n\n", "\r\n\r\nHEAD /pass HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		"GET http://a:1/../x?%00 HTTP/1.1\r\nHost: b\r\nHost: b\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", get("/") + "GET /HTTP/?HTTP/1.1\r\n",
		post("/body", "abc", "Expect: 100-continue\r\n"), "POST /body HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		"GET /" + strings.Repeat("a", 2000) + " HTTP/1.1\r\n", "GET /error?x HTTP/1.1\r\nHost: h\r\nA_b: c\r\n" + strings.Repeat("X: y\r\n", 50) + "\r\n",
	} {
		f.Add([]byte(s), uint16(len(s)/2))
	}
	handlers := maps.Clone(bodyHandlers)
	handlers["lengths"] = lengths
	g := run(f, `client_header_timeout 20ms; client_body_timeout 20ms; keepalive_timeout 20ms; lingering_timeout 20ms; lingering_time 20ms; error_log error.log crit;
		client_body_buffer_size 16; client_max_body_size 1k; large_client_header_buffers 2 1k; max_headers 40;
		server { listen SOCK; server_name h;
			location / { handle lengths; }
			location /body { handle echo; }
			location /drip { handle drip; }
			location /error { error_page 404 = /pass?y; }
		}`, handlers)
	f.Fuzz(func(t *testing.T, data []byte, cut uint16) {
		if len(data) > 1<<14 {
			return
		}
		c, err := net.Dial("unix", g.dir+"/s")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(5 * time.Second))
		go func() {
			n := min(int(cut), len(data))
			c.Write(data[:n])
			c.Write(data[n:])
			c.(*net.UnixConn).CloseWrite()
		}()
		out, err := io.ReadAll(c)
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			t.Fatal("the connection hangs")
		}
		if log := g.log(); strings.Contains(log, "panic") {
			t.Fatal(log)
		}
		if len(out) > 0 && bytes.HasPrefix(out, []byte("HTTP/")) {
			wellFormed(t, out, strings.Count(string(data), "\n"))
		}
	})
}

// lengths says how long the request's parts are. None of their bytes are in the
// answer, where they could pass for the beginning of another one.
func lengths(r *Request) Result {
	return r.SendText(200, "text/plain", r.Concat(itoa(len(r.URI)), " ", itoa(len(r.Args)), " ", itoa(len(r.Line))))
}

// wellFormed reads answers to the end. Whether one belongs to HEAD can't be told
// from it: then what follows the header is the next one, or nothing.
func wellFormed(t *testing.T, out []byte, most int) {
	for n := 0; len(out) > 0; n++ {
		if n > most {
			t.Fatalf("%d answers to %d lines", n, most)
		}
		if !bytes.HasPrefix(out, []byte("HTTP/1.1 ")) {
			if n > 0 && !bytes.Contains(out, []byte("HTTP/")) {
				return // an answer to HTTP/0.9 behind others
			}
			t.Fatalf("answer %d: %.200q", n, out)
		}
		head := bytes.Index(out, []byte("\r\n\r\n")) + 4
		if head < 4 {
			t.Fatalf("half a header: %.200q", out)
		}
		length := 0
		for i, line := range strings.Split(string(out[:head-4]), "\r\n") {
			name, value, ok := strings.Cut(line, ": ")
			if i > 0 && (!ok || strings.ContainsAny(line, "\r\n\x00") || strings.ContainsAny(name, " \t")) {
				t.Fatalf("header line %q", line)
			}
			if name == "Content-Length" {
				length, _ = strconv.Atoi(value)
			}
		}
		rest := out[head:]
		if bytes.HasPrefix(rest, []byte("HTTP/1.1 ")) || len(rest) == 0 {
			out = rest
			continue
		}
		if len(rest) < length {
			return // the connection broke meanwhile
		}
		out = rest[length:]
	}
}
