//go:build !race

package httpd

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"
	"unsafe"

	"moongate/edge/sys/event"
)

// A request on a kept connection allocates nothing: plain text, a variable, an
// error page, a file, a body.
func TestRequestsAllocateNothing(t *testing.T) {
	g := run(t, `keepalive_requests 1000000; client_body_buffer_size 4k; server { listen SOCK; server_name h; error_log error.log error;
		location / { say "hello"; }
		location /vars { add_x "$request_method $host"; say "$uri $args $arg_a $http_x"; }
		location /404 { }
		location /redirect/ { error_page 404 =301 /x; }
		location /body { handle body; }
		location /file { handle file; }
	}`, map[string]Handler{
		"body": func(r *Request) Result {
			if res := r.ReadBody(); res != OK {
				return res
			}
			return r.SendText(200, "text/plain", view(r.Body.Mem))
		},
		"file": func(r *Request) Result {
			var of OpenFile
			if err := r.OpenFile(r.Concat(r.Server.http.Cycle.Prefix, "file"), &of); err != nil {
				return err.Answer(r)
			}
			defer of.File.Close()
			r.Out.ContentLength, r.Out.LastModified = of.Info.Size, of.Info.Mtime
			r.Out.Status = 200
			if res := r.SendHeader(); res != OK {
				return res
			}
			return r.result(r.WriteOne(Buf{File: of.File, End: of.Info.Size, Last: true}))
		},
	})
	os.WriteFile(g.dir+"/file", []byte(strings.Repeat("x", 500)), 0o644)
	for name, send := range map[string]string{
		"plain":     get("/"),
		"headers":   "GET / HTTP/1.1\r\nHost: h\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\nCookie: a=b; c=d\r\nAccept-Encoding: gzip\r\n\r\n",
		"variables": "GET /vars/x?a=b HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n",
		"error":     get("/404"),
		"pipelined": get("/") + get("/vars"),
		"body":      post("/body", "abc"),
		"discarded": post("/", "abc"),
		"file":      get("/file"),
	} {
		t.Run(name, func(t *testing.T) {
			c := g.dial()
			io.WriteString(c, send)
			buf := make([]byte, 8192)
			size := 0
			for answers := strings.Count(send, "HTTP/1.1"); answers > 0; answers-- {
				n, err := c.Read(buf)
				if err != nil {
					t.Fatal(err)
				}
				size += n
				answers -= strings.Count(string(buf[:n]), "HTTP/1.1") - 1
			}
			bytes := []byte(send)
			once := func() {
				c.Write(bytes)
				for got := 0; got < size; {
					n, err := c.Read(buf)
					if err != nil {
						t.Fatal(err)
					}
					got += n
				}
			}
			for range 100 {
				once()
			}
			if n := testing.AllocsPerRun(500, once); n > 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// What an idle connection costs: our record and the loop's, no buffers.
func TestIdleConnectionIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(Conn{}) + unsafe.Sizeof(event.Conn{}); n > 600 {
		t.Errorf("%d bytes", n)
	}
	g := run(t, keepConf, nil)
	c := g.dial()
	io.WriteString(c, get("/"))
	g.expect(c, reply("/ 1."))
	for until := time.Now().Add(time.Second); g.worker.Loop.Idle() == 0 && time.Now().Before(until); {
		time.Sleep(time.Millisecond)
	}
	held := 0
	g.worker.Loop.Each(func(ev *event.Conn) bool {
		if c, ok := ev.Handler().(*Conn); ok && (c.in != nil || c.out != nil || c.req != nil) {
			held++
		}
		return true
	})
	if held > 0 {
		t.Error("an idle connection holds buffers")
	}
}
