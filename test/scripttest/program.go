package scripttest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// program is what is under test.
type program struct {
	path   string
	oracle bool   // somebody else's nginx
	race   bool   // built with -race
	global string // directives that -g must add
}

var built struct {
	sync.Once
	*program
	skip string
	err  error
}

// binaryUnderTest finds it, once per test process: ORACLE, then MOONGATE_BIN,
// then a build of cmd/moongate.
func binaryUnderTest(t *testing.T) *program {
	built.Do(func() {
		switch {
		case os.Getenv("ORACLE") != "":
			built.program, built.skip = findOracle(os.Getenv("ORACLE"))
		case os.Getenv("MOONGATE_BIN") != "":
			built.program = &program{path: os.Getenv("MOONGATE_BIN"), race: os.Getenv("RACE") != ""}
		default:
			built.program, built.err = build()
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	if built.skip != "" {
		t.Skip(built.skip)
	}
	return built.program
}

func findOracle(name string) (*program, string) {
	path, err := exec.LookPath(name)
	if err != nil {
		if path, err = exec.LookPath("/usr/sbin/" + name); err != nil {
			return nil, fmt.Sprintf("oracle %q is not installed", name)
		}
	}
	b := &program{path: path, oracle: true}
	// Debian builds the Lua module as a shared object with its helper beside it.
	const modules = "/usr/lib/nginx/modules/"
	for _, m := range []string{"ndk_http_module.so", "ngx_http_lua_module.so"} {
		if _, err := os.Stat(modules + m); err == nil {
			b.global += "load_module " + modules + m + "; "
		}
	}
	return b, ""
}

// build makes cmd/moongate once and calls it nginx, as scripts and users do.
func build() (*program, error) {
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("go list -m: %w", err)
	}
	dir, err := os.MkdirTemp("", "moongate-script")
	if err != nil {
		return nil, err
	}
	// Workers run as nobody and start themselves again from this path.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	b := &program{path: filepath.Join(dir, "nginx"), race: os.Getenv("RACE") != ""}
	args := []string{"build", "-tags", "netgo,osusergo", "-trimpath"}
	if b.race {
		args = append(args, "-race")
	}
	cmd := exec.Command("go", append(args, "-o", filepath.Join(dir, "moongate"), "./cmd/moongate")...)
	cmd.Dir = strings.TrimSpace(string(root))
	if out, err := cmd.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("building cmd/moongate: %v\n%s", err, out)
	}
	return b, os.Symlink("moongate", b.path)
}

// Clean removes what binaryUnderTest built; a test package's TestMain calls it.
func Clean() {
	if b := built.program; b != nil && os.Getenv("MOONGATE_BIN") == "" && !b.oracle {
		os.RemoveAll(filepath.Dir(b.path))
	}
}

var (
	workersLine = regexp.MustCompile(`(?m)^\s*worker_processes\s`)
	packagePath = regexp.MustCompile(`(lua_package_path\s+["'])([^"']*)(["'])`)
)

// adapt edits a configuration for the binary at hand: a Lua module of a
// distribution needs its own resty.core, so an oracle keeps the default path
// behind the script's.
func (b *program) adapt(conf string) string {
	if b.oracle {
		conf = packagePath.ReplaceAllStringFunc(conf, func(s string) string {
			m := packagePath.FindStringSubmatch(s)
			if !strings.Contains(m[2], ";;") {
				m[2] = strings.TrimSuffix(m[2], ";") + ";;"
			}
			return m[1] + m[2] + m[3]
		})
	}
	return conf
}

// globals is the argument of -g for this configuration: what the script did not
// say itself and this binary would otherwise take from outside the prefix.
func (b *program) globals(conf string) string {
	g := b.global
	if b.oracle && !regexp.MustCompile(`(?m)^\s*pid\s`).MatchString(conf) {
		g += "pid logs/nginx.pid; "
	}
	// WORKERS=n runs with n workers each script that does not itself say how many.
	if n := os.Getenv("WORKERS"); n != "" && !workersLine.MatchString(conf) {
		g += "worker_processes " + n + "; "
	}
	return strings.TrimSpace(g)
}

// theirRedis is the redis client for Lua as Debian packages it.
const theirRedis = "/usr/share/lua/5.1/nginx/redis.lua"

// hasRedis tells whether the binary finds a redis client for Lua: Moongate brings its own.
func (b *program) hasRedis() bool {
	_, err := os.Stat(theirRedis)
	return !b.oracle || err == nil
}

// lend puts into the prefix what comes with Moongate and not with an oracle:
// the redis client, which Debian packages under another name.
func (b *program) lend(dir string) error {
	if !b.oracle || !b.hasRedis() {
		return nil
	}
	for _, lib := range []string{"lua", "lualib"} {
		lib = filepath.Join(dir, lib, "resty")
		if err := os.MkdirAll(lib, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(lib, "redis.lua"), []byte("return require \"nginx.redis\"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Program is the program under test by another of its names, and whether it is
// somebody else's.
func Program(t *testing.T, name string) (path string, oracle bool) {
	b := binaryUnderTest(t)
	if b.oracle {
		return b.path, true
	}
	path = filepath.Join(filepath.Dir(b.path), name)
	if _, err := os.Lstat(path); os.IsNotExist(err) {
		if err := os.Symlink(filepath.Base(b.path), path); err != nil {
			t.Fatal(err)
		}
	}
	return path, false
}
