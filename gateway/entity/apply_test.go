package entity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/gateway/schema"
)

// fake is a registry with one plugin that knows one number.
type fake struct{}

func (fake) Names() []string { return []string{"key-auth"} }
func (fake) Schema(name string) (*schema.Schema, bool) {
	if name != "key-auth" {
		return nil, false
	}
	config := required(record("config", "", integer("minute", 5, 1, 100, "")))
	consumer := foreign("consumer", "consumers", schema.Cascade, "")
	consumer.Null = true
	return &schema.Schema{Name: name, Shape: schema.Shape{Fields: []schema.Field{config, consumer}}}, true
}

var now = time.Unix(1_700_000_000, 250e6)

func empty() *State { return New(NewModel(Outside{Plugins: fake{}})) }

func doc(t testing.TB, text string) map[string]any {
	t.Helper()
	d, err := schema.DecodeObject([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return d
}

// ops reads lines "VERB kind[/id] {json}".
func ops(t testing.TB, lines ...string) (out []Op) {
	t.Helper()
	verbs := map[string]Verb{"POST": Create, "PUT": Put, "PATCH": Patch, "DELETE": Delete}
	for _, l := range lines {
		verb, rest, _ := strings.Cut(l, " ")
		path, body, _ := strings.Cut(rest, " ")
		kind, id, _ := strings.Cut(path, "/")
		op := Op{Verb: verbs[verb], Kind: kind, ID: id}
		if body != "" {
			op.Doc = doc(t, body)
		}
		out = append(out, op)
	}
	return out
}

func apply(t testing.TB, s *State, lines ...string) *State {
	t.Helper()
	r, err := s.Apply(ops(t, lines...), now)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r.State
}

// refused applies ops that must fail with this message.
func refused(t *testing.T, s *State, message string, lines ...string) *schema.Error {
	t.Helper()
	_, err := s.Apply(ops(t, lines...), now)
	var f Failures
	if !errors.As(err, &f) {
		t.Fatalf("not refused; want %s", message)
	}
	if f[0].Message != message {
		t.Errorf("refused with\n\t%s\nwant\n\t%s", f[0].Message, message)
	}
	return f[0].Error
}

func TestApply(t *testing.T) {
	s := apply(t, empty(), `POST services {"name":"a","url":"https://example.com/x"}`)
	a := s.Find("services", "a")
	svc, err := Decode[Service](a)
	if err != nil {
		t.Fatal(err)
	}
	if svc.Protocol != "https" || svc.Port != 443 || svc.Host != "example.com" || svc.Path != "/x" || svc.Retries != 5 || svc.CreatedAt != 1_700_000_000 {
		t.Errorf("%s", a.Raw)
	}
	s2 := apply(t, s, `PATCH services/a {"url":"http://other"}`, `POST routes {"paths":["/"],"service":{"name":"a"}}`)
	if got, _ := Decode[Service](s2.Find("services", "a")); got.Port != 80 || got.Path != "" || got.Host != "other" || got.ID != svc.ID {
		t.Errorf("%+v", got)
	}
	if got, _ := Decode[Service](s.Find("services", "a")); got.Host != "example.com" {
		t.Error("the old state has changed")
	}
	routes := slices.Collect(s2.Children("routes", "service", svc.ID))
	if len(routes) != 1 {
		t.Fatalf("%d routes", len(routes))
	}
	refused(t, s2, "an existing 'routes' entity references this 'services' entity", `DELETE services/a`)
	s3 := apply(t, s2, `DELETE services/a`, "DELETE routes/"+routes[0].ID)
	if s3.Len("services")+s3.Len("routes") != 0 {
		t.Error("something is left")
	}
}

func TestApplyOrderDoesNotMatter(t *testing.T) {
	s := apply(t, empty(),
		`POST routes {"name":"r","paths":["/"],"service":{"name":"a"}}`,
		`POST services {"name":"a","host":"h"}`,
		`POST services {"name":"b","host":"h"}`)
	s = apply(t, s, `PATCH services/a {"name":"b"}`, "PATCH services/"+s.Find("services", "b").ID+` {"name":"a"}`)
	if s.Len("services") != 2 || s.Find("services", "a") == nil {
		t.Error("names were not swapped")
	}
}

func TestRefused(t *testing.T) {
	id := "11111111-2222-3333-4444-555555555555"
	s := apply(t, empty(), `POST services {"name":"a","host":"h"}`, `POST consumers {"username":"u"}`,
		`POST upstreams {"name":"up"}`, `POST targets {"target":"1.2.3.4","upstream":{"name":"up"}}`,
		`POST plugins {"name":"key-auth"}`)
	up := s.Find("upstreams", "up").ID
	for _, c := range []struct{ op, message string }{
		{`POST services {"name":"a","host":"h"}`, `UNIQUE violation detected on '{name="a"}'`},
		{`POST services {}`, "schema violation (host: required field missing)"},
		{`POST services {"host":"h","port":70000}`, "schema violation (port: value should be between 0 and 65535)"},
		{`POST services {"host":"h","prot":1}`, "schema violation (prot: unknown field)"},
		{`POST routes {"paths":["/a","b"]}`, "schema violation (paths.2: should start with: / (fixed path) or ~/ (regex path))"},
		{`POST routes {}`, "schema violation (must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https')"},
		{`POST routes {"paths":["/"],"service":{"id":"` + id + `"}}`, `the foreign key '{id="` + id + `"}' does not reference an existing 'services' entity.`},
		{`POST routes {"paths":["/"],"service":{"name":"x"}}`, `foreign key unresolved (service.name: the foreign key cannot be resolved with '{name="x"}' for an existing 'services' entity)`},
		{`POST targets {"target":"1.2.3.4:8000","upstream":{"id":"` + up + `"}}`, `UNIQUE violation detected on '{target="1.2.3.4:8000",upstream={id="` + up + `"}}'`},
		{`POST plugins {"name":"key-auth"}`, `UNIQUE violation detected on '{consumer=null,name="key-auth",route=null,service=null}'`},
		{`POST plugins {"name":"key-aut"}`, "schema violation (name: plugin 'key-aut' not enabled; add it to the 'plugins' configuration property)"},
		{`POST plugins {"name":"key-auth","consumer":{"username":"u"}}`, "schema violation (consumer: value must be null)"},
		{`POST plugins {"name":"key-auth","config":{"minute":0}}`, "schema violation (config.minute: value should be between 1 and 100)"},
		{`POST upstreams {"name":"x","hash_on":"header"}`, "2 schema violations (failed conditional validation given value of field 'hash_on'; hash_on_header: required field missing)"},
		{`PATCH services/nobody {}`, `could not find the entity with '{name="nobody"}'`},
		{`PATCH services/a {"id":"` + id + `"}`, "schema violation (id: immutable field cannot be updated)"},
		{`POST consumers {}`, "schema violation (at least one of these fields must be non-empty: 'custom_id', 'username')"},
		{`POST nothing {}`, "there is no kind 'nothing' of entities"},
	} {
		refused(t, s, c.message, c.op)
	}
	e := refused(t, s, "schema violation (name: plugin 'key-aut' not enabled; add it to the 'plugins' configuration property)", `POST plugins {"name":"key-aut"}`)
	if e.Faults[0].Hint != `did you mean "key-auth"?` || e.Faults[0].Pointer != "/name" {
		t.Errorf("%+v", e.Faults)
	}
	e = refused(t, s, `foreign key unresolved (service.name: the foreign key cannot be resolved with '{name="x"}' for an existing 'services' entity)`, `POST routes {"paths":["/"],"service":{"name":"x"}}`)
	if len(e.Faults) != 1 || e.Faults[0].Pointer != "/service/name" || e.Faults[0].Hint != "make it first: PUT /services/x" {
		t.Errorf("%+v", e.Faults)
	}
}

func TestCascade(t *testing.T) {
	s := apply(t, empty(), `POST consumers {"username":"u"}`,
		`POST keyauth_credentials {"consumer":{"username":"u"}}`, `POST acls {"consumer":{"username":"u"},"group":"g"}`)
	r, err := s.Apply(ops(t, "DELETE consumers/u"), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Changes) != 3 || r.State.Len("acls") != 0 || r.State.Len("keyauth_credentials") != 0 {
		t.Errorf("%d changes", len(r.Changes))
	}
	back, err := s.Replay(r.Changes)
	if err != nil {
		t.Fatal(err)
	}
	if d := Diff(back, r.State); len(d) != 0 {
		t.Errorf("replayed differs: %v", d)
	}
}

func TestNothingChanges(t *testing.T) {
	s := apply(t, empty(), `POST services {"name":"a","host":"h"}`)
	later := now.Add(time.Hour)
	for _, line := range []string{`PATCH services/a {"host":"h"}`, `PUT services/a {"host":"h"}`} {
		r, err := s.Apply(ops(t, line), later)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Changes) != 0 {
			t.Errorf("%s: %s", line, fmt.Sprint(r.Changes))
		}
	}
}

// A name that is freed and taken in one batch; one that is taken while its owner
// stays as it is.
func TestNamesBetweenOps(t *testing.T) {
	s := apply(t, empty(), `POST services {"name":"a","host":"h"}`)
	apply(t, s, `DELETE services/a`, `POST services {"name":"a","host":"other"}`)
	apply(t, s, `POST services {"name":"a","host":"other"}`, `PATCH services/a {"name":"b"}`)
	refused(t, s, `UNIQUE violation detected on '{name="a"}'`, `PATCH services/a {"host":"h"}`, `POST services {"name":"a","host":"other"}`)
}

// An op on a child that goes with its parent in the same batch is refused: it
// would be granted and undone.
func TestChildOfTheDeleted(t *testing.T) {
	s := apply(t, empty(), `POST consumers {"username":"u"}`, `POST acls {"consumer":{"username":"u"},"group":"g"}`)
	u := s.Find("consumers", "u").ID
	refused(t, s, `the foreign key '{id="`+u+`"}' does not reference an existing 'consumers' entity.`,
		"DELETE consumers/u", `POST acls {"group":"h","consumer":{"id":"`+u+`"}}`)
}
