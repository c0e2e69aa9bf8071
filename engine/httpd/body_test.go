package httpd

import (
	"io"
	"os"
	"strings"
	"testing"
)

// echo reads the whole body and answers with where it was and what it is.
func echo(r *Request) Result {
	if res := r.ReadBody(); res != OK {
		return res
	}
	b := &r.Body
	where, text := "mem ", string(b.Mem)
	if b.File != nil {
		where = "file "
		p := make([]byte, b.File.Size)
		b.File.ReadAt(p, 0)
		text = string(p)
	}
	return r.SendText(200, "", where+itoa(int(b.Len))+" "+text)
}

// drip reads the body as it comes.
func drip(r *Request) Result {
	var all []byte
	p := make([]byte, 7)
	for {
		n, err := r.ReadBodyPart(p)
		all = append(all, p[:n]...)
		if err == io.EOF {
			return r.SendText(200, "", string(all))
		}
		if err != nil {
			return r.BodyFailed(err)
		}
	}
}

const bodyConf = `server { listen SOCK; server_name h; client_body_buffer_size 1k; client_max_body_size 64k;
	location / { handle echo; }
	location /drip { handle drip; }
	location /file { handle echo; client_body_in_file_only clean; }
	location /small { handle echo; client_max_body_size 100; }
	location /pass { say "passed"; }
	location /ignore { handle ignore; }
}`

var bodyHandlers = map[string]Handler{"echo": echo, "drip": drip, "ignore": func(r *Request) Result {
	r.Out.ContentLength = 2
	r.Out.Status = 200
	if res := r.SendHeader(); res != OK {
		return res
	}
	return r.result(r.WriteBufs([]Buf{{B: []byte("ok"), Last: true}}))
}}

func post(uri, body string, more ...string) string {
	return "POST " + uri + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + itoa(len(body)) + "\r\n" + strings.Join(more, "") + "\r\n" + body
}

func chunked(uri string, chunks ...string) string {
	s := "POST " + uri + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, c := range chunks {
		s += hexOf(len(c)) + "\r\n" + c + "\r\n"
	}
	return s + "0\r\nT: x\r\n\r\n"
}

func hexOf(n int) string {
	if n < 16 {
		return "0123456789abcdef"[n : n+1]
	}
	return hexOf(n/16) + hexOf(n%16)
}

const last = "GET /pass HTTP/1.0\r\n\r\n"

func bodies(answer string) (list []string) {
	for _, p := range strings.Split(answer, "HTTP/1.1 ")[1:] {
		head, body, _ := strings.Cut(p, "\r\n\r\n")
		list = append(list, head[:3]+" "+body)
	}
	return list
}

// Bodies of all kinds are followed by another request, in one write, byte by
// byte, or cut at each place.
func TestBodies(t *testing.T) {
	g := run(t, bodyConf, bodyHandlers)
	k2, k5, k40 := strings.Repeat("0123456789abcdef", 128), strings.Repeat("x", 5000), strings.Repeat("yz", 20000)
	for _, c := range []struct{ name, send, want string }{
		{"none", "POST / HTTP/1.1\r\nHost: h\r\n\r\n", "200 mem 0 "},
		{"empty", post("/", ""), "200 mem 0 "},
		{"small", post("/", "abc"), "200 mem 3 abc"},
		{"a bit too long for the buffer", post("/", k2[:1200]), "200 mem 1200 " + k2[:1200]},
		{"2k", post("/", k2), "200 file 2048 " + k2},
		{"40k", post("/", k40), "200 file 40000 " + k40},
		{"file", post("/file", "abc"), "200 file 3 abc"},
		{"empty file", post("/file", ""), "200 file 0 "},
		{"chunks", chunked("/", "abc", "de"), "200 mem 5 abcde"},
		{"no chunks", chunked("/"), "200 mem 0 "},
		{"long chunks", chunked("/", k5, k2, "a", k40), "200 file 47049 " + k5 + k2 + "a" + k40},
		{"chunks to a file", chunked("/file", "abc"), "200 file 3 abc"},
		{"dripping", post("/drip", k2), "200 " + k2},
		{"dripping chunks", chunked("/drip", k2, "abc", k5), "200 " + k2 + "abc" + k5},
		{"discarded", post("/pass", k2), "200 passed"},
		{"discarded long", post("/pass", k40), "200 passed"},
		{"discarded chunks", chunked("/pass", k5, "a", k40), "200 passed"},
		{"ignored", post("/ignore", k5), "200 ok"},
		{"ignored chunks", chunked("/ignore", k5), "200 ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole := c.send + last
			cuts := [][]string{{whole}, {c.send, last}, {whole[:len(whole)-2], "\r\n"}}
			if i := strings.Index(whole, "\r\n\r\n"); i > 0 {
				cuts = append(cuts, []string{whole[:i+4], whole[i+4:]}, []string{whole[:i+3], whole[i+3:]}, []string{whole[:i+6], whole[i+6:]})
			}
			for _, parts := range cuts {
				got := bodies(g.ask(parts...))
				if len(got) != 2 || got[0] != c.want || got[1] != "200 passed" {
					t.Fatalf("%d parts: %.80q, not %.80q", len(parts), got, c.want)
				}
			}
		})
	}
	if files, _ := os.ReadDir(g.dir + "/tmp"); len(files) > 0 {
		t.Error("left behind:", files)
	}
}

func TestBodyFaults(t *testing.T) {
	g := run(t, bodyConf, bodyHandlers)
	for _, c := range []struct{ name, send, want, log string }{
		{"too long", post("/small", strings.Repeat("x", 101)), "413", `client intended to send too large body: 101 bytes`},
		{"too long, not sent", "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n", "413", `too large body: 1000000 bytes`},
		{"too long in chunks", chunked("/small", "abc", strings.Repeat("x", 98)), "413", `client intended to send too large chunked body: 3\+98 bytes`},
		{"announced too long", "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\nabc", "413", `too large chunked body: 0\+1048575 bytes`},
		{"bad chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", "400", `client sent invalid chunked body, client`},
		{"bad chunk, discarded", "POST /pass HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "400", `client sent invalid chunked body, client`},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn := g.dial()
			io.WriteString(conn, c.send)
			b := make([]byte, 12)
			io.ReadFull(conn, b)
			if string(b) != "HTTP/1.1 "+c.want {
				t.Errorf("%q", b)
			}
			g.logged(c.log)
		})
	}
	conn := g.dial()
	io.WriteString(conn, post("/", "abc")[:len(post("/", "abc"))-1])
	conn.Close()
	g.logged(`client prematurely closed connection, client: unix:, server: h, request: "POST / HTTP/1.1", host: "h"`)
}

func TestExpect(t *testing.T) {
	g := run(t, bodyConf, bodyHandlers)
	const cont = "HTTP/1.1 100 Continue\r\n\r\n"
	for _, uri := range []string{"/", "/drip", "/pass"} {
		c := g.dial()
		head := post(uri, "abc", "Expect: 100-Continue\r\n", "Connection: close\r\n")
		io.WriteString(c, head[:len(head)-3])
		g.expect(c, cont)
		io.WriteString(c, "abc")
		if got := g.rest(c); !strings.HasPrefix(got, "HTTP/1.1 200 OK") {
			t.Error(uri, got)
		}
	}
	// Refused before it is asked for.
	if got := g.ask(post("/small", strings.Repeat("x", 200), "Expect: 100-continue\r\n")); !strings.HasPrefix(got, "HTTP/1.1 413") {
		t.Error(got)
	}
	if got := g.ask("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx"); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Error(got)
	}
}
