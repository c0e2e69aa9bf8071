package command

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/gateway"
	"moongate/gateway/admin"
	"moongate/gateway/declarative"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/store"
	"moongate/gateway/store/bolt"
)

type plugins struct{ entity.Plugins }

func (plugins) Order(string) int { return 1 }

// world is an Admin API, and how it is called.
type world struct {
	t      *testing.T
	desk   *desired.Desired
	server *httptest.Server
	token  string
	before func() // runs before each POST that counts
}

func newWorld(t *testing.T, st store.Store) *world {
	t.Helper()
	w := &world{t: t, desk: desired.Open(st, builtIn(), desired.Options{})}
	t.Cleanup(func() { w.desk.Close() })
	tokens, first, err := admin.OpenTokens(filepath.Join(t.TempDir(), "token"))
	if err != nil {
		t.Fatal(err)
	}
	w.token = first
	h, err := admin.New(admin.Options{Desired: w.desk, Tokens: tokens, Plugins: plugins{gateway.Registry()}})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.before != nil && r.Method == "POST" && r.URL.Query().Get("dry_run") == "" {
			w.before()
		}
		h.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.server.Close)
	return w
}

func builtIn() *entity.Model { return entity.NewModel(gateway.Outside(gateway.Registry())) }

// run calls a command; the token is in the environment.
func (w *world) run(in string, args ...string) (code int, out, errs string) {
	w.t.Helper()
	return run(w.t, w.token, in, append(args, "-addr", w.server.URL)...)
}

func run(t *testing.T, token, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = Run(t.Context(), args, Streams{In: strings.NewReader(in), Out: &o, Err: &e, Env: func(name string) string {
		if name == "MOONGATE_TOKEN" {
			return token
		}
		return ""
	}})
	if token != "" && strings.Contains(o.String()+e.String(), token) {
		t.Errorf("%v shows the token", args)
	}
	return code, o.String(), e.String()
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("there is no %q in\n%s", p, text)
		}
	}
}

const shop = `_format_version: "3.0"
services:
- name: shop
  host: h
  routes:
  - name: shop
    paths: [/shop]
consumers:
- username: u
  keyauth_credentials:
  - key: very-secret
`

