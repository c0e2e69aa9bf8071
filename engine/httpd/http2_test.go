package httpd

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"moongate/core/version"
	"moongate/edge/sys/event"
)

func closeHook(f func()) *event.CloseHook { return &event.CloseHook{Func: f} }

func block(c chan struct{}) { event.Block(); <-c }

func TestHTTP2(t *testing.T) {
	h, _ := handlers2(t)
	g := run(t, conf2, h)
	k := g.dial2().hello()
	a := k.one(k.get("/a?b", "cookie: x=1", "cookie: y=2"))
	if a.status != "200" || string(a.body) != "/a?b x=1; y=2 h2c HTTP/2.0" || a.header["content-length"] != "26" || a.header["server"] != "nginx/"+version.Nginx {
		t.Errorf("%+v %s", a, a.body)
	}
	a = k.one(k.send(true, ":method: HEAD", ":scheme: http", ":path: /a", "host: h"))
	if a.status != "200" || len(a.body) != 0 || len(a.frames) != 0 {
		t.Errorf("%+v", a)
	}
	a = k.one(k.get("/trailer"))
	if a.header["x-sum"] != "42" || string(a.body) != "body" {
		t.Errorf("%+v", a)
	}
	a = k.one(k.get("/early"))
	if a.early != 1 || a.header["link"] != "</a.css>" || a.status != "200" {
		t.Errorf("%+v", a)
	}
	a = k.one(k.get("/few"))
	if len(a.body) != 4*320000 || a.frames[0] != 100 {
		t.Errorf("%d %d", len(a.body), a.frames[0])
	}
	// Many at once, and more than the windows allow.
	var ids []uint32
	for range 20 {
		ids = append(ids, k.get("/big"), k.get("/x"))
	}
	for id, a := range k.await(ids...) {
		if a.status != "200" || len(a.body) != 4*320000 && string(a.body) != "/x  h2c HTTP/2.0" {
			t.Errorf("%d: %s %d", id, a.status, len(a.body))
		}
	}
}

func TestHTTP2Body(t *testing.T) {
	h, _ := handlers2(t)
	g := run(t, conf2, h)
	k := g.dial2().hello()
	post := []string{":method: POST", ":scheme: http", ":authority: h", ":path: /echo"}
	for _, size := range []int{0, 1, 1000, 1500, 60000} {
		body := bytes.Repeat([]byte("z"), size)
		id := k.send(false, post...)
		for rest := body; ; {
			n := min(len(rest), 16384)
			k.fr.WriteData(id, n == len(rest), rest[:n])
			if rest = rest[n:]; len(rest) == 0 {
				break
			}
		}
		if a := k.one(id); a.status != "200" || !bytes.Equal(a.body, body) {
			t.Errorf("%d: %s %d", size, a.status, len(a.body))
		}
	}
	// Padding does not count, a trailer ends the body.
	id := k.send(false, post...)
	k.fr.WriteDataPadded(id, false, []byte("ab"), make([]byte, 30))
	k.fr.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: k.block("x-t: 1"), EndStream: true, EndHeaders: true})
	if a := k.one(id); string(a.body) != "ab" {
		t.Errorf("%+v", a)
	}
	// What nobody reads is cut off without an error, once the answer is there.
	id = k.send(false, ":method: POST", ":scheme: http", ":authority: h", ":path: /unread")
	if a := k.one(id); a.status != "200" || string(a.body) != "no" {
		t.Errorf("%+v", a)
	}
	f := k.read()
	if r, ok := f.(*http2.RSTStreamFrame); !ok || r.ErrCode != http2.ErrCodeNo {
		t.Errorf("%v", f)
	}
	for _, c := range []struct {
		length, body, status, log string
	}{
		{"5", "abcd", "400", "client prematurely closed stream: only 4 out of 5 bytes of request body received"},
		{"3", "abcd", "400", "client intended to send body data larger than declared"},
		{"x", "abcd", "400", `client sent invalid "Content-Length" header`},
	} {
		id = k.send(false, append(post[:4:4], "content-length: "+c.length)...)
		k.fr.WriteData(id, true, []byte(c.body))
		if a := k.one(id); a.status != c.status {
			t.Errorf("%+v", a)
		}
		g.logged(c.log)
	}
	id = k.send(false, ":method: POST", ":scheme: http", ":authority: h", ":path: /small")
	k.fr.WriteData(id, true, []byte("more than ten"))
	if a := k.one(id); a.status != "413" {
		t.Errorf("%+v", a)
	}
	// A client that pauses too long loses its stream only.
	id = k.send(false, ":method: POST", ":scheme: http", ":authority: h", ":path: /stream")
	k.fr.WriteData(id, false, []byte("abc"))
	if a := k.one(id); a.reset == nil || *a.reset != http2.ErrCodeProtocol {
		t.Errorf("%+v", a)
	}
	id = k.send(false, ":method: POST", ":scheme: http", ":authority: h", ":path: /stream")
	for range 100 {
		k.fr.WriteData(id, false, make([]byte, 600))
	}
	k.fr.WriteData(id, true, nil)
	if a := k.one(id); string(a.body) != "60000" {
		t.Errorf("%+v", a)
	}
}

