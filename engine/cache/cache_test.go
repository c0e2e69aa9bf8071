package cache

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
	"moongate/engine/zone"
)

// world builds one generation of configuration after the other.
type world struct {
	t       *testing.T
	dir     string
	program *cycle.Program
	log     errlog.Log
	now     *cycle.Cycle
}

func newWorld(t *testing.T) *world {
	type conf struct{}
	row := func(name string, set func(c *directive.Call, _ *conf) error) config.Row {
		return config.Row{Owner: new(int), Module: "test", Directive: directive.Directive{Name: name, In: directive.Main, Args: directive.OneMore, Set: directive.Func(set)}}
	}
	w := &world{t: t, dir: t.TempDir()}
	w.program = &cycle.Program{NewMemory: zone.NewGeneration, Parts: []cycle.Part{{Name: "test", Rows: []config.Row{
		row("proxy_cache_path", func(c *directive.Call, _ *conf) error {
			_, err := Declare(cycle.BuilderOf(c), c)
			return err
		}),
		row("proxy_cache", func(c *directive.Call, _ *conf) error {
			_, err := Refer(cycle.BuilderOf(c), c.Args[0])
			return err
		}),
	}}}}
	w.log = logTo(t, w.dir+"/start.log")
	return w
}

// build is false when the configuration is refused; said is what the logs say then.
func (w *world) build(conf string) (ok bool, said string) {
	w.t.Helper()
	conf = "pid nginx.pid; lock_file lock; error_log error.log notice; events { }\n" + strings.ReplaceAll(conf, "DIR", w.dir)
	if err := os.WriteFile(w.dir+"/nginx.conf", []byte(conf), 0o600); err != nil {
		w.t.Fatal(err)
	}
	os.Remove(w.dir + "/start.log")
	os.Remove(w.dir + "/error.log")
	start := file.NewAppend(w.dir + "/start.log")
	if err := start.Open(); err != nil {
		w.t.Fatal(err)
	}
	defer start.Close()
	opts := cycle.Options{Prefix: w.dir, ConfFile: "nginx.conf", ErrorLog: "error.log"}
	opts.Complete()
	c, err := w.program.Build(opts, w.now, errlog.NewChain(start, errlog.Notice).Log(), nil)
	if err == nil {
		w.now = c
	}
	for _, name := range []string{"start.log", "error.log"} {
		text, _ := os.ReadFile(filepath.Join(w.dir, name))
		said += string(text)
	}
	return err == nil, said
}

func (w *world) cache(name string) *Cache {
	w.t.Helper()
	c := Find(zone.Of(w.now), name)
	if c == nil {
		w.t.Fatalf("no cache %s", name)
	}
	if err := c.Open(); err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestDeclare(t *testing.T) {
	w := newWorld(t)
	if ok, said := w.build("proxy_cache two; proxy_cache_path DIR/one levels=1:2 keys_zone=one:1m; proxy_cache_path two/ keys_zone=two:1m;"); !ok {
		t.Fatal(said)
	}
	if n := len(w.now.Processes); n != 1 || w.now.Processes[0].Title != "cache manager process" {
		t.Errorf("%d processes beside the workers", n)
	}
	if c := w.cache("two"); c.Folder != w.dir+"/two" {
		t.Errorf("%s", c.Folder)
	}
	if _, err := os.Stat(w.dir + "/two"); err != nil {
		t.Error(err)
	}
	one := w.cache("one")
	if one.bells != w.cache("two").bells {
		t.Error("two caches of a process have bells of their own")
	}
	e := newEntry(one, &w.log, "/a")
	e.Open()
	if err := store(e, 10, "x"); err != nil {
		t.Fatal(err)
	}
	// A reload goes on with the index.
	if ok, said := w.build("proxy_cache_path DIR/one levels=1:2 keys_zone=one:1m inactive=1s;"); !ok {
		t.Fatal(said)
	}
	if n := w.cache("one").index.t.Len(); n != 1 {
		t.Errorf("%d keys after a reload", n)
	}
}

// The texts are nginx's.
func TestDeclareFaults(t *testing.T) {
	w := newWorld(t)
	if ok, said := w.build("proxy_cache_path DIR/one levels=1:2 keys_zone=one:1m;"); !ok {
		t.Fatal(said)
	}
	for _, c := range [][2]string{
		{"proxy_cache_path DIR/one levels=2 keys_zone=one:1m;", `cache "one" had previously different levels`},
		{"proxy_cache_path DIR/other levels=1:2 keys_zone=one:1m;", `cache "one" uses the "DIR/other" cache path while previously it used the "DIR/one" cache path`},
		{"proxy_cache_path DIR/a keys_zone=a:1m; proxy_cache_path DIR/b keys_zone=a:1m;", `duplicate zone "a" in DIR/nginx.conf:2`},
		{"proxy_cache_path DIR/a keys_zone=a:1m; proxy_cache_path DIR/b keys_zone=a:2m;", `the size 2097152 of shared memory zone "a" conflicts with already declared size 1048576 in DIR/nginx.conf:2`},
		{"proxy_cache_path DIR/a keys_zone=a:1m;\nproxy_cache_path DIR/a/ keys_zone=b:1m;", `the same path name "DIR/a" used in DIR/nginx.conf:2 and in DIR/nginx.conf:3`},
		{"proxy_cache_path DIR/a keys_zone=a;", `invalid keys zone size "keys_zone=a" in DIR/nginx.conf:2`},
		{"proxy_cache nowhere;", `zero size shared memory zone "nowhere"`},
	} {
		ok, said := w.build(c[0])
		if want := strings.ReplaceAll(c[1], "DIR", w.dir); ok || !strings.Contains(said, "[emerg] ") || !strings.Contains(said, ": "+want+"\n") {
			t.Errorf("%s\nis accepted: %v\nlog:  %swant: %s", c[0], ok, said, want)
		}
	}
}
