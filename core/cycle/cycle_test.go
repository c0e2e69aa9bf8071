package cycle

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
	"moongate/edge/sys/socket"
)

func TestMain(m *testing.M) {
	errlog.Echo(false)
	os.Exit(m.Run())
}

// fixture is a folder with a configuration and a log to read faults from.
type fixture struct {
	t    *testing.T
	dir  string
	opts Options
	log  errlog.Log
}

func newFixture(t *testing.T, conf string) *fixture {
	f := &fixture{t: t, dir: t.TempDir()}
	f.write(conf)
	f.opts = Options{Prefix: f.dir, ConfFile: "nginx.conf", ErrorLog: "error.log"}
	f.opts.Complete()
	start := file.NewAppend(filepath.Join(f.dir, "start.log"))
	if err := start.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { start.Close() })
	f.log = errlog.NewChain(start, errlog.Notice).Log()
	return f
}

func (f *fixture) write(conf string) {
	text := "pid nginx.pid; lock_file lock; error_log error.log notice;\n" + conf
	if err := os.WriteFile(filepath.Join(f.dir, "nginx.conf"), []byte(text), 0o644); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) said() string {
	b, _ := os.ReadFile(filepath.Join(f.dir, "start.log"))
	return string(b)
}

// listening is a part whose directive asks for a socket.
func listeningPart() Part {
	own := new(int)
	type conf struct{}
	return Part{Name: "listening", Rows: []config.Row{{Owner: own, Module: "test", Directive: directive.Directive{
		Name: "test_listen", In: directive.Main, Args: directive.OneMore,
		Set: directive.Func(func(c *directive.Call, _ *conf) error {
			addrs, err := socket.ParseListen(c.Args[0], 80)
			if err != nil {
				return err
			}
			opts := socket.DefaultOptions()
			opts.ReusePort = len(c.Args) > 1
			_, err = BuilderOf(c).Listen(addrs[0], opts)
			return err
		}),
	}}}}
}

func descriptors() (names []string) {
	entries, _ := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && !strings.HasPrefix(to, "/proc/") {
			names = append(names, e.Name()+" "+to)
		}
	}
	return names
}

func TestRefusedGenerationLeavesNothing(t *testing.T) {
	f := newFixture(t, "events { }\ntest_listen unix:"+t.TempDir()+"/s; error_log more.log;")
	failing := Part{Name: "failing", Prepare: func(*Builder) error { return fmt.Errorf("no") }}
	rolled := 0
	failing.Rollback = func(*Builder) { rolled++ }
	p := &Program{Parts: []Part{listeningPart(), failing}}
	before := descriptors()
	if c, err := p.Build(f.opts, nil, f.log, nil); err != ErrRefused || c != nil {
		t.Fatal(c, err)
	}
	after := descriptors()
	if len(after) > len(before) || rolled != 1 {
		t.Errorf("rolled back %d times\n%v\n%v", rolled, before, after)
	}
	b, _ := os.ReadFile(filepath.Join(f.dir, "error.log"))
	if !strings.Contains(string(b), "[emerg]") || !strings.Contains(string(b), "no\n") {
		t.Errorf("%s", b)
	}
}

func TestReloadClaimsSockets(t *testing.T) {
	f := newFixture(t, "events { }\nworker_processes 2; test_listen 127.0.0.1:19311; test_listen 127.0.0.1:19312 reuseport;")
	p := &Program{Parts: []Part{listeningPart()}}
	first, err := p.Build(f.opts, nil, f.log, nil)
	if err != nil {
		t.Skipf("fixed ports are taken: %s", f.said())
	}
	a, b := first.Listeners[0].Descriptors(), first.Listeners[1].Descriptors()
	if len(a) != 1 || len(b) != 2 {
		t.Fatal(a, b)
	}
	if fd, mine := first.Listeners[1].ForWorker(1); fd != b[1] || !mine {
		t.Error(fd, mine)
	}
	if _, mine := first.Listeners[1].ForWorker(2); mine {
		t.Error("a third worker has a socket of two")
	}
	f.write("events { } bogus;")
	if _, err := p.Build(f.opts, first, first.Log, nil); err == nil {
		t.Fatal("built")
	}
	f.write("events { }\nworker_processes 2; test_listen 127.0.0.1:19312 reuseport;")
	second, err := p.Build(f.opts, first, first.Log, nil)
	if err != nil {
		t.Fatal(f.said())
	}
	first.Release(second)
	if got := second.Listeners[0].Descriptors(); !reflect.DeepEqual(got, b) {
		t.Errorf("claimed %v, had %v", got, b)
	}
	if file.Valid(a[0]) && first.Listeners[0].Descriptors() != nil {
		t.Error("the socket that nobody wants is open")
	}
	if second.Generation != 2 || second.Board != first.Board {
		t.Error("generation", second.Generation)
	}
	second.CloseListeners(true)
}

