package httpd

import (
	"bytes"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/engine/zone"
)

func TestMain(m *testing.M) {
	errlog.Echo(false)
	os.Exit(m.Run())
}

// rig is a worker inside the test: a configuration, an event loop, a socket.
type rig struct {
	t      testing.TB
	dir    string
	cycle  *cycle.Cycle
	http   *Builder
	worker *Worker
}

// sayConf is what the rig's own module keeps: a text or a handler to answer with.
type sayConf struct {
	text   directive.Value[*Value]
	header directive.Value[*Value]
}

// rigModule gives tests something to configure: "say TEXT" answers 200 with the
// text, "handle NAME" runs a function of the test's, "add_x VALUE" adds a header.
func rigModule(handlers map[string]Handler) *Module {
	m := &Module{Name: "rig", NewConf: func() any { return new(sayConf) }}
	text := func(c *sayConf) *directive.Value[*Value] { return &c.text }
	header := func(c *sayConf) *directive.Value[*Value] { return &c.header }
	in := directive.HTTP | directive.Server | directive.Location
	m.Directives = []directive.Directive{
		{Name: "say", In: in, Args: directive.Take1, Set: ValueSetter(text)},
		{Name: "add_x", In: in, Args: directive.Take1, Set: ValueSetter(header)},
		{Name: "handle", In: directive.Location, Args: directive.Take1, Set: directive.Func(func(c *directive.Call, _ *sayConf) error {
			LocationOf(c).Handler = handlers[c.Args[0]]
			return nil
		})},
	}
	m.Variables = []Variable{{Name: "made", Get: func(r *Request) (string, bool) { return r.Concat("made", " by ", r.URI), true }}}
	m.Handlers = []PhaseHandler{{Phase: Content, When: func(c any) bool { return c.(*sayConf).text.V != nil }, Run: func(r *Request) Result {
		return r.SendText(200, "text/plain", Conf[sayConf](r, m).text.V.Eval(r))
	}}}
	m.HeaderFilters = []HeaderFilter{{When: func(c any) bool { return c.(*sayConf).header.V != nil }, Run: func(r *Request) Result {
		r.Out.Add("X", Conf[sayConf](r, m).header.V.Eval(r))
		return OK
	}}}
	return m
}

// build reads a configuration, the inside of http{}; SOCK stands for the rig's
// socket and DIR for its folder.
func build(t testing.TB, conf string, handlers map[string]Handler) (*rig, error) {
	t.Helper()
	g := &rig{t: t, dir: t.TempDir()}
	conf = strings.NewReplacer("SOCK", "unix:"+g.dir+"/s", "DIR", g.dir).Replace(conf)
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
	e := New(rigModule(handlers))
	p := &cycle.Program{Parts: []cycle.Part{e.Part()}, NewMemory: zone.NewGeneration}
	c, err := p.Build(opts, nil, errlog.NewChain(start, errlog.Notice).Log(), nil)
	if err != nil {
		return g, err
	}
	g.cycle, g.http = c, e.of(c).builder
	t.Cleanup(func() {
		for _, l := range c.Listeners {
			for _, fd := range l.Descriptors() {
				event.CloseFD(fd)
			}
		}
	})
	return g, nil
}

// run serves a configuration until the test ends.
func run(t testing.TB, conf string, handlers map[string]Handler) *rig {
	t.Helper()
	g, err := build(t, conf, handlers)
	if err != nil {
		t.Fatalf("%v\n%s", err, g.log())
	}
	g.serve()
	return g
}

// serve starts what was built, until the test ends.
func (g *rig) serve() {
	t := g.t
	t.Helper()
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	w := cycle.NewWorker(g.cycle, loop, 0, g.cycle.Board.Row(0))
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	g.worker = g.http.engine.of(g.cycle).worker
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	t.Cleanup(func() { loop.Stop(); <-done })
}

// log is what the error log holds.
func (g *rig) log() string {
	b, _ := os.ReadFile(filepath.Join(g.dir, "error.log"))
	return string(b)
}

// logged waits until the error log has a line that matches.
func (g *rig) logged(pattern string) {
	g.t.Helper()
	re := regexp.MustCompile(pattern)
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if text := g.log(); re.MatchString(text) {
			return
		} else if time.Now().After(until) {
			g.t.Fatalf("no %q in the error log:\n%s", pattern, text)
		}
	}
}

func (g *rig) dial() net.Conn {
	g.t.Helper()
	c, err := net.Dial("unix", g.dir+"/s")
	if err != nil {
		g.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	g.t.Cleanup(func() { c.Close() })
	return c
}

var dates = regexp.MustCompile(`Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT`)

// ask sends bytes on a new connection and gives all that comes until the peer
// closes, with the date replaced by NOW.
func (g *rig) ask(parts ...string) string {
	g.t.Helper()
	c := g.dial()
	for i, p := range parts {
		if i > 0 {
			time.Sleep(5 * time.Millisecond) // so that they are read one by one
		}
		if _, err := io.WriteString(c, p); err != nil {
			break
		}
	}
	return g.rest(c)
}

func (g *rig) rest(c net.Conn) string {
	g.t.Helper()
	b, err := io.ReadAll(c)
	if err != nil && len(b) == 0 {
		g.t.Fatalf("%v\n%s", err, g.log())
	}
	return string(dates.ReplaceAll(b, []byte("Date: NOW")))
}

// expect reads exactly the answer want from a connection that stays open.
func (g *rig) expect(c net.Conn, want string) {
	g.t.Helper()
	const date = "Mon, 28 Sep 1970 06:00:00 GMT"
	b := make([]byte, len(strings.ReplaceAll(want, "NOW", date)))
	n, err := io.ReadFull(c, b)
	got := string(dates.ReplaceAll(b[:n], []byte("Date: NOW")))
	if err != nil || got != want {
		g.t.Fatalf("%v: got\n%q, not\n%q\n%s", err, got, want, g.log())
	}
}

// same reports the first place where two texts differ.
func same(t testing.TB, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	t.Errorf("differs at %d:\n%s\nwant\n%s", i, bytes.TrimSpace([]byte(got)), want)
}