// A stream that the client gives up is told so; the others go on.
func TestHTTP2Abort(t *testing.T) {
	h, said := handlers2(t)
	g := run(t, conf2, h)
	k := g.dial2().hello()
	id := k.get("/slow")
	if s := <-said; s != "waiting" {
		t.Fatal(s)
	}
	k.fr.WriteRSTStream(id, http2.ErrCodeCancel)
	if s := <-said; s != "gone true" {
		t.Error(s)
	}
	g.logged("client canceled stream 1 while processing HTTP/2 connection, client: unix:")
	if a := k.one(k.get("/a")); a.status != "200" {
		t.Errorf("%+v", a)
	}
	k.get("/slow")
	<-said
	k.conn.Close()
	if s := <-said; s != "gone true" {
		t.Error(s)
	}
	g.logged("client prematurely closed connection while processing HTTP/2 connection")
}

// Idle connections hold no goroutine and no buffer.
func TestHTTP2Idle(t *testing.T) {
	h, _ := handlers2(t)
	g := run(t, conf2, h)
	var all []*client2
	for range 50 {
		k := g.dial2().hello()
		k.one(k.get("/a"))
		all = append(all, k)
	}
	idle := func() (n int) {
		for _, h := range g.worker.http2.all() {
			h.mu.Lock()
			if h.idle && h.parked && h.out == nil && h.c.in == nil && len(h.streams) == 0 {
				n++
			}
			h.mu.Unlock()
		}
		return n
	}
	for until := time.Now().Add(5 * time.Second); idle() != 50; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%d idle", idle())
		}
	}
	if n := runtime.NumGoroutine(); n > 40 {
		t.Errorf("%d goroutines", n)
	}
	// The end of the worker: GOAWAY to all.
	g.http.engine.quit(g.worker.Proc)
	for _, k := range all {
		if code := k.goaway(); code != http2.ErrCodeNo {
			t.Error(code)
		}
	}
}

// A busy connection finishes what it has and takes nothing new.
func TestHTTP2Quit(t *testing.T) {
	h, said := handlers2(t)
	g := run(t, conf2, h)
	k := g.dial2().hello()
	id := k.get("/slow")
	<-said
	g.http.engine.quit(g.worker.Proc)
	for {
		if f, ok := k.read().(*http2.GoAwayFrame); ok {
			if f.LastStreamID != id || f.ErrCode != 0 {
				t.Error(f)
			}
			break
		}
	}
	k.get("/a") // not answered
	k.fr.WriteRSTStream(id, http2.ErrCodeCancel)
	<-said
	k.conn.(interface{ CloseWrite() error }).CloseWrite()
	for {
		f, err := k.fr.ReadFrame()
		if err != nil {
			break
		}
		if _, ok := f.(*http2.HeadersFrame); ok {
			t.Error(f)
		}
	}
}

func TestHTTP2KeepAlive(t *testing.T) {
	g := run(t, `http2 on; lingering_timeout 1s; keepalive_requests 2; server { listen SOCK; say x; }`, nil)
	k := g.dial2().hello()
	k.one(k.get("/"))
	k.get("/")
	if code := k.goaway(); code != http2.ErrCodeNo {
		t.Error(code)
	}
}

func TestHTTP2Timeout(t *testing.T) {
	g := run(t, `http2 on; lingering_close off; keepalive_timeout 20ms; server { listen SOCK; say x; }`, nil)
	k := g.dial2().hello()
	k.one(k.get("/"))
	if code := k.goaway(); code != http2.ErrCodeNo {
		t.Error(code)
	}
}

// HTTP/1 on the same socket, and what only looks like HTTP/2.
func TestHTTP2Preface(t *testing.T) {
	h, _ := handlers2(t)
	g := run(t, conf2, h)
	if got := g.ask("GET /a HTTP/1.0\r\nHost: h\r\n\r\n"); !strings.HasSuffix(got, "/a   HTTP/1.0") {
		t.Error(got)
	}
	if got := g.ask("PRI * HT", "TP/1.1\r\n\r\n"); !strings.Contains(got, "400 Bad Request") {
		t.Error(got)
	}
	if got := g.ask("PRI", "X / HTTP/1.0\r\n\r\n"); !strings.Contains(got, "200 OK") {
		t.Error(got)
	}
	c := g.dial()
	for _, part := range []string{http2Preface[:3], http2Preface[3:10], http2Preface[10:]} {
		c.Write([]byte(part))
		time.Sleep(2 * time.Millisecond)
	}
	k := g.client2(c)
	k.fr.WriteSettings()
	if a := k.one(k.get("/a")); a.status != "200" {
		t.Errorf("%+v", a)
	}
}
