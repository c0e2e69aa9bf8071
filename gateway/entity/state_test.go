package entity

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"moongate/gateway/schema"
)

func ids(docs []*Document) (out []string) {
	for _, d := range docs {
		out = append(out, d.ID)
	}
	return out
}

func TestListPages(t *testing.T) {
	s := empty()
	var all []Op
	for i := range 25 {
		tags := `["even","all"]`
		if i%2 == 1 {
			tags = `["odd","all"]`
		}
		all = append(all, ops(t, fmt.Sprintf(`POST services {"name":"s%d","host":"h","tags":%s}`, i, tags))...)
	}
	r, err := s.Apply(all, now)
	if err != nil {
		t.Fatal(err)
	}
	s = r.State
	want := slices.Sorted(slices.Values(ids(r.Documents)))
	for _, c := range []struct {
		tags []string
		any  bool
		n    int
	}{{nil, false, 25}, {[]string{"even"}, false, 13}, {[]string{"even", "odd"}, false, 0}, {[]string{"even", "odd"}, true, 25}, {[]string{"all", "odd"}, false, 12}} {
		q := Query{Kind: "services", Size: 4, Tags: c.tags, AnyTag: c.any}
		var got []string
		for {
			docs, next, err := s.List(q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ids(docs)...)
			if q.Offset = next; next == "" {
				break
			}
			if len(docs) != 4 {
				t.Fatalf("a page of %d in the middle", len(docs))
			}
		}
		if len(got) != c.n || c.n == 25 && !slices.Equal(got, want) {
			t.Errorf("%v: %d services, want %d", c.tags, len(got), c.n)
		}
	}
	for _, bad := range []Query{{Kind: "services", Offset: "?"}, {Kind: "services", Offset: "W10"}, {Kind: "services", Size: 1001}, {Kind: "services", Size: -1}} {
		if _, _, err := s.List(bad); err == nil {
			t.Errorf("%+v is listed", bad)
		} else if e := new(schema.Error); !errors.As(err, &e) || e.Status != 400 {
			t.Errorf("%v", err)
		}
	}
	n := 0
	for tag, id := range s.Tagged("services", "") {
		if !s.HasTag("services", id, tag) {
			t.Errorf("%s %s", tag, id)
		}
		n++
	}
	if n != 50 {
		t.Errorf("%d tags", n)
	}
}

func TestFindBelow(t *testing.T) {
	s := apply(t, empty(), `POST upstreams {"name":"a"}`, `POST upstreams {"name":"b"}`,
		`POST targets {"target":"[::1]:1","upstream":{"name":"a"}}`, `POST targets {"target":"h","upstream":{"name":"b"}}`,
		`POST consumers {"username":"u"}`, `POST acls {"group":"g","consumer":{"username":"u"}}`)
	a, b := s.Find("upstreams", "a").ID, s.Find("upstreams", "b").ID
	d := s.FindBelow("targets", "upstream", b, "h")
	if d == nil || d.Fields()["target"] != "h:8000" {
		t.Fatalf("%+v", d)
	}
	if s.FindBelow("targets", "upstream", b, d.ID) != d || s.FindBelow("targets", "upstream", a, d.ID) != nil || s.FindBelow("targets", "upstream", a, "h:8000") != nil {
		t.Error("found below the wrong upstream")
	}
	if s.FindBelow("targets", "upstream", a, "[::1]:1") == nil {
		t.Error("an IPv6 target is not found")
	}
	if s.FindBelow("acls", "consumer", s.Find("consumers", "u").ID, "g") == nil {
		t.Error("the group is not found")
	}
}

// The indexes of a state that grew by changes are those of one that was loaded.
func TestLoadIsTheSame(t *testing.T) {
	s := apply(t, empty(), `POST services {"name":"a","host":"h","tags":["t"]}`, `POST routes {"name":"r","paths":["/"],"service":{"name":"a"}}`)
	s = apply(t, s, `PATCH services/a {"name":"b","tags":["u"]}`, `POST services {"name":"a","host":"h"}`)
	s = apply(t, s, `DELETE services/a`, `PATCH routes/r {"service":null}`)
	loaded, err := Load(s.Model(), s.All("services"))
	if err != nil {
		t.Fatal(err)
	}
	if loaded, err = loaded.Replay([]Change{{Kind: "routes", ID: s.Find("routes", "r").ID, New: s.Find("routes", "r").Raw}}); err != nil {
		t.Fatal(err)
	}
	same := func(name string, a, b []string) {
		if !slices.Equal(a, b) {
			t.Errorf("%s: %q and %q", name, a, b)
		}
	}
	same("unique", keys(s.unique), keys(loaded.unique))
	same("tags", keys(s.tags), keys(loaded.tags))
	same("refs", keys(s.refs), keys(loaded.refs))
}

