package declarative

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

type fake struct{}

func (fake) Names() []string { return []string{"key-auth", "cors"} }
func (fake) Schema(name string) (*schema.Schema, bool) {
	config := schema.Field{Name: "config", Kind: schema.Record, Required: true}
	config.Fields = []schema.Field{{Name: "minute", Kind: schema.Integer, Default: 5}}
	return &schema.Schema{Name: name, Shape: schema.Shape{Fields: []schema.Field{config}}}, name == "key-auth" || name == "cors"
}

var now = time.Unix(1_700_000_000, 0)

func empty() *entity.State { return entity.New(entity.NewModel(entity.Outside{Plugins: fake{}})) }

const file = `
_format_version: "3.0"
_info: {select_tags: [x]}
services:
- name: a
  url: http://up/base
  tags: [v1, 2024-01-01, "yes"]
  routes:
  - name: r
    paths: ["~/a(b)+$", /]
    headers: {X-A: ["1", "~*^b"]}
    plugins:
    - name: key-auth
      config: {minute: 0x10}
  plugins:
  - name: cors
routes:
- {name: alone, paths: [/alone]}
- {name: other, paths: [/other], service: a}
upstreams:
- name: up
  targets:
  - target: 127.0.0.1
  - {target: "127.0.0.1:81", weight: 0, version: v2}
consumers:
- username: u
  keyauth_credentials: [{key: k}]
  basicauth_credentials: [{username: n, password: p}]
  acls: [{group: g}]
plugins:
- {name: key-auth}
- {name: cors, route: other, consumer: u}
releases:
- name: rel
  service: a
  candidate: {version: v2}
`

