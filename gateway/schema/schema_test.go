package schema

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// sample has a field of each kind and a check of each kind.
func sample() *Schema {
	zero := 0.0
	word := Field{Kind: String}
	return &Schema{Name: "samples", Doc: "A sample.", Shape: Shape{
		Fields: []Field{
			{Name: "name", Kind: String, Required: true, Match: []Pattern{
				{Re: regexp.MustCompile(`^[a-z]+$`), Kongs: "^%l+$"},
				{Re: regexp.MustCompile(`bad`), Not: true, Name: "must not be bad"},
			}},
			{Name: "port", Kind: Integer, Default: 80, Between: Between(1, 65535)},
			{Name: "ratio", Kind: Number, Above: &zero},
			{Name: "on", Kind: Boolean},
			{Name: "mode", Kind: String, Default: "fast", OneOf: []any{"fast", "slow"}},
			{Name: "words", Kind: Set, Elem: &word, LenMax: 3},
			{Name: "list", Kind: Array, Elem: &Field{Kind: Record, Shape: Shape{
				Fields: []Field{{Name: "ip", Kind: String}, {Name: "port", Kind: Integer}},
				Checks: []Check{{Kind: AtLeastOneOf, Fields: []string{"ip", "port"}}},
			}}},
			{Name: "headers", Kind: Map, Keys: &Field{Kind: String, NotOneOf: []any{"host"}}, Elem: &Field{Kind: Array, Elem: &word}},
			{Name: "deep", Kind: Record, Required: true, Shape: Shape{Fields: []Field{
				{Name: "a", Kind: Integer, Default: 1}, {Name: "b", Kind: Integer, Default: 2},
				{Name: "text", Kind: String, Empty: true, LenMax: 4},
			}}},
			{Name: "owner", Kind: Foreign, Reference: "owners"},
			{Name: "rest", Kind: Any},
			{Name: "never", Kind: String, Null: true},
			{Name: "id", Kind: String, UUID: true},
		},
		Checks: []Check{
			{Kind: MutuallyExclusive, Fields: []string{"on", "ratio"}},
			{Kind: MutuallyRequired, Fields: []string{"owner", "id"}},
			{Kind: Distinct, Fields: []string{"name", "mode"}},
			{Kind: Conditional, If: Cond{Field: "mode", OneOf: []any{"slow"}}, Then: Cond{Field: "ratio", Required: true}},
			{Kind: Conditional, If: Cond{Field: "deep.a", OneOf: []any{7}}, Then: Cond{Field: "deep.b", OneOf: []any{7}}},
			{Kind: Custom, Func: func(doc map[string]any) Faults {
				if doc["name"] == "custom" {
					return Faults{{Pointer: "/name", Message: "not this one"}}
				}
				return nil
			}},
		},
		Shorthands: []Shorthand{{
			Field: Field{Name: "at", Kind: String},
			Expand: func(v any) (map[string]any, string) {
				name, port, ok := strings.Cut(v.(string), ":")
				if !ok {
					return nil, "has no port"
				}
				return map[string]any{"name": name, "port": json.Number(port)}, ""
			},
		}},
	}}
}

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	doc, err := DecodeObject([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return doc
}

func TestFaults(t *testing.T) {
	const id = "01234567-89ab-cdef-0123-456789abcdef"
	for _, c := range []struct{ doc, pointer, message, hint string }{
		{`{}`, "/name", "required field missing", ""},
		{`{"name":null}`, "/name", "required field missing", ""},
		{`{"name":5}`, "/name", "expected a string", "this is a number, put it in quotes"},
		{`{"name":""}`, "/name", "length must be at least 1", ""},
		{`{"name":"A"}`, "/name", "invalid value: A", ""},
		{`{"name":"bad"}`, "/name", "must not be bad", ""},
		{`{"name":"custom"}`, "/name", "not this one", ""},
		{`{"name":"a","port":0}`, "/port", "value should be between 1 and 65535", ""},
		{`{"name":"a","port":"80"}`, "/port", "expected an integer", "write 80 without quotes"},
		{`{"name":"a","port":1.5}`, "/port", "expected an integer", "write a whole number"},
		{`{"name":"a","port":1e400}`, "/port", "expected an integer", "write a whole number"},
		{`{"name":"a","ratio":0}`, "/ratio", "value must be greater than 0", ""},
		{`{"name":"a","ratio":1e999999999999}`, "/ratio", "expected a number", "write a number"},
		{`{"name":"a","on":"true"}`, "/on", "expected a boolean", "write true or false, without quotes"},
		{`{"name":"a","mode":"fats"}`, "/mode", "expected one of: fast, slow", `did you mean "fast"?`},
		{`{"name":"a","words":"x"}`, "/words", "expected a set", "this is a string, write [...]"},
		{`{"name":"a","words":["x",null]}`, "/words/1", "required field missing", ""},
		{`{"name":"a","words":["1","2","3","4"]}`, "/words", "length must be at most 3", ""},
		{`{"name":"a","list":{}}`, "/list", "expected an array", "this is an object, write [...]"},
		{`{"name":"a","list":[{"ip":"x"},{}]}`, "/list/1", "at least one of these fields must be non-empty: 'ip', 'port'", ""},
		{`{"name":"a","headers":[]}`, "/headers", "expected a map", "this is an array, write {...}"},
		{`{"name":"a","headers":{"host":["x"]}}`, "/headers/host", "must not be one of: host", ""},
		{`{"name":"a","headers":{"a/b~c":[1]}}`, "/headers/a~1b~0c/0", "expected a string", "this is a number, put it in quotes"},
		{`{"name":"a","deep":7}`, "/deep", "expected a record", "this is a number, write {...}"},
		{`{"name":"a","deep":{"text":"12345"}}`, "/deep/text", "length must be at most 4", ""},
		{`{"name":"a","words":["x","{vault://env/x}"]}`, "/words/1", "a reference to a vault means nothing here", "there are no vaults: write the value itself"},
		{`{"name":"a","deep":{"c":1}}`, "/deep/c", "unknown field", ""},
		{`{"name":"a","deep":{"a":7}}`, "/deep/b", "value must be 7", ""},
		{`{"name":"a","prot":1}`, "/prot", "unknown field", `did you mean "port"?`},
		{`{"name":"a","never":"x"}`, "/never", "value must be null", "leave it out"},
		{`{"name":"a","id":"` + id + `","owner":"x"}`, "/owner", "expected a record", `write {"id": "..."}`},
		{`{"name":"a","id":"` + id + `","owner":{}}`, "/owner/id", "missing primary key", ""},
		{`{"name":"a","id":"` + id + `","owner":{"id":"x"}}`, "/owner/id", "expected a valid UUID", ""},
		{`{"name":"a","id":"x","owner":{"id":"` + id + `"}}`, "/id", "expected a valid UUID", ""},
		{`{"name":"a","id":"` + id + `"}`, "", "all or none of these fields must be set: 'owner', 'id'", ""},
		{`{"name":"a","on":true,"ratio":1}`, "", "only one or none of these fields must be set: 'on', 'ratio'", ""},
		{`{"name":"fast"}`, "", "values of these fields must be distinct: 'name', 'mode'", ""},
		{`{"name":"a","mode":"slow"}`, "/ratio", "required field missing", ""},
		{`{"at":"x"}`, "/at", "has no port", ""},
		{`{"at":5}`, "/at", "expected a string", "this is a number, put it in quotes"},
	} {
		_, faults := sample().Complete(object(t, c.doc))
		if faults == nil {
			t.Errorf("%s: nothing is wrong", c.doc)
			continue
		}
		if f := faults[0]; f.Pointer != c.pointer || f.Message != c.message || f.Hint != c.hint {
			t.Errorf("%s\n\t%+v", c.doc, f)
		}
	}
}

func TestFill(t *testing.T) {
	doc, faults := sample().Complete(object(t, `{
		"at": "a:8e1", "words": ["x","y","x"], "deep": {"b": 5.0}, "headers": {"A": ["1"]},
		"id": "01234567-89AB-CDEF-0123-456789ABCDEF", "owner": {"id": "01234567-89AB-CDEF-0123-456789ABCDEF", "name": "sent back"},
		"rest": {"big": 123456789012345678901234567890}}`))
	if faults != nil {
		t.Fatal(faults)
	}
	got, err := Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	const id = "01234567-89ab-cdef-0123-456789abcdef"
	want := `{"deep":{"a":1,"b":5,"text":null},"headers":{"A":["1"]},"id":"` + id + `","list":null,"mode":"fast","name":"a","never":null,` +
		`"on":null,"owner":{"id":"` + id + `"},"port":80,"ratio":null,"rest":{"big":123456789012345678901234567890},"words":["x","y"]}`
	if string(got) != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

func TestFillLeavesItsArgument(t *testing.T) {
	in := object(t, `{"at":"a:1","deep":{}}`)
	sample().Fill(in)
	if !reflect.DeepEqual(in, object(t, `{"at":"a:1","deep":{}}`)) {
		t.Errorf("%v", in)
	}
}

func TestPatch(t *testing.T) {
	s := sample()
	old, faults := s.Complete(object(t, `{"name":"a","port":1,"deep":{"a":10,"b":20},"words":["x"],"headers":{"A":["1"],"B":["2"]}}`))
	if faults != nil {
		t.Fatal(faults)
	}
	merged, faults := s.Patch(old, object(t, `{"at":"b:3","deep":{"a":null,"b":21},"words":["y"],"headers":{"C":["3"]}}`))
	if faults != nil {
		t.Fatal(faults)
	}
	got, faults := s.Complete(merged)
	if faults != nil {
		t.Fatal(faults)
	}
	for path, want := range map[string]string{
		"name": `"b"`, "port": "3", "deep": `{"a":1,"b":21,"text":null}`, "words": `["y"]`, "headers": `{"C":["3"]}`,
	} {
		if b, err := Encode(Get(got, path)); err != nil || string(b) != want {
			t.Errorf("%s is %s, want %s", path, b, want)
		}
	}
	if Get(old, "deep.a") != json.Number("10") {
		t.Error("the old document has changed")
	}
}

func TestErrorBody(t *testing.T) {
	_, faults := sample().Complete(object(t, `{"name":"","list":[{"ip":"x"},{},{"port":"x"}],"on":true,"ratio":1,"headers":{"0":["a",1]},"deep":{"a":"x"}}`))
	got, err := Encode(Violation(faults))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"code":2,"name":"schema violation","message":"6 schema violations (` +
		`only one or none of these fields must be set: 'on', 'ratio'; deep.a: expected an integer; headers.0.2: expected a string; ` +
		`list.2: at least one of these fields must be non-empty: 'ip', 'port'; list.3.port: expected an integer; name: length must be at least 1)",` +
		`"fields":{"@entity":["only one or none of these fields must be set: 'on', 'ratio'"],"deep":{"a":"expected an integer"},` +
		`"headers":{"0":[null,"expected a string"]},` +
		`"list":[null,{"@entity":["at least one of these fields must be non-empty: 'ip', 'port'"]},{"port":"expected an integer"}],` +
		`"name":"length must be at least 1"},"faults":`
	if !strings.HasPrefix(string(got), want) {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

func TestBelow(t *testing.T) {
	_, faults := sample().Complete(object(t, `{"name":"a","words":["x",1]}`))
	moved := faults.Below("services", 0)
	if moved[0].Pointer != "/services/0/words/1" || moved[0].path() != "services.1.words.2" {
		t.Errorf("%+v %s", moved[0], moved[0].path())
	}
}

func TestKongSchema(t *testing.T) {
	got, err := Encode(sample().Kong())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"port":{"between":[1,65535],"default":80,"type":"integer"}}`,
		`{"mode":{"default":"fast","one_of":["fast","slow"],"type":"string"}}`,
		`{"owner":{"reference":"owners","type":"foreign"}}`,
		`{"words":{"elements":{"type":"string"},"len_max":3,"type":"set"}}`,
		`"match_all":[{"pattern":"^%l+$"}],"match_none":[{"err":"must not be bad","pattern":"bad"}]`,
		`{"never":{"eq":null,"type":"string"}}`,
		`"shorthand_fields":[{"at":{"type":"string"}}]`,
		`{"mutually_exclusive":["on","ratio"]}`,
		`{"conditional":{"if_field":"mode","if_match":{"one_of":["slow"]},"then_field":"ratio","then_match":{"required":true}}}`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}

func TestJSONSchema(t *testing.T) {
	got, err := Encode(sample().JSON())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"port":{"default":80,"maximum":65535,"minimum":1,"type":["integer","null"]}`,
		`"mode":{"default":"fast","enum":["fast","slow",null],"minLength":1,"type":["string","null"]}`,
		`"name":{"allOf":[{"pattern":"^[a-z]+$"},{"not":{"pattern":"bad"}}],"minLength":1,"type":"string"}`,
		`"words":{"items":{"minLength":1,"type":"string"},"maxItems":3,"type":["array","null"],"uniqueItems":true}`,
		`"never":{"type":"null"}`,
		`"x-reference":"owners"`,
		`"at":{"minLength":1,"type":["string","null"],"writeOnly":true}`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("there is no %s in\n%s", want, got)
		}
	}
}

func TestOverlay(t *testing.T) {
	sub := &Schema{Shape: Shape{Fields: []Field{
		{Name: "port", Kind: Integer, Default: 443}, {Name: "more", Kind: Boolean, Default: true},
	}}}
	doc, faults := sample().Overlay(sub).Complete(object(t, `{"name":"a"}`))
	if faults != nil {
		t.Fatal(faults)
	}
	if Int(doc["port"]) != 443 || doc["more"] != true {
		t.Errorf("%v", doc)
	}
}

func TestRedact(t *testing.T) {
	secret := Field{Name: "s", Kind: String, Secret: true}
	s := &Schema{Shape: Shape{Fields: []Field{
		secret, {Name: "list", Kind: Array, Elem: &Field{Kind: Record, Shape: Shape{Fields: []Field{secret}}}},
		{Name: "m", Kind: Map, Elem: &Field{Kind: String, Secret: true}}, {Name: "plain", Kind: String},
	}}}
	in := object(t, `{"s":"x","list":[{"s":"y"},{"s":null}],"m":{"a":"z"},"plain":"p","other":1}`)
	got, err := Encode(s.Redact(in))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"list":[{"s":"***"},{"s":null}],"m":{"a":"***"},"other":1,"plain":"p","s":"***"}`; string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if Get(in, "s") != "x" || Get(in, "m.a") != "z" {
		t.Error("the document has changed")
	}
}

func TestDecode(t *testing.T) {
	for _, bad := range []string{``, `{`, `{} {}`, `[]`, `null`, `{"a":01}`} {
		if doc, err := DecodeObject([]byte(bad)); err == nil {
			t.Errorf("%q became %v", bad, doc)
		}
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`1`, `1.0`, true}, {`100`, `1e2`, true}, {`1`, `"1"`, false}, {`null`, `{}`, false}, {`9007199254740993`, `9007199254740992`, false},
		{`{"a":[1,2]}`, `{"a":[1,2.0]}`, true}, {`{"a":1}`, `{"b":1}`, false}, {`[]`, `{}`, false}, {`"a"`, `["a"]`, false}, {`1e999`, `1e999`, false},
	} {
		a, _ := Decode([]byte(c.a))
		b, _ := Decode([]byte(c.b))
		if Equal(a, b) != c.want || Equal(b, a) != c.want {
			t.Errorf("%s and %s: want %v", c.a, c.b, c.want)
		}
	}
}

// Whatever a document is: nothing panics, what is complete stays as it is, and
// an error body is JSON.
func FuzzComplete(f *testing.F) {
	f.Add([]byte(`{"name":"a","port":80,"deep":{"a":1},"list":[{"ip":"x"}]}`), []byte(`{"deep":{"a":null},"words":[1]}`))
	f.Add([]byte(`{"at":"a:1e99999999","headers":{"x":["y"]}}`), []byte(`{"owner":{"id":{}}}`))
	s := sample()
	f.Fuzz(func(t *testing.T, old, patch []byte) {
		doc, err := DecodeObject(old)
		if err != nil {
			return
		}
		full, faults := s.Complete(doc)
		if faults != nil {
			checkBody(t, faults)
			return
		}
		again, faults := s.Complete(full)
		if faults != nil || !reflect.DeepEqual(again, full) {
			t.Fatalf("not complete: %v\n%v\n%v", faults, full, again)
		}
		p, err := DecodeObject(patch)
		if err != nil {
			return
		}
		merged, faults := s.Patch(full, p)
		_, more := s.Complete(merged)
		checkBody(t, append(faults, more...))
	})
}

func checkBody(t *testing.T, faults Faults) {
	if faults == nil {
		return
	}
	b, err := Encode(Violation(faults))
	if err != nil || !json.Valid(b) {
		t.Fatalf("%v: %s", err, b)
	}
}
