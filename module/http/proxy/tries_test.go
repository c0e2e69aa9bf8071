package proxy_test

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// deadAddr is an address that nobody listens on.
func deadAddr(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// tellTries has a location show $upstream_addr and its kin in the request that an
// error page sends to another origin.
func tellTries(o *origin) string {
	return "location @tell { proxy_pass http://" + o.addr + "; proxy_set_header X-Addr $upstream_addr; proxy_set_header X-Status $upstream_status; }"
}

func TestNextUpstream(t *testing.T) {
	dead, good := deadAddr(t), newOrigin(t, say(okay))
	refuses := newOrigin(t, say("HTTP/1.1 503 No\nContent-Length: 2\n\nno"))
	drops := newOrigin(t, only(""))
	g := serve(t, strings.NewReplacer("DEAD", dead, "GOOD", good.addr, "REFUSES", refuses.addr, "DROPS", drops.addr).Replace(`
		upstream dead { server DEAD max_fails=0; server GOOD max_fails=0; }
		upstream refuses { server REFUSES max_fails=0; server GOOD max_fails=0; }
		upstream drops { server DROPS max_fails=0; server GOOD max_fails=0; }
		upstream none { server DEAD; server DEAD; }
		server { listen SOCK;
		location /dead { proxy_pass http://dead; }
		location /off { proxy_pass http://dead; proxy_next_upstream off; error_page 502 @tell; }
		location /one { proxy_pass http://dead; proxy_next_upstream_tries 1; error_page 502 @tell; }
		location /listed { proxy_pass http://refuses; proxy_next_upstream http_503; }
		location /unlisted { proxy_pass http://refuses; }
		location /drops { proxy_pass http://drops; }
		location /idem { proxy_pass http://drops; proxy_next_upstream error non_idempotent; }
		location /none { proxy_pass http://none; error_page 502 @tell; }
		`)+tellTries(good)+"}")
	both := func(uri, one, other string) {
		t.Helper()
		seen := map[string]bool{}
		for range 2 {
			seen[body(g.get(uri))] = true
		}
		if !seen[one] || !seen[other] {
			t.Errorf("%s: %v", uri, seen)
		}
	}
	both("/dead", "ok", "ok")
	g.wantLog(`connect\(\) failed \(111: Connection refused\) while connecting to upstream, client: unix:, server: , request: "GET /dead HTTP/1\.1", upstream: "http://` + dead + `/dead", host: "h\.test"`)
	both("/listed", "ok", "ok")
	both("/unlisted", "ok", "no")
	both("/drops", "ok", "ok")
	post := func(uri string) string {
		return g.send("POST " + uri + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx")
	}
	if a, b := post("/drops"), post("/drops"); !strings.Contains(a+b, " 502 ") {
		t.Errorf("a POST is not sent twice: %q %q", a, b)
	}
	if a, b := post("/idem"), post("/idem"); strings.Contains(a+b, " 502 ") {
		t.Errorf("unless told so: %q %q", a, b)
	}
	for range 2 {
		g.get("/off")
		g.get("/one")
	}
	for _, r := range good.seen {
		if strings.Contains(r, "X-Status: 502, ") {
			t.Errorf("more than one try:\n%s", r)
		}
	}
	g.get("/none")
	if want := "X-Addr: " + dead + ", " + dead + " : "; !strings.Contains(good.last(), "X-Addr: "+dead+", "+dead) || !strings.Contains(good.last(), "X-Status: 502, 502") {
		t.Errorf("%s\nwant %s", good.last(), want)
	}
	g.get("/none")
	g.wantLog(`no live upstreams while connecting to upstream, client: unix:, server: , request: "GET /none HTTP/1\.1", upstream: "http://none/none"`)
	g.wantLog(`\[warn\] .*upstream server temporarily disabled while connecting to upstream`)
}

func TestTimeouts(t *testing.T) {
	silent := newOrigin(t, func(net.Conn, string) bool { return true })
	stops := newOrigin(t, say("HTTP/1.1 200 OK\nContent-Length: 10\n\nabc"))
	g := serve(t, "proxy_read_timeout 50ms; server { listen SOCK; location /silent { proxy_pass http://"+silent.addr+"; } location /stops { proxy_pass http://"+stops.addr+"; } }")
	if got := g.get("/silent"); !strings.HasPrefix(got, "HTTP/1.1 504 ") {
		t.Errorf("%q", got)
	}
	g.wantLog(`upstream timed out \(110: Connection timed out\) while reading response header from upstream, client: unix:, .*upstream: "http://`)
	if got := g.get("/stops"); !strings.HasPrefix(got, "HTTP/1.1 200 ") || body(got) != "" {
		t.Errorf("less than a buffer is not passed on: %q", got)
	}
	g.wantLog(`upstream timed out \(110: Connection timed out\) while reading upstream, client: unix:`)
}

func TestKeepAlive(t *testing.T) {
	o := newOrigin(t, say(okay))
	closes := newOrigin(t, say("HTTP/1.1 200 OK\nConnection: close\nContent-Length: 2\n\nok"))
	old := newOrigin(t, say("HTTP/1.0 200 OK\nContent-Length: 2\n\nok"))
	chunks := newOrigin(t, say("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\r\nok\r\n0\r\n\r\n"))
	hangsUp := newOrigin(t, only(okay))
	three := newOrigin(t, say(okay))
	never := newOrigin(t, say(okay))
	g := serve(t, strings.NewReplacer("A0", o.addr, "A1", closes.addr, "A2", old.addr, "A3", chunks.addr, "A4", hangsUp.addr, "A5", three.addr, "A6", never.addr).Replace(`
		upstream u0 { server A0; } upstream u1 { server A1; } upstream u2 { server A2; } upstream u3 { server A3; }
		upstream u4 { server A4; } upstream u5 { server A5; keepalive 2; keepalive_requests 3; } upstream u6 { server A6; keepalive 0; }
		server { listen SOCK;
		location /0 { proxy_pass http://u0; } location /1 { proxy_pass http://u1; } location /2 { proxy_pass http://u2; }
		location /3 { proxy_pass http://u3; } location /4 { proxy_pass http://u4; } location /5 { proxy_pass http://u5; }
		location /6 { proxy_pass http://u6; } location /7 { proxy_pass http://A0; } }`))
	for uri, x := range map[string]struct {
		o    *origin
		want int
	}{"/1": {closes, 6}, "/2": {old, 6}, "/3": {chunks, 1}, "/4": {hangsUp, 6}, "/5": {three, 2}, "/6": {never, 6}, "/0": {o, 1}} {
		for range 6 {
			if got := g.get(uri); body(got) != "ok" && !strings.HasSuffix(got, "2\r\nok\r\n0\r\n\r\n") {
				t.Errorf("%s: %q\n%s", uri, got, g.log())
			}
		}
		if n := x.o.connections(); n != x.want {
			t.Errorf("%s: %d connections for 6 requests, want %d", uri, n, x.want)
		}
	}
	before := o.connections()
	g.get("/7")
	g.get("/7")
	if n := o.connections() - before; n != 2 {
		t.Errorf("%d connections for 2 requests to no upstream{}", n)
	}
}

func TestClientGone(t *testing.T) {
	asked := make(chan bool, 2)
	closed := make(chan bool, 2)
	o := newOrigin(t, func(w net.Conn, _ string) bool {
		asked <- true
		w.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, err := w.Read(make([]byte, 1))
		closed <- err == io.EOF
		return false
	})
	g := serve(t, "server { listen SOCK; location / { proxy_pass http://"+o.addr+"; } location /stays { proxy_pass http://"+o.addr+"; proxy_ignore_client_abort on; proxy_read_timeout 100ms; } }")
	c := g.dial()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	<-asked
	c.Close()
	if !<-closed {
		t.Error("the server's connection outlives the client's")
	}
	g.wantLog(`\[info\] .*epoll_wait\(\) reported that client prematurely closed connection, so upstream connection is closed too while sending request to upstream, client`)
	c = g.dial()
	io.WriteString(c, "GET /stays HTTP/1.1\r\nHost: h\r\n\r\n")
	<-asked
	c.Close()
	<-closed
	g.wantLog(`upstream timed out .*request: "GET /stays`)
}

func TestUpgrade(t *testing.T) {
	over := make(chan bool, 1)
	o := newOrigin(t, func(w net.Conn, _ string) bool {
		io.WriteString(w, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: upgrade\r\n\r\nfirst")
		io.Copy(w, w)
		over <- true
		return false
	})
	g := serve(t, "server { listen SOCK; location / { proxy_pass http://"+o.addr+"; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } }")
	c := g.dial()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: test\r\n\r\n")
	in := make([]byte, 4096)
	read := func(want string) {
		t.Helper()
		got := ""
		for !strings.HasSuffix(got, want) {
			n, err := c.Read(in)
			if got += string(in[:n]); err != nil {
				t.Fatalf("%q, %v; want %q", got, err, want)
			}
		}
	}
	read("first")
	for _, s := range []string{"a", "many words", strings.Repeat("z", 3000)} {
		io.WriteString(c, s)
		read(s)
	}
	c.Close()
	select {
	case <-over:
	case <-time.After(5 * time.Second):
		t.Error("the tunnel outlives the client")
	}
}

// TestEarlyAnswer: a server that answers before it has read the body.
func TestEarlyAnswer(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 100))
			io.WriteString(c, "HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
			defer c.Close()
		}
	}()
	g := serve(t, "client_max_body_size 0; client_body_buffer_size 32m; server { listen SOCK; location / { proxy_pass http://"+ln.Addr().String()+"; } }")
	n := 16 << 20
	got := g.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 16777216\r\n\r\n" + strings.Repeat("x", n))
	if !strings.HasPrefix(got, "HTTP/1.1 413 Too Large") || body(got) != "no" {
		t.Errorf("%.300q\n%s", got, g.log())
	}
}
