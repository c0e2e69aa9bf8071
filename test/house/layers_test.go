package house

import (
	"slices"
	"strings"
	"testing"
)

// layers, from the bottom up: a package imports its own layer's siblings where
// that is allowed, and what lies below.
var layers = []struct {
	name string
	dirs []string
}{
	{"edge", []string{"edge"}},
	{"core", []string{"core"}},
	{"engine", []string{"engine"}},
	{"features", []string{"module", "lua", "gateway", "keepalived", "web"}},
	{"assembly", []string{"assembly"}},
	{"cmd", []string{"cmd"}},
}

func layer(path string) int {
	for i, l := range layers {
		for _, d := range l.dirs {
			if below(path, d) {
				return i
			}
		}
	}
	return -1 // test, tools, examples: they may use all
}

// feature is the unit that must not know its like: module/http/gzip, lua, gateway...
func feature(path string) string {
	f := strings.Split(path, "/")
	if f[0] == "module" && len(f) >= 3 {
		return strings.Join(f[:3], "/")
	}
	return f[0]
}

func TestImportsGoDownward(t *testing.T) {
	for _, p := range packages(t) {
		from := layer(p.inner())
		if from < 0 {
			continue
		}
		for _, path := range p.Imports {
			if !below(path, module) {
				continue
			}
			inner := strings.TrimPrefix(path, module+"/")
			to := layer(inner)
			switch {
			case to < 0 || to > from:
				t.Errorf("%s imports %s, which lies above it", p.inner(), inner)
			case layers[from].name == "features" && to == from && feature(p.inner()) != feature(inner):
				t.Errorf("%s imports %s: a feature never imports another feature", p.inner(), inner)
			}
		}
	}
}

// Rules that are narrower than the layers.
func TestImportsOfOneKind(t *testing.T) {
	const sys = "golang.org/x/sys/unix"
	rules := []struct {
		why   string
		path  string   // an import
		who   []string // only these folders may have it
		below bool     // path stands for all that lies below it
	}{
		{"system calls live behind edge/sys", "syscall", []string{"edge/sys", "edge/native", "test"}, false},
		{"system calls live behind edge/sys", sys, []string{"edge/sys", "edge/native", "test"}, false},
		{"only lua speaks to LuaJIT", module + "/edge/native/luajit", []string{"lua", "edge/native", "cmd", "test", "tools"}, true},
		{"only engine/regex speaks to PCRE2", module + "/edge/native/pcre2", []string{"engine/regex", "edge/native", "test", "tools"}, true},
		{"net/http is not for the request path", "net/http", []string{"gateway/admin", "gateway/command", "gateway/store/etcd", "gateway/health/active", "keepalived/metrics", "test", "tools"}, false},
		{"the list of modules is for programs", module + "/assembly", []string{"assembly", "cmd", "test", "tools"}, true},
	}
	for _, p := range packages(t) {
		for _, r := range rules {
			if slices.ContainsFunc(r.who, func(d string) bool { return below(p.inner(), d) }) {
				continue
			}
			for _, path := range p.Imports {
				if path == r.path || r.below && below(path, r.path) {
					t.Errorf("%s imports %s: %s", p.inner(), path, r.why)
				}
			}
		}
		if len(p.CgoFiles) > 0 && !below(p.inner(), "edge/native") {
			t.Errorf("%s uses cgo: C stays in edge/native", p.inner())
		}
	}
}

// The packages at the bottom know nothing of us, so that they can be read,
// fuzzed and replaced alone.
func TestGroundIsFree(t *testing.T) {
	for _, p := range packages(t) {
		edge := below(p.inner(), "edge")
		if !edge && p.inner() != "core/config/syntax" {
			continue
		}
		for _, path := range p.Imports {
			if below(path, module) && !(edge && below(path, module+"/edge")) {
				t.Errorf("%s imports %s: it must know nothing of us", p.inner(), path)
			}
		}
	}
}

func TestEnginesAreStrangers(t *testing.T) {
	apart := [][2]string{{"engine/httpd", "engine/stream"}, {"engine/stream", "engine/httpd"}, {"keepalived", "engine/httpd"}}
	for _, p := range packages(t) {
		for _, pair := range apart {
			for _, path := range p.Imports {
				if below(p.inner(), pair[0]) && below(path, module+"/"+pair[1]) {
					t.Errorf("%s imports %s", p.inner(), path)
				}
			}
		}
	}
}
