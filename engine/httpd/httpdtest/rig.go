// Package httpdtest runs a worker inside a test, with the modules that the test
// names and no others: what stands beside a module is tested with it. It is for
// tests only; scripts in test/script run the whole program.
package httpdtest

import (
	"bufio"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// Engine is HTTP with some modules. A test package makes one only, since a
// module knows its place in one engine.
type Engine struct {
	part  cycle.Part
	files map[string]string
}

// New makes the engine of these modules in running order.
func New(modules ...*httpd.Module) *Engine { return &Engine{part: httpd.New(modules...).Part()} }

// With is the engine with files that are there, below the prefix, before the
// configuration is read.
func (e *Engine) With(files map[string]string) *Engine { return &Engine{e.part, files} }

// Rig is a worker that serves a configuration on a socket.
type Rig struct {
	Dir string // the prefix
	t   testing.TB
}

// Build reads the inside of http{}: SOCK stands for the rig's address, DIR for its
// folder. What is wrong with it stands in the log.
func (e *Engine) Build(t testing.TB, conf string) (*Rig, *cycle.Cycle, error) {
	t.Helper()
	errlog.Echo(false)
	g := &Rig{Dir: t.TempDir(), t: t}
	conf = strings.NewReplacer("SOCK", "unix:"+g.Dir+"/s", "DIR", g.Dir).Replace(conf)
	text := "pid nginx.pid; lock_file lock; error_log error.log info; events { }\nhttp { client_body_temp_path " + g.Dir + "/tmp;\n" + conf + "\n}\n"
	g.File("nginx.conf", text)
	for name, text := range e.files {
		g.File(name, text)
	}
	opts := cycle.Options{Prefix: g.Dir, ConfFile: "nginx.conf", ErrorLog: "error.log"}
	opts.Complete()
	start := file.NewAppend(filepath.Join(g.Dir, "error.log"))
	if err := start.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { start.Close() })
	p := &cycle.Program{Parts: []cycle.Part{e.part}, NewMemory: zone.NewGeneration}
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

// Serve serves a configuration until the test ends.
func (e *Engine) Serve(t testing.TB, conf string) *Rig {
	t.Helper()
	g, c, err := e.Build(t, conf)
	if err != nil {
		t.Fatalf("%v\n%s", err, g.Log())
	}
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := cycle.NewWorker(c, loop, 0, c.Board.Row(0)).Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	t.Cleanup(func() { loop.Stop(); <-done })
	return g
}

// File writes a file below the prefix.
func (g *Rig) File(name, text string) {
	g.t.Helper()
	name = filepath.Join(g.Dir, name)
	os.MkdirAll(filepath.Dir(name), 0o755)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		g.t.Fatal(err)
	}
}

// Log is the error log so far.
func (g *Rig) Log() string {
	b, _ := os.ReadFile(filepath.Join(g.Dir, "error.log"))
	return string(b)
}

// WantLog waits for a line of the error log.
func (g *Rig) WantLog(pattern string) {
	g.t.Helper()
	re := regexp.MustCompile("(?m)" + pattern)
	for end := time.Now().Add(5 * time.Second); !re.MatchString(g.Log()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			g.t.Fatalf("no %q in\n%s", pattern, g.Log())
		}
	}
}

// Dial connects.
func (g *Rig) Dial() net.Conn {
	g.t.Helper()
	c, err := net.Dial("unix", g.Dir+"/s")
	if err != nil {
		g.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// Send sends bytes and reads until the server closes.
func (g *Rig) Send(raw string) string {
	g.t.Helper()
	c := g.Dial()
	defer c.Close()
	io.WriteString(c, raw)
	b, err := io.ReadAll(bufio.NewReader(c))
	if err != nil {
		g.t.Errorf("%q: %v after %q", raw, err, b)
	}
	return string(b)
}

// Get is a GET with some header lines, on a connection of its own.
func (g *Rig) Get(uri string, headers ...string) string {
	g.t.Helper()
	raw := "GET " + uri + " HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n"
	for _, h := range headers {
		raw += h + "\r\n"
	}
	return g.Send(raw + "\r\n")
}

// Body is the body of a response, Status its code.
func Body(response string) string {
	_, b, _ := strings.Cut(response, "\r\n\r\n")
	return b
}

// Status is the code of a response.
func Status(response string) string {
	if len(response) < 12 {
		return response
	}
	return response[9:12]
}

// Header is a header of a response.
func Header(response, name string) string {
	head, _, _ := strings.Cut(response, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if n, v, ok := strings.Cut(line, ": "); ok && strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}
