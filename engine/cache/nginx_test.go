package cache

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"moongate/edge/wire/http1"
)

// peer is a real nginx with a cache, in front of an origin that counts.
type peer struct {
	t      *testing.T
	folder string
	socket string
	asked  atomic.Int32
}

const origin = "HTTP/1.1 200 OK\r\nServer: origin\r\nETag: \"tag\"\r\nLast-Modified: Mon, 28 Sep 1970 06:00:00 GMT\r\n"

func startPeer(t *testing.T) *peer {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		if nginx, err = exec.LookPath("/usr/sbin/nginx"); err != nil {
			t.Skip("no nginx on this machine")
		}
	}
	dir, err := os.MkdirTemp("", "cache") // short, for the sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := &peer{t: t, folder: dir + "/store", socket: dir + "/web"}
	l, err := net.Listen("unix", dir+"/origin")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go p.serve(l)
	user := ""
	if os.Getuid() == 0 {
		user = "user root;"
	}
	conf := user + `
daemon off; master_process off; pid pid; error_log error.log info;
events { }
http {
    access_log off;
    proxy_cache_path store levels=1:2 keys_zone=one:1m use_temp_path=off;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    server {
        listen unix:` + p.socket + `;
        location / {
            proxy_pass http://unix:` + dir + `/origin;
            proxy_cache one; proxy_cache_key "key of $uri"; proxy_cache_valid any 1h;
            add_header X-Cache $upstream_cache_status;
        }
    }
}`
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(nginx, "-p", dir, "-c", "nginx.conf", "-e", "error.log")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	for end := time.Now().Add(10 * time.Second); ; {
		if conn, err := net.Dial("unix", p.socket); err == nil {
			conn.Close()
			return p
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(dir + "/error.log")
			t.Fatalf("nginx does not answer: %s", log)
		}
	}
}

func (p *peer) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		p.asked.Add(1)
		line, _ := bufio.NewReader(c).ReadString('\n')
		extra := ""
		if strings.Contains(line, "vary") {
			extra = "Vary: Accept-Encoding, X-Own\r\n"
		}
		io.WriteString(c, origin+extra+"Connection: close\r\n\r\nthe origin's "+strings.Fields(line)[1])
		c.Close()
	}
}

// get asks nginx and gives X-Cache and the body.
func (p *peer) get(uri, fields string) (cache, body string) {
	p.t.Helper()
	c, err := net.Dial("unix", p.socket)
	if err != nil {
		p.t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s HTTP/1.0\r\nHost: a\r\n%s\r\n", uri, fields)
	text, err := io.ReadAll(c)
	if err != nil {
		p.t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(text), "\r\n\r\n")
	_, rest, _ := strings.Cut(head, "X-Cache: ")
	cache, _, _ = strings.Cut(rest, "\r\n")
	return cache, body
}

// What a real nginx has stored is read, and it reads what we have.
func TestPeerFiles(t *testing.T) {
	p := startPeer(t)
	g := rigIn(t, p.folder, "levels=1:2", "use_temp_path=off")
	if status, _ := p.get("/theirs", ""); status != "MISS" {
		t.Fatalf("nginx says %s", status)
	}
	e := g.entry("key of /theirs")
	if r := e.Open(); r != Hit {
		t.Fatalf("%d; log:\n%s", r, g.logged())
	}
	if !strings.HasPrefix(string(e.Head()), origin) || body(e) != "the origin's /theirs" {
		t.Errorf("header %q", e.Head())
	}
	if e.ETag() != `"tag"` || e.LastModified != 23349600 || e.ValidSec < g.seconds+3500 || e.ValidSec > g.seconds+3700 || e.Date > time.Now().Unix() || e.Date < g.seconds-60 {
		t.Errorf("%s %+v", e.ETag(), e.Meta)
	}
	e.Release()

	g.put("key of /ours", "our body", 3600)
	asked := p.asked.Load()
	if status, body := p.get("/ours", ""); status != "HIT" || body != "our body" || p.asked.Load() != asked {
		t.Errorf("nginx says %s: %q", status, body)
	}
	g.wantLog("")
}

// Variants too are found by both.
func TestPeerVariants(t *testing.T) {
	p := startPeer(t)
	g := rigIn(t, p.folder, "levels=1:2", "use_temp_path=off")
	p.get("/vary", "Accept-Encoding: gzip,  br\r\nx-own: A\r\nX-Own: b\r\n")
	p.get("/vary", "Accept-Encoding: zstd\r\n")
	find := func(want Result, fields ...http1.Header) *Entry {
		t.Helper()
		e := g.entry("key of /vary")
		e.Fields = fields
		if r := e.Open(); r != want {
			t.Errorf("%d, want %d; log:\n%s", r, want, g.logged())
		}
		return e
	}
	find(Hit, http1.Header{Name: "accept-encoding", Value: "gzip, br"}, http1.Header{Name: "X-Own", Value: "A"}, http1.Header{Name: "X-OWN", Value: "b"})
	find(Hit, http1.Header{Name: "accept-encoding", Value: "zstd"})
	find(Miss, http1.Header{Name: "accept-encoding", Value: "gzip, br"}, http1.Header{Name: "X-Own", Value: "A b"})
	e := find(Miss, http1.Header{Name: "Accept-Encoding", Value: "deflate"})
	e.SetVary("Accept-Encoding, X-Own")
	if err := store(e, 3600, "our variant"); err != nil {
		t.Fatal(err)
	}
	if status, body := p.get("/vary", "Accept-Encoding: deflate\r\n"); status != "HIT" || body != "our variant" {
		t.Errorf("nginx says %s: %q", status, body)
	}
	g.wantLog("")
}
