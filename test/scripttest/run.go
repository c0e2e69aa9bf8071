package scripttest

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.etcd.io/etcd/server/v3/embed"
	"moongate/test/idp"
)

// Run runs every script below dir as a parallel subtest named by its path.
func Run(t *testing.T, dir string) {
	bin := binaryUnderTest(t)
	var scripts []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".txtar") {
			scripts = append(scripts, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, file := range scripts {
		name, _ := filepath.Rel(dir, strings.TrimSuffix(file, ".txtar"))
		t.Run(name, func(t *testing.T) {
			ran++ // before the first pause for others
			runOne(t, file, bin)
		})
	}
	if ran == 0 {
		t.Fatalf("none of the %d scripts has a name that fits -run %s", len(scripts), flag.Lookup("test.run").Value)
	}
}

func runOne(t *testing.T, file string, bin *program) {
	w := &world{t: t, bin: bin}
	testscript.RunT(sub{t}, testscript.Params{
		Files:              []string{file},
		RequireUniqueNames: true,
		Setup:              func(e *testscript.Env) error { return w.setup(e, file) },
		Condition:          w.condition,
		Cmds:               w.verbs(),
	})
}

// sub lets the subtest we already named stand for the one testscript would
// make, so that a script is -run TestScripts/proxy/redirect and not .../redirect/redirect.
type sub struct{ *testing.T }

func (s sub) Run(_ string, f func(testscript.T)) { f(s) }
func (s sub) Verbose() bool                      { return testing.Verbose() }

// world is all that one script has started.
type world struct {
	t       *testing.T
	bin     *program
	dir     string // $WORK, the prefix
	ts      *testscript.TestScript
	origins map[string]*origin
	conns   map[string]*conn
	resp    *response      // what status, header and body look at
	tally   map[string]int // bodies of the last get -n
	allowed []*allowance
	load    *load
	redis   *redis
	etcd    *embed.Etcd
	idps    map[string]*idp.Provider
	started bool
}

var portRef = regexp.MustCompile(`\$\{port:([a-z0-9_]+)\}`)

// setup turns $WORK into a prefix: conf, logs, html; ports filled in; readable
// by the unprivileged user that workers become.
func (w *world) setup(e *testscript.Env, file string) error {
	w.dir = e.WorkDir
	w.origins, w.conns = map[string]*origin{}, map[string]*conn{}
	if err := os.Chmod(filepath.Dir(w.dir), 0o755); err != nil {
		return err
	}
	for _, d := range []string{"conf", "logs", "html"} {
		if err := os.MkdirAll(filepath.Join(w.dir, d), 0o755); err != nil {
			return err
		}
	}
	// A log named by a variable is opened by the worker.
	if err := os.Chmod(filepath.Join(w.dir, "logs"), 0o777); err != nil {
		return err
	}
	if err := moveTop(w.dir, "nginx.conf"); err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	ports := map[string]string{}
	for _, m := range portRef.FindAllStringSubmatch(string(text), -1) {
		if _, ok := ports[m[1]]; !ok {
			ports[m[1]] = fmt.Sprint(freePort())
		}
	}
	// "port" verbs and flags name ports without the braces; main is always there.
	for _, name := range []string{"main"} {
		if _, ok := ports[name]; !ok {
			ports[name] = fmt.Sprint(freePort())
		}
	}
	for name, p := range ports {
		e.Setenv("port:"+name, p)
	}
	e.Setenv("moongate", w.bin.path) // for its commands
	if os.Getenv("GORACE") == "" && w.bin.race {
		e.Setenv("GORACE", "atexit_sleep_ms=0")
	}
	e.Defer(w.end)
	if err := w.bin.lend(w.dir); err != nil {
		return err
	}
	return w.fillIn(ports)
}

func moveTop(dir, name string) error {
	from, to := filepath.Join(dir, name), filepath.Join(dir, "conf", name)
	if _, err := os.Stat(from); err != nil {
		return nil
	}
	return os.Rename(from, to)
}

// fillIn writes ports and $WORK into every file of the script, and makes the
// configuration acceptable to the binary at hand.
func (w *world) fillIn(ports map[string]string) error {
	return filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		s := portRef.ReplaceAllStringFunc(string(b), func(ref string) string {
			return ports[portRef.FindStringSubmatch(ref)[1]]
		})
		s = strings.ReplaceAll(s, "${WORK}", w.dir)
		if strings.HasSuffix(path, ".conf") {
			s = w.bin.adapt(s)
		}
		return os.WriteFile(path, []byte(s), 0o644)
	})
}

func (w *world) condition(cond string) (bool, error) {
	switch cond {
	case "oracle":
		return w.bin.oracle, nil
	case "race":
		return w.bin.race, nil
	case "resty.redis":
		return w.bin.hasRedis(), nil
	case "root":
		return os.Getuid() == 0, nil
	case "workers":
		return os.Getenv("WORKERS") != "", nil
	}
	return false, fmt.Errorf("unknown condition %q", cond)
}

// verb is one command of a script.
type verb = func(ts *testscript.TestScript, neg bool, args []string)

func (w *world) verbs() map[string]verb {
	all := map[string]func(*testscript.TestScript, bool, []string){
		"moongate": w.moongate, "signal": w.signal, "workers": w.workers, "ps": w.ps,
		"get": w.get, "send": w.send, "recv": w.recv, "raw": w.raw, "closed": w.closed, "hangup": w.hangup,
		"status": w.status, "header": w.header, "headermatch": w.headerMatch, "body": w.body,
		"bodymatch": w.bodyMatch, "tally": w.tallied,
		"errorlog": w.errorLog, "noerrorlog": w.noErrorLog, "accesslog": w.accessLog, "allow": w.allow,
		"origin": w.origin, "seen": w.seen, "count": w.count,
		"ws": w.ws, "redis": w.redisServer, "example": w.example, "redis-cli": w.redisCli, "etcd": w.etcdServer, "idp": w.provider,
		"tlscert": w.tlsCert, "load": w.loadVerb, "file": w.fileVerb, "await": w.await,
	}
	out := make(map[string]verb, len(all))
	for name, v := range all {
		out[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			w.ts = ts
			v(ts, neg, args)
		}
	}
	return out
}

// need ends the script when a verb was not given the arguments it must have.
func need(ts *testscript.TestScript, args []string, atLeast int, usage string) {
	if len(args) < atLeast {
		ts.Fatalf("usage: %s", usage)
	}
}