func keys[V any](t tree[V]) (out []string) {
	for k := range t.from("") {
		out = append(out, k)
	}
	return out
}

func TestLoadRefusesForm(t *testing.T) {
	for _, d := range []Document{{"nothing", "x", json.RawMessage(`{}`)}, {"services", "x", json.RawMessage(`[]`)}, {"services", "x", json.RawMessage(`{"id":"y"}`)}} {
		if _, err := Load(NewModel(Outside{}), slices.Values([]*Document{&d})); err == nil {
			t.Errorf("%+v is loaded", d)
		}
	}
}

func TestPasswords(t *testing.T) {
	s := apply(t, empty(), `POST consumers {"username":"u"}`, `POST basicauth_credentials {"username":"n","password":"secret","consumer":{"username":"u"}}`)
	b, err := Decode[BasicAuth](s.Find("basicauth_credentials", "n"))
	if err != nil {
		t.Fatal(err)
	}
	if !CheckPassword(b.Password, "secret", b.Consumer.ID) || CheckPassword(b.Password, "secre", b.Consumer.ID) || CheckPassword(b.Password, b.Password, b.Consumer.ID) {
		t.Errorf("%s", b.Password)
	}
	if again := apply(t, s, `PATCH basicauth_credentials/n {"tags":["x"]}`).Find("basicauth_credentials", "n"); again.Fields()["password"] != b.Password {
		t.Error("a hash was hashed")
	}
	// What Kong keeps for password "x" of consumer "y".
	kong := KongPassword("5f8459982f9f619f4b0d9af2542a2086e56a4bef") // SHA-1 of "xy"
	if !CheckPassword(kong, "x", "y") || CheckPassword(kong, "y", "x") {
		t.Error("a hash of Kong's is not understood")
	}
	for _, bad := range []string{"", "$pbkdf2-sha256$", "$pbkdf2-sha256$0$a$b", "$pbkdf2-sha256$99999999$a$b"} {
		if CheckPassword(bad, "", "") {
			t.Errorf("%q lets in", bad)
		}
	}
}

// The ids are those that Kong and decK give the same declarative documents.
func TestIDs(t *testing.T) {
	a, b := NewID(), NewID()
	if a == b || !schema.IsUUID(a) || a[14] != '4' {
		t.Errorf("%s %s", a, b)
	}
	if len(NewSecret()) != 32 {
		t.Error(NewSecret())
	}
	if id := NamedID("services", "a"); id != "72734e2a-702d-5711-b9ef-697178108ad8" {
		t.Error(id)
	}
}

func TestModel(t *testing.T) {
	m := NewModel(Outside{})
	seen := map[string]bool{}
	for _, k := range m.Kinds() {
		seen[k.Name] = true
		if m.ByPath(k.Path) != k {
			t.Errorf("two kinds are at /%s", k.Path)
		}
		for _, r := range k.Refs {
			if !seen[r.Kind] {
				t.Errorf("%s refers to %s, which comes later", k.Name, r.Kind)
			}
		}
	}
	var below []string
	for _, c := range m.Children("consumers") {
		below = append(below, c.NestedPath())
	}
	if want := []string{"key-auth", "basic-auth", "jwt", "hmac-auth", "mtls-auth", "acls", "plugins"}; !slices.Equal(below, want) {
		t.Errorf("below consumers: %v", below)
	}
}

func BenchmarkChange(b *testing.B) {
	s := empty()
	var all []Op
	for i := range 10_000 {
		all = append(all, ops(b, fmt.Sprintf(`POST routes {"name":"r%d","paths":["/r%d"],"tags":["t"]}`, i, i))...)
	}
	r, err := s.Apply(all, now)
	if err != nil {
		b.Fatal(err)
	}
	s = r.State
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r, err := s.Apply(ops(b, fmt.Sprintf(`PATCH routes/r%d {"paths":["/n%d"]}`, i%10_000, i)), now)
		if err != nil {
			b.Fatal(err)
		}
		s = r.State
	}
}