func replace(t testing.TB, s *entity.State, text string) *entity.Result {
	t.Helper()
	doc, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Replace(s, doc, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestImport(t *testing.T) {
	s := replace(t, empty(), file).State
	a := s.Find("services", "a")
	// The id that uuid5 gives "a" below Kong's name space for services.
	if a == nil || a.ID != "72734e2a-702d-5711-b9ef-697178108ad8" {
		t.Fatalf("%+v", a)
	}
	svc, err := entity.Decode[entity.Service](a)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(svc.Tags, " ") != "v1 2024-01-01 yes" || svc.Path != "/base" {
		t.Errorf("%+v", svc)
	}
	other, err := entity.Decode[entity.Route](s.Find("routes", "other"))
	if err != nil || other.Service.ID != a.ID {
		t.Errorf("%+v %v", other, err)
	}
	for kind, n := range map[string]int{"routes": 3, "plugins": 4, "targets": 2, "acls": 1, "keyauth_credentials": 1, "releases": 1} {
		if s.Len(kind) != n {
			t.Errorf("%d %s, want %d", s.Len(kind), kind, n)
		}
	}
	if r := replace(t, s, file); len(r.Changes) != 0 {
		t.Errorf("the same file changes %d", len(r.Changes))
	}
	if r := replace(t, s, `{"_format_version":"3.0"}`); len(r.Changes) != 16 {
		t.Errorf("an empty file changes %d", len(r.Changes))
	}
}

// What is exported says the same as the state, with and without defaults.
func TestExport(t *testing.T) {
	s := replace(t, empty(), file).State
	for _, full := range []bool{false, true} {
		text, err := Format(s.Model(), Export(s, Options{Full: full}))
		if err != nil {
			t.Fatal(err)
		}
		if r := replace(t, s, string(text)); len(r.Changes) != 0 {
			t.Errorf("full %v: importing it changes\n%s\n%s\n%s", full, r.Changes[0].Old, r.Changes[0].New, text)
		}
	}
	text, err := Format(s.Model(), Export(s, Options{}))
	if err != nil {
		t.Fatal(err)
	}
	want := `services:
- name: a
  host: up
  path: /base
  tags:
  - v1
  - "2024-01-01"
  - "yes"
  plugins:
  - name: cors
  releases:
  - name: rel
    candidate:
      version: v2
  routes:
`
	if !strings.Contains(string(text), want) {
		t.Errorf("there is no\n%s\nin\n%s", want, text)
	}
}

func TestExportByTag(t *testing.T) {
	s := replace(t, empty(), file).State
	got := Export(s, Options{Tags: []string{"v1"}})
	services, _ := got["services"].([]any)
	if len(services) != 1 || got["upstreams"] != nil || services[0].(map[string]any)["routes"] != nil {
		t.Errorf("%v", got)
	}
}

func TestImportFaults(t *testing.T) {
	for _, c := range []struct{ text, pointer, message string }{
		{`services: []`, "/_format_version", "required field missing"},
		{`_format_version: "4.0"`, "/_format_version", "expected one of: 1.1, 2.1, 3.0"},
		{`servces: []`, "/servces", "unknown field"},
		{`services: 5`, "/services", "expected an array"},
		{`services: [5]`, "/services/0", "expected a record"},
		{`services: [{name: a, host: h, routes: [{paths: [/a, b]}]}]`, "/services/0/routes/0/paths/1", "should start with: / (fixed path) or ~/ (regex path)"},
		{`services: [{name: a, host: h, routes: 7}]`, "/services/0/routes", "expected an array"},
		{`services: [{name: a, host: h, consumers: []}]`, "/services/0/consumers", "unknown field"},
		{`services: [{name: a, host: h}, {name: a, host: i}]`, "/services/1", "uniqueness violation: another one of 'services' with the same name or id is already declared"},
		{`routes: [{paths: [/], service: x}]`, "/routes/0/service/name", `the foreign key cannot be resolved with '{name="x"}' for an existing 'services' entity`},
		{`services: [{id: x, host: h}]`, "/services/0/id", "expected a valid UUID"},
		{`consumers: [{username: u, custom_id: i}, {username: v, custom_id: i}]`, "/consumers/1/custom_id", "is taken"},
	} {
		text := c.text
		if !strings.Contains(text, "_format_version") && c.pointer != "/_format_version" {
			text = "_format_version: 3.0\n" + text
		}
		doc, err := Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		_, err = Replace(empty(), doc, now)
		var e *schema.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if f := e.Faults[0]; f.Pointer != c.pointer || f.Message != c.message || e.Code != schema.CodeDeclarative {
			t.Errorf("%s\n\t%+v", c.text, f)
		}
	}
}

func TestParse(t *testing.T) {
	doc, err := Parse([]byte("a: &x {k: 1, l: 2}\nb: {<<: *x, k: 3}\nn: [1_000, 0o17, .5, 1e3, +7, 12345678901234567890, ~, null, True]\ns: [no, 2024-01-01, '5', \"\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := schema.Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":{"k":1,"l":2},"b":{"k":3,"l":2},"n":[1000,15,0.5,1e3,7,12345678901234567890,null,null,true],"s":["no","2024-01-01","5",""]}`
	if string(got) != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	for _, bad := range []string{"", "- a", "a: {", "a: 1\na: 2", "a: .inf", "a: !!binary aGk=", "[a]: 1", "a: &a [*a]", "{<<: 5}", "5"} {
		if doc, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%q became %v", bad, doc)
		}
	}
	bomb := "a0: &a0 [x]\n"
	for i := 1; i < 15; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1)
	}
	if _, err := Parse([]byte(bomb)); err == nil {
		t.Error("a bomb is read")
	}
}

func TestKongHashes(t *testing.T) {
	s := replace(t, empty(), `{"_format_version":"3.0","_transform":false,"consumers":[{"username":"u","basicauth_credentials":[{"username":"n","password":"0123"}]}]}`).State
	b, err := entity.Decode[entity.BasicAuth](s.Find("basicauth_credentials", "n"))
	if err != nil || b.Password != entity.KongPassword("0123") {
		t.Errorf("%+v %v", b, err)
	}
}

// Whatever is read and accepted: exported and read again it is the same.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(file))
	f.Add([]byte(`{"_format_version":"3.0","services":[{"name":"a","host":"h","routes":[{"paths":["/"]}]}]}`))
	f.Add([]byte("_format_version: '3.0'\nx: &a [*b, *a]\nconsumers: [{custom_id: \"\\x01\"}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Parse(text)
		if err != nil {
			return
		}
		r, err := Replace(empty(), doc, now)
		if err != nil {
			return
		}
		out, err := Format(r.State.Model(), Export(r.State, Options{}))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		r2, err := Replace(r.State, again, now)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if len(r2.Changes) != 0 {
			t.Fatalf("changes\n%s\n%s\n%s", r2.Changes[0].Old, r2.Changes[0].New, out)
		}
	})
}

func BenchmarkReplace(b *testing.B) {
	var text strings.Builder
	text.WriteString("_format_version: '3.0'\nservices:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "- {name: s%d, host: h, routes: [", i)
		for j := range 10 {
			fmt.Fprintf(&text, "{name: r%d-%d, paths: [/s%d/r%d], plugins: [{name: cors}]},", i, j, i, j)
		}
		text.WriteString("]}\n")
	}
	s := empty()
	for b.Loop() {
		s = replace(b, s, text.String()).State
	}
	b.ReportMetric(float64(s.Len("routes")+s.Len("services")+s.Len("plugins")), "documents")
}
