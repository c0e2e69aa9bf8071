package proxy_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/module/http/proxy"
	"moongate/module/http/upstream"
)

func TestMain(m *testing.M) {
	errlog.Echo(false)
	os.Exit(m.Run())
}

// part is the engine; modules know their place in one engine only.
var part = httpd.New(upstream.Module, proxy.Module, director()).Part()

// rig is a worker inside the test with the proxy and upstream modules.
type rig struct {
	t    testing.TB
	dir  string
	sock string
}

// build reads the inside of http{}; SOCK stands for the rig's socket, DIR for its
// folder.
func build(t testing.TB, conf string) (*rig, *cycle.Cycle, error) {
	t.Helper()
	g := &rig{t: t, dir: t.TempDir()}
	g.sock = g.dir + "/s"
	conf = strings.NewReplacer("SOCK", "unix:"+g.sock, "DIR", g.dir).Replace(conf)
	text := "pid nginx.pid; lock_file lock; error_log error.log info; events { }\nhttp { client_body_temp_path " + g.dir + "/tmp;\n" + conf + "\n}\n"
	if err := os.WriteFile(filepath.Join(g.dir, "nginx.conf"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	opts := cycle.Options{Prefix: g.dir, ConfFile: "nginx.conf", ErrorLog: "error.log"}
	opts.Complete()
	start := file.NewAppend(filepath.Join(g.dir, "error.log"))
	if err := start.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { start.Close() })
	p := &cycle.Program{Parts: []cycle.Part{part}, NewMemory: zone.NewGeneration}
	c, err := p.Build(opts, nil, errlog.NewChain(start, errlog.Notice).Log(), nil)
	if err == nil {
		t.Cleanup(func() {
			for _, l := range c.Listeners {
				for _, fd := range l.Descriptors() {
					event.CloseFD(fd)
				}
			}
		})
	}
	return g, c, err
}

// serve serves a configuration until the test ends.
func serve(t testing.TB, conf string) *rig {
	t.Helper()
	g, c, err := build(t, conf)
	if err != nil {
		t.Fatalf("%v\n%s", err, g.log())
	}
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	w := cycle.NewWorker(c, loop, 0, c.Board.Row(0))
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	t.Cleanup(func() { loop.Stop(); <-done })
	return g
}

func (g *rig) log() string {
	b, _ := os.ReadFile(filepath.Join(g.dir, "error.log"))
	return string(b)
}

// wantLog waits for a line of the error log.
func (g *rig) wantLog(pattern string) {
	g.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	for end := time.Now().Add(3 * time.Second); !re.MatchString(g.log()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			g.t.Errorf("no %q in\n%s", pattern, g.log())
			return
		}
	}
}

func (g *rig) dial() net.Conn {
	g.t.Helper()
	c, err := net.Dial("unix", g.sock)
	if err != nil {
		g.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// send sends raw bytes and reads until the server closes.
func (g *rig) send(raw string) string {
	g.t.Helper()
	c := g.dial()
	defer c.Close()
	io.WriteString(c, raw)
	b, err := io.ReadAll(c)
	if err != nil {
		g.t.Errorf("%q: %v after %q", raw, err, b)
	}
	return string(b)
}

// get is a request whose connection ends with it.
func (g *rig) get(uri string, headers ...string) string {
	g.t.Helper()
	return g.send("GET " + uri + " HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n")
}

func body(response string) string {
	_, b, _ := strings.Cut(response, "\r\n\r\n")
	return b
}

// origin is a server whose answers are written down. Each connection answers each
// request with the next one.
type origin struct {
	t    testing.TB
	addr string
	mu   sync.Mutex
	seen []string // requests, header and body
	made int      // connections
}

// answer writes a response; false closes the connection.
type answer func(w net.Conn, request string) (again bool)

// say answers with raw bytes, "\n" standing for the line ends of a header.
func say(raw string) answer {
	head, rest, found := strings.Cut(raw, "\n\n")
	raw = strings.ReplaceAll(head, "\n", "\r\n")
	if found {
		raw += "\r\n\r\n" + rest
	}
	return func(w net.Conn, _ string) bool {
		io.WriteString(w, raw)
		return true
	}
}

// only is say, and then the connection is closed.
func only(raw string) answer {
	a := say(raw)
	return func(w net.Conn, r string) bool { a(w, r); return false }
}

func newOrigin(t testing.TB, a answer) *origin {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &origin{t: t, addr: ln.Addr().String()}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			o.mu.Lock()
			o.made++
			o.mu.Unlock()
			go o.serve(c, a)
		}
	}()
	return o
}

func (o *origin) serve(c net.Conn, a answer) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		var raw bytes.Buffer
		length, chunked := 0, false
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			raw.WriteString(line)
			name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ": ")
			switch strings.ToLower(name) {
			case "content-length":
				for _, d := range value {
					length = length*10 + int(d-'0')
				}
			case "transfer-encoding":
				chunked = true
			}
			if line == "\r\n" {
				break
			}
		}
		for chunked && !strings.HasSuffix(raw.String(), "\r\n0\r\n\r\n") {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			raw.WriteString(line)
		}
		io.CopyN(&raw, in, int64(length))
		o.mu.Lock()
		o.seen = append(o.seen, raw.String())
		o.mu.Unlock()
		if !a(c, raw.String()) {
			return
		}
	}
}

func (o *origin) connections() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.made
}

// last is the request that came last, with "\n" for line ends.
func (o *origin) last() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.seen) == 0 {
		return ""
	}
	return strings.ReplaceAll(o.seen[len(o.seen)-1], "\r\n", "\n")
}
