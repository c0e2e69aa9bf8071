package httpd

import (
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// A panic ends the connection that met it; others go on.
func TestPanicEndsOneConnection(t *testing.T) {
	g := run(t, `server { listen SOCK; server_name h; location / { say "fine"; } location /boom { handle boom; } }`,
		map[string]Handler{"boom": func(r *Request) Result { var p *Request; return p.result(p.WriteBufs(nil)) }})
	other := g.dial()
	io.WriteString(other, get("/"))
	g.expect(other, reply("fine"))
	if got := g.ask(get("/boom") + get("/")); got != "" {
		t.Error(got)
	}
	g.logged(`\[alert\] .* panic: runtime error: invalid memory address or nil pointer dereference`)
	io.WriteString(other, get("/"))
	g.expect(other, reply("fine"))
	if a := g.worker.stats.Active.Load(); a != 1 {
		t.Error(a, "connections")
	}
}

func TestLimitRate(t *testing.T) {
	g := run(t, `server { listen SOCK; server_name h;
		location / { limit_rate 20k; handle ten; }
		location /after { limit_rate 1k; limit_rate_after 1m; handle ten; }
		location /var { limit_rate $arg_rate; handle ten; }
	}`, map[string]Handler{"ten": func(r *Request) Result {
		return r.SendText(200, "text/plain", strings.Repeat("0123456789", 2500))
	}})
	for uri, least := range map[string]time.Duration{"/": 200 * time.Millisecond, "/after": 0, "/var?rate=": 0, "/var?rate=20k": 200 * time.Millisecond} {
		// A rate counts by the clock's seconds, as nginx's: with the next one as much again may go.
		if left := time.Second - time.Duration(time.Now().Nanosecond()); left < 500*time.Millisecond {
			time.Sleep(left)
		}
		began := time.Now()
		got := g.ask("GET " + uri + " HTTP/1.0\r\nHost: h\r\n\r\n")
		if d := time.Since(began); d < least || least == 0 && d > 800*time.Millisecond || d > 3*time.Second {
			t.Errorf("%s: %v", uri, d)
		}
		if _, body, _ := strings.Cut(got, "\r\n\r\n"); len(body) != 25000 {
			t.Error(uri, len(body))
		}
	}
}

// A client that goes away while its answer is held back is noticed.
func TestClientGoesWhilePaced(t *testing.T) {
	g := run(t, `server { listen SOCK; server_name h; location / { limit_rate 100; handle ten; } }`,
		map[string]Handler{"ten": func(r *Request) Result { return r.SendText(200, "text/plain", strings.Repeat("x", 25000)) }})
	c := g.dial()
	io.WriteString(c, get("/"))
	c.Read(make([]byte, 10))
	c.Close()
	g.logged(`client prematurely closed connection, client: unix:, server: h, request`)
}

func TestFilesAndTruncation(t *testing.T) {
	send := func(r *Request) Result {
		var of OpenFile
		if err := r.OpenFile(r.Concat(r.Server.http.Cycle.Prefix, r.URI[5:]), &of); err != nil {
			return err.Answer(r)
		}
		defer of.File.Close()
		r.Out.ContentLength = of.Info.Size
		if r.Args != "" { // longer than it is
			r.Out.ContentLength += 10
		}
		r.Out.Status = 200
		if res := r.SendHeader(); res != OK || r.HeaderOnly {
			return res
		}
		return r.result(r.Write(Buf{B: []byte("")}, Buf{File: of.File, End: r.Out.ContentLength, Last: true}))
	}
	g := run(t, `server { listen SOCK; server_name h; location /off { handle send; } location /on_ { sendfile on; handle send; } }`,
		map[string]Handler{"send": send})
	small, large := strings.Repeat("s", 3000), strings.Repeat("0123456789abcdef", 20000)
	os.WriteFile(g.dir+"/small", []byte(small), 0o644)
	os.WriteFile(g.dir+"/large", []byte(large), 0o644)
	for _, mode := range []string{"/off", "/on_"} {
		for name, want := range map[string]string{"/small": small, "/large": large} {
			got := g.ask("GET " + mode + name + " HTTP/1.0\r\nHost: h\r\n\r\n")
			if _, body, _ := strings.Cut(got, "\r\n\r\n"); body != want {
				t.Error(mode, name, len(body))
			}
			got = g.ask("GET " + mode + name + "?more HTTP/1.0\r\nHost: h\r\n\r\n")
			if strings.HasSuffix(got, "more") || len(got) > len(want)+200 {
				t.Error("truncated", mode, name, len(got))
			}
			if got := g.ask("HEAD " + mode + name + " HTTP/1.0\r\nHost: h\r\n\r\n"); !strings.HasSuffix(got, "\r\n\r\n") {
				t.Error(got)
			}
		}
		if got := g.ask("GET " + mode + "/none HTTP/1.0\r\nHost: h\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 404") {
			t.Error(got)
		}
	}
	g.logged(`\[alert\] .* sendfile\(\) reported that ".*/large" was truncated at 320000`)
	g.logged(`\[alert\] .* pread\(\) read only \d+ of \d+ from ".*/large"`)
}

// A client that reads slowly, and one that does not read at all.
func TestSlowClients(t *testing.T) {
	big := strings.Repeat("0123456789abcdef", 1<<16)
	g := run(t, `send_timeout 100ms; server { listen SOCK; server_name h; location / { handle big; } }`,
		map[string]Handler{"big": func(r *Request) Result { return r.SendText(200, "text/plain", big) }})
	c := g.dial()
	io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
	var all []byte
	p := make([]byte, 100000)
	for {
		n, err := c.Read(p)
		all = append(all, p[:n]...)
		if err != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if _, body, _ := strings.Cut(string(all), "\r\n\r\n"); body != big {
		t.Error(len(body))
	}
	c = g.dial()
	c.(*net.UnixConn).SetReadBuffer(4096)
	io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
	g.logged(`client timed out \(110: Connection timed out\), client: unix:, server: h, request: "GET / HTTP/1.0"`)
	c = g.dial()
	io.WriteString(c, "GET / HTTP/1.0\r\n\r\n")
	time.Sleep(5 * time.Millisecond)
	c.Close()
	g.logged(`writev\(\) failed \(32: Broken pipe\)|writev\(\) failed \(104: Connection reset by peer\)`)
}

func TestPostAction(t *testing.T) {
	ran := make(chan string, 1)
	g := run(t, `server { listen SOCK; server_name h; location / { post_action /after; say "done"; } location = /after { post_action ""; handle after; } }`,
		map[string]Handler{"after": func(r *Request) Result {
			ran <- r.URI + " " + itoa(r.Out.Status)
			return r.SendText(200, "text/plain", "not to be seen")
		}})
	c := g.dial()
	io.WriteString(c, get("/")+get("/x"))
	g.expect(c, reply("done")+reply("done"))
	for range 2 {
		if got := <-ran; got != "/after 200" {
			t.Error(got)
		}
	}
}