func TestMessagesOfDirectives(t *testing.T) {
	for _, c := range []struct{ conf, want string }{
		{"", `no "events" section in configuration`},
		{"events { } events { }", `"events" directive is duplicate in DIR/nginx.conf:2`},
		{"events { use kqueue; }", `invalid event type "kqueue" in DIR/nginx.conf:2`},
		{"events { worker_connections x; }", `invalid number "x" in DIR/nginx.conf:2`},
		{"events { } worker_processes x;", `"worker_processes" directive invalid value in DIR/nginx.conf:2`},
		{"events { } worker_priority -+3;", `"worker_priority" directive invalid number in DIR/nginx.conf:2`},
		{"events { } worker_cpu_affinity 012;", `invalid character "2" in "worker_cpu_affinity" in DIR/nginx.conf:2`},
		{"events { } worker_cpu_affinity auto 1 1;", `invalid number of arguments in "worker_cpu_affinity" directive in DIR/nginx.conf:2`},
		{"events { } thread_pool a max_queue=3;", `"thread_pool" must have "threads" parameter in DIR/nginx.conf:2`},
		{"events { } thread_pool a threads=1; thread_pool a threads=1;", `duplicate thread pool "a" in DIR/nginx.conf:2`},
		{"events { } load_module x.so;", `"load_module" directive is specified too late in DIR/nginx.conf:2`},
		{"load_module x.so; events { }", `dlopen() "DIR/x.so" failed (DIR/x.so: cannot open shared object file: No such file or directory) in DIR/nginx.conf:2`},
		{"events { } error_log x bogus;", `invalid log level "bogus" in DIR/nginx.conf:2`},
		{"events { debug_connection 300.0.0.1; }", `host not found in debug_connection "300.0.0.1" in DIR/nginx.conf:2`},
	} {
		f := newFixture(t, c.conf)
		if _, err := new(Program).Build(f.opts, nil, f.log, nil); err == nil {
			t.Errorf("%s: built", c.conf)
		}
		if want := strings.ReplaceAll(c.want, "DIR", f.dir) + "\n"; !strings.Contains(f.said(), ": "+want) {
			t.Errorf("%s: %s", c.conf, f.said())
		}
	}
}

func TestAffinity(t *testing.T) {
	parse := func(words ...string) Affinity {
		a, err := parseAffinity(&directive.Call{Args: words})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	cpus := func(a Affinity, worker int) (list []int) {
		set := a.Of(worker)
		if set == nil {
			return nil
		}
		for cpu := range 16 {
			if set.Has(cpu) {
				list = append(list, cpu)
			}
		}
		return list
	}
	for _, c := range []struct {
		a      Affinity
		worker int
		want   []int
	}{
		{parse("01", "10"), 0, []int{0}},
		{parse("01", "10"), 1, []int{1}},
		{parse("01", "10"), 7, []int{1}},
		{parse("0101 0000"), 0, []int{4, 6}},
		{parse("auto", "1010"), 0, []int{1}},
		{parse("auto", "1010"), 1, []int{3}},
		{parse("auto", "1010"), 2, []int{1}},
		{parse("auto", "0"), 0, nil},
		{Affinity{}, 0, nil},
	} {
		if got := cpus(c.a, c.worker); !reflect.DeepEqual(got, c.want) {
			t.Errorf("worker %d: %v, want %v", c.worker, got, c.want)
		}
	}
}

func TestDebugConnections(t *testing.T) {
	f := newFixture(t, "events { debug_connection 10.1.0.0/16; debug_connection 192.168.0.1; debug_connection ::1; debug_connection unix:; }")
	f.opts.Purpose = Signal
	c, err := new(Program).Build(f.opts, nil, f.log, nil)
	if err != nil {
		t.Fatal(f.said())
	}
	for text, want := range map[string]bool{"10.1.2.3": true, "10.2.0.1": false, "192.168.0.1": true, "::ffff:192.168.0.1": true, "::1": true, "::2": false} {
		if got := c.Events.DebugConnections.Match(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if !c.Events.DebugConnections.Match(netip.Addr{}) {
		t.Error("unix")
	}
}

func TestEnvironment(t *testing.T) {
	environ = []string{"TZ=Moon", "A=1", "AB=2", "HOME=/root"}
	defer func() { environ = os.Environ() }()
	for _, c := range []struct{ env, want []string }{
		{nil, []string{"TZ=Moon"}},
		{[]string{"A", "NONE", "B=x"}, []string{"A=1", "B=x", "TZ=Moon"}},
		{[]string{"TZ=UTC"}, []string{"TZ=UTC"}},
	} {
		cycle := &Cycle{Core: &Core{Env: c.env}}
		if got := cycle.Environment(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: %v", c.env, got)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct{ prefix, conf, full, confPrefix string }{
		{"/p", "conf/nginx.conf", "/p/conf/nginx.conf", "/p/conf/"},
		{"/p/", "/etc/n.conf", "/etc/n.conf", "/etc/"},
		{"rel", "n.conf", "rel/n.conf", "rel/"},
	} {
		o := Options{Prefix: c.prefix, ConfFile: c.conf}
		o.Complete()
		if o.ConfFile != c.full || o.ConfPrefix != c.confPrefix {
			t.Errorf("%+v", o)
		}
	}
}

func TestDefaultPrefix(t *testing.T) {
	dir := t.TempDir()
	os.MkdirAll(dir+"/app/bin", 0o755)
	os.MkdirAll(dir+"/app/conf", 0o755)
	os.WriteFile(dir+"/app/bin/moongate", nil, 0o755)
	os.Symlink(dir+"/app/bin/moongate", dir+"/nginx")
	if got := DefaultPrefix(dir + "/nginx"); got != InstalledPrefix {
		t.Error(got)
	}
	os.WriteFile(dir+"/app/conf/nginx.conf", nil, 0o644)
	real, _ := filepath.EvalSymlinks(dir)
	if got := DefaultPrefix(dir + "/nginx"); got != real+"/app/" {
		t.Error(got)
	}
}

func TestBoard(t *testing.T) {
	b, err := NewBoard()
	if err != nil {
		t.Fatal(err)
	}
	other, err := mapBoard(b.fd)
	if err != nil {
		t.Fatal(err)
	}
	if b.NextConnection() != 1 || other.NextConnection() != 2 {
		t.Error("connection numbers")
	}
	r := other.Row(Rows - 1)
	r.Pid.Store(42)
	r.Worker.Store(3)
	r.Generation.Store(7)
	if got := b.Workers(7); !reflect.DeepEqual(got, map[int]int{3: 42}) {
		t.Error(got)
	}
}
