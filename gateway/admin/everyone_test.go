package admin

import (
	"bufio"
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// classified is testdata/roles: the least role for each method of each path.
func classified(t *testing.T) map[string]Role {
	t.Helper()
	f, err := os.Open("testdata/roles")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]Role{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		need := slices.Index(roleNames, words[0])
		if len(words) != 3 || need < 0 {
			t.Fatalf("testdata/roles: %q", lines.Text())
		}
		name := words[1] + " " + words[2]
		if _, twice := out[name]; twice {
			t.Errorf("testdata/roles has %s twice", name)
		}
		out[name] = Role(need)
	}
	return out
}

// Whatever the API has is classified, and the OpenAPI document says the same.
func TestClassified(t *testing.T) {
	w, need := newWorld(t), classified(t)
	told := w.document().Operations()
	for path, methods := range w.h.paths() {
		for _, method := range methods {
			name := method + " " + path
			role, there := need[name]
			if !there {
				t.Errorf("testdata/roles does not say who may %s; the table says: %s", name, w.h.roleFor(path, method))
			} else if told[name]["x-moongate-role"] != role.String() {
				t.Errorf("%s is told to be for %v, not %s", name, told[name]["x-moongate-role"], role)
			}
			delete(need, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(need)) {
		t.Errorf("testdata/roles has %s, and there is no such thing", name)
	}
}

// Everybody tries everything: as nobody and as each role, by a token and by a page's
// session. Who may not is told so before anything is looked at.
func TestEveryoneTriesEverything(t *testing.T) {
	w := newWorld(t)
	over, end := context.WithCancel(t.Context())
	end()
	w.ctx = over // streams end at once
	for name, need := range classified(t) {
		method, path, _ := strings.Cut(name, " ")
		path = strings.NewReplacer("{", "x", "}", "").Replace(path)
		for role := None; role <= Admin; role++ {
			var p *page
			if role > None {
				p = w.page(role)
			}
			judge := func(how string, code int) {
				switch {
				case need > None && role == None && code != 401, role > None && role < need && code != 403,
					role >= need && (code == 401 || code == 403 || code == 405 || code == 500):
					t.Errorf("%s as %s by %s: %d, though it is for %s", name, role, how, code, need)
				}
			}
			judge("token", w.send(role, method, path, "").Code)
			if p == nil {
				continue
			}
			if method != "GET" && name != "POST /session" {
				if code := w.send(None, method, path, "", "Cookie", p.cookie).Code; code != 403 {
					t.Errorf("%s as %s by the cookie alone: %d", name, role, code)
				}
			}
			judge("session", p.send(method, path, "").Code)
		}
	}
	for _, path := range []string{"/events", "/live", "/nothing", "/", "//", "/services/../services"} {
		if code := w.send(None, "GET", path, "").Code; code != 401 && code != 400 {
			t.Errorf("%s as nobody: %d", path, code)
		}
	}
}