// A file becomes the configuration, comes out the same, and is then no difference.
func TestSyncAndBack(t *testing.T) {
	w := newWorld(t, desired.NewMemory())
	code, out, errs := w.run(shop, "diff", "-")
	if code != different {
		t.Fatal(code, errs)
	}
	has(t, out, "+ services shop (", `host: "h"`, "created 4, updated 0, deleted 0")
	if strings.Contains(out, "very-secret") || strings.Contains(out, "\x1b") {
		t.Errorf("it shows what it must not:\n%s", out)
	}
	if code, _, errs = w.run(shop, "sync", "-", "--dry-run"); code != fine || w.desk.State().Len("services") != 0 {
		t.Fatal(code, errs)
	}
	if code, _, errs = w.run(shop, "sync", "-"); code != fine || w.desk.State().Len("services") != 1 {
		t.Fatal(code, errs)
	}
	name := filepath.Join(t.TempDir(), "out.yaml")
	// What is there is for all to read, and longer.
	if err := os.WriteFile(name, bytes.Repeat([]byte("x"), 4096), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs = w.run("", "dump", "-o", name); code != fine {
		t.Fatal(errs)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if code, out, errs = w.run("", "diff", name); code != fine {
		t.Fatal(code, out, errs)
	}
	changed := strings.NewReplacer("host: h", "host: other", "very-secret", "as-secret").Replace(shop)
	code, out, _ = w.run(changed, "diff", "-")
	if code != different {
		t.Fatal(code)
	}
	has(t, out, "~ services shop", `-     host: "h"`, `+     host: "other"`)
	if strings.Contains(out, "secret") {
		t.Errorf("a secret:\n%s", out)
	}
}

// A change between the look and the write is not overwritten.
func TestSyncLoses(t *testing.T) {
	w := newWorld(t, desired.NewMemory())
	w.before = func() {
		_, err := w.desk.Apply(t.Context(), desired.Write{Who: "x", Ops: []entity.Op{{Verb: entity.Create, Kind: "services", Doc: map[string]any{"name": "quick", "host": "h"}}}})
		if err != nil {
			t.Error(err)
		}
	}
	code, _, errs := w.run(shop, "sync", "-")
	if code != failed || w.desk.State().Find("services", "quick") == nil || w.desk.State().Find("services", "shop") != nil {
		t.Error(code)
	}
	has(t, errs, "somebody has changed the configuration meanwhile")
}

// What was dumped with tags replaces only what has them.
func TestTags(t *testing.T) {
	w := newWorld(t, desired.NewMemory())
	two := "_format_version: '3.0'\nservices: [{name: a, host: h, tags: [x]}, {name: b, host: h}]\n"
	if code, _, errs := w.run(two, "sync", "-"); code != fine {
		t.Fatal(errs)
	}
	_, out, _ := w.run("", "dump", "--select-tag", "x")
	has(t, out, "select_tags", "name: a")
	if code, diff, errs := w.run(out, "diff", "-"); code != fine || strings.Contains(out, "name: b") {
		t.Error(code, diff, errs)
	}
}

func TestFaults(t *testing.T) {
	w := newWorld(t, desired.NewMemory())
	bad := "_format_version: '3.0'\nservices:\n- name: a\n  host: h\n  port: 70000\nroutes:\n- paths: [/]\n  protocol: [http]\n"
	for _, args := range [][]string{{"validate", "-"}, {"diff", "-"}, {"sync", "-"}} {
		code, _, errs := run(t, w.token, bad, args...)
		if args[0] != "validate" {
			code, _, errs = w.run(bad, args...)
		}
		if code != failed {
			t.Error(args, code)
		}
		has(t, errs, "standard input:5: /services/0/port: ", "standard input:8: /routes/0/protocol: unknown field", "\tdid you mean")
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "usage:"},
		{[]string{"dmup"}, `there is no command "dmup"`},
		{[]string{"diff"}, "it takes: FILE"},
		{[]string{"validate", "/nowhere/x"}, "no such file"},
		{[]string{"dump", "-addr", "ftp://x"}, "write host:port"},
		{[]string{"dump", "-addr", "127.0.0.1:1"}, "can't be reached"},
		{[]string{"dump", "-store", "bolt:/nowhere/x"}, "no such file"},
		{[]string{"dump", "-store", "redis:x"}, "-store is"},
		{[]string{"dump", "-addr", w.server.URL}, "wants a token"},
		{[]string{"dump", "-token", "a", "-token-file", "b"}, "give one"},
		{[]string{"validate", "-"}, "not YAML"},
	} {
		code, _, errs := run(t, "", "a: {", c.args...)
		if code != failed {
			t.Errorf("%v: %d", c.args, code)
		}
		has(t, errs, c.want)
	}
}

func TestDumpStore(t *testing.T) {
	name := filepath.Join(t.TempDir(), "gateway.db")
	st, err := bolt.Open(name, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Write(context.Background(), entity.Revision{Changes: changes(t, shop)}, 0); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, "", "", "dump", "-store", "bolt:"+name); code != failed {
		t.Error(code)
	} else {
		has(t, errs, "another process has it open", "-addr")
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "", "", "dump", "-store", "bolt:"+name)
	if code != fine {
		t.Fatal(errs)
	}
	has(t, out, "name: shop", "key: very-secret")
}

// Where nothing runs a file is put into a store by itself, which may be new.
func TestSyncStore(t *testing.T) {
	to := "bolt:" + filepath.Join(t.TempDir(), "data", "gateway.db")
	if code, _, errs := run(t, "", shop, "sync", "-", "-store", to, "-dry-run"); code != failed {
		t.Error("a dry run makes a store")
	} else {
		has(t, errs, "no such file")
	}
	code, out, errs := run(t, "", shop, "sync", "-", "-store", to)
	if code != fine {
		t.Fatal(errs)
	}
	has(t, out, "created 4, updated 0, deleted 0")
	if code, out, errs = run(t, "", shop, "diff", "-", "-store", to); code != fine {
		t.Error(out, errs)
	}
	if code, _, errs = run(t, "", "_format_version: '3.0'\nservices: [{}]", "sync", "-", "-store", to); code != failed {
		t.Error(code)
	}
	has(t, errs, "standard input:2: /services/0/host: required field missing")
}

// What is imported comes out as a file, what is not on standard error.
func TestImport(t *testing.T) {
	conf := "http { server { server_name a; gzip on; location /x { proxy_pass http://10.0.0.1; } } }"
	code, out, errs := run(t, "", conf, "import", "nginx", "-")
	if code != fine {
		t.Fatal(errs)
	}
	has(t, out, "host: 10.0.0.1", "- /x", "hosts:")
	has(t, errs, "-:1: gzip on: not imported", "1 thing did not come over")
	if code, _, errs = run(t, "", out, "validate", "-"); code != fine {
		t.Error(errs)
	}
	if code, _, errs = run(t, "", conf, "import", "tyk", "-"); code != failed {
		t.Error(code)
	}
	has(t, errs, "there are kong, apisix, orange and nginx")
	if code, _, errs = run(t, "", "http {", "import", "nginx", "-"); code != failed {
		t.Error(code)
	}
	has(t, errs, "unexpected end of file")
}

func TestTokenFile(t *testing.T) {
	w := newWorld(t, desired.NewMemory())
	name := filepath.Join(t.TempDir(), "t")
	if err := os.WriteFile(name, []byte(w.token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, "", "", "dump", "-token-file", name, "-addr", w.server.URL); code != fine {
		t.Error(errs)
	}
}

func TestColour(t *testing.T) {
	var b strings.Builder
	o := &options{Streams: Streams{Out: &b, Colour: true}}
	err := o.show([]change{{Kind: "services", ID: "x", Action: "delete", Old: []byte(`{"name":"a\u001b[2Jä"}`)}})
	if err != nil || b.String() != "\x1b[31m- services a?[2Jä (x)\x1b[0m\ncreated 0, updated 0, deleted 1\n" {
		t.Errorf("%q", b.String())
	}
}

// changes are those that make what a file says.
func changes(t *testing.T, text string) []entity.Change {
	t.Helper()
	doc, err := declarative.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := declarative.Replace(entity.New(builtIn()), doc, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r.Changes
}
