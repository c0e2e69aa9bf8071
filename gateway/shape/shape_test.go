package shape

import (
	"encoding/json"
	"strings"
	"testing"
)

const order = `{"id":17,"total":12345678901234567890.10,"user":{"name":"Ada","phone":"13812345678","address":{"city":"Paris","zip":"75001"}},
 "items":[{"id":1,"price":1.50,"tags":["a","b"]},{"id":2,"price":2e3,"tags":null},{"id":3,"price":0}],"note":null,"secret":{"a":[1,{"b":"}"}]}}`

func raw(s string) json.RawMessage { return json.RawMessage(s) }

var cases = []struct {
	name  string
	rules Rules
	in    string
	want  string
}{
	{"nothing", Rules{}, ` {"a" : [ 1 , 2 ] } `, `{"a" : [ 1 , 2 ] }`},
	{"pick", Rules{Pick: []string{"id", "user.name", "items.id"}}, order, `{"id":17,"user":{"name":"Ada"},"items":[{"id":1},{"id":2},{"id":3}]}`},
	{"pick of what is no object", Rules{Pick: []string{"id.a", "note.a", "items.tags.x"}}, order, `{"items":[{"tags":[]},{},{}]}`},
	{"drop", Rules{Drop: []string{"secret", "user.address", "items.tags", "items.price", "note"}}, order,
		`{"id":17,"total":12345678901234567890.10,"user":{"name":"Ada","phone":"13812345678"},"items":[{"id":1},{"id":2},{"id":3}]}`},
	{"pick and drop", Rules{Pick: []string{"user"}, Drop: []string{"user.phone"}}, order, `{"user":{"name":"Ada","address":{"city":"Paris","zip":"75001"}}}`},
	{"rename", Rules{Rename: map[string]string{"user.name": "full \"name\"", "id": "number"}, Pick: []string{"id", "user.name"}}, order, `{"number":17,"user":{"full \"name\"":"Ada"}}`},
	{"rename onto another", Rules{Rename: map[string]string{"a": "b"}}, `{"a":1,"b":2,"c":3}`, `{"b":1,"c":3}`},
	{"flatten", Rules{Pick: []string{"id", "user.address"}, Flatten: []Flat{{"user", ""}, {"user.address", "to_"}}}, order, `{"id":17,"to_city":"Paris","to_zip":"75001"}`},
	{"flatten in arrays", Rules{Flatten: []Flat{{"a.b", "b."}}}, `{"a":[{"x":1,"b":{"y":2,"z":[3]}},{"b":4},{"b":[{"c":5}]}]}`, `{"a":[{"x":1,"b.y":2,"b.z":[3]},{"b":4},{"b":[{"c":5}]}]}`},
	{"flatten of nothing", Rules{Flatten: []Flat{{"a", ""}}}, `{"a":{},"b":1,"c":{"a":{}}}`, `{"b":1,"c":{"a":{}}}`},
	{"names that meet", Rules{Flatten: []Flat{{"a", ""}}}, `{"x":1,"a":{"x":2,"y":3},"y":4}`, `{"x":1,"y":3}`},
	{"default", Rules{Default: map[string]json.RawMessage{"note": raw(`"none"`), "items.tags": raw(`[]`), "new": raw(`{"a":1}`)}, Pick: []string{"id", "note", "items.tags"}}, order,
		`{"id":17,"items":[{"tags":["a","b"]},{"tags":[]},{"tags":[]}],"note":"none","new":{"a":1}}`},
	{"default of a renamed one", Rules{Rename: map[string]string{"a": "b"}, Default: map[string]json.RawMessage{"b": raw(`0`)}}, `[{"a":1},{"a":null},{}]`, `[{"b":1},{"b":0},{"b":0}]`},
	{"default in what is flat", Rules{Flatten: []Flat{{"a", "a_"}}, Default: map[string]json.RawMessage{"a.x": raw(`7`)}}, `{"a":{"y":1},"b":2}`, `{"a_y":1,"a_x":7,"b":2}`},
	{"dropped and given", Rules{Drop: []string{"a"}, Default: map[string]json.RawMessage{"a": raw(`"no"`)}}, `{"a":1}`, `{"a":"no"}`},
	{"mask", Rules{Mask: []Mask{{Path: "p", First: 3, Last: 4}, {Path: "n", Last: 2, With: "x"}, {Path: "o"}, {Path: "l", First: 1}}},
		`{"p":"13812345678","n":-12.5,"o":{"a":1},"l":["abc",null,true,[12]],"q":"p"}`, `{"p":"138****5678","n":"xxx.5","o":"***","l":["a**",null,"***",["1*"]],"q":"p"}`},
	{"mask what is short", Rules{Mask: []Mask{{Path: "*", First: 2, Last: 2}}}, `{"a":"abcd","b":"","c":"\u00e4\"\\\n\ud83d\ude00"}`, `{"a":"****","b":"","c":"ä\"*\u000a😀"}`},
	{"limit", Rules{Limit: map[string]int{"items": 1, "user": 0}}, order, ""},
	{"limit", Rules{Pick: []string{"items.id"}, Limit: map[string]int{"items": 2}}, order, `{"items":[{"id":1},{"id":2}]}`},
	{"limit to none", Rules{Limit: map[string]int{"a": 0}}, `{"a":[{"b":[1]},2],"c":[1,2]}`, `{"a":[],"c":[1,2]}`},
	{"any", Rules{Drop: []string{"*.secret"}, Mask: []Mask{{Path: "*.key"}, {Path: "b.key", First: 1}}}, `{"a":{"secret":1,"key":"ab"},"b":{"secret":2,"key":"cd","x":3}}`, `{"a":{"key":"**"},"b":{"key":"c*","x":3}}`},
	{"escaped names", Rules{Drop: []string{"a\\.b", "\\*", "ü"}}, `{"a.b":1,"\u002a":2,"\u00fc":3,"a\u002eb":4,"c":5}`, `{"c":5}`},
	{"many names", Rules{Drop: strings.Split("a,b,c,d,e,f,g,h,i,j", ",")}, `{"a":1,"x":2,"j":3,"y":4}`, `{"x":2,"y":4}`},
	{"a root that is an array", Rules{Pick: []string{"a"}}, `[{"a":1,"b":2},3,[{"a":4}],null]`, `[{"a":1},[{"a":4}]]`},
	{"a root that is neither", Rules{Pick: []string{"a"}}, ` 12 `, `12`},
}

func plan(t testing.TB, r *Rules) *Plan {
	t.Helper()
	p, err := New(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestShape(t *testing.T) {
	for _, c := range cases {
		p := plan(t, &c.rules)
		got, err := p.Shape(nil, []byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.want != "" && string(got) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		same(t, p, []byte(c.in))
	}
}

// same compares a shape with the reference's, and with itself in pieces of each size.
func same(t *testing.T, p *Plan, doc []byte) {
	t.Helper()
	got, err := p.Shape(nil, doc)
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	want, err := reference(p, doc)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := plain(got); err != nil || text != want {
		t.Fatalf("of %s\n%s (%v)\nwant\n%s", doc, text, err, want)
	}
	for _, size := range []int{1, 2, 3, 7, 11} {
		if parts, err := inParts(p, doc, size); err != nil || string(parts) != string(got) {
			t.Fatalf("in parts of %d of %s\n%s (%v)\nwant\n%s", size, doc, parts, err, got)
		}
	}
}

func inParts(p *Plan, doc []byte, size int) (out []byte, err error) {
	var s Shaper
	s.Begin(p)
	for len(doc) > 0 {
		n := min(size, len(doc))
		part := append([]byte(nil), doc[:n]...)
		if out, err = s.Write(out, part); err != nil {
			return out, err
		}
		clear(part) // nobody may look at it any more
		doc = doc[n:]
	}
	return s.End(out)
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		rules Rules
		want  string
	}{
		{Rules{Pick: []string{""}}, `pick "": the path is empty`},
		{Rules{Drop: []string{"a..b"}}, `drop "a..b": a name is missing`},
		{Rules{Rename: map[string]string{"a.*": "b"}}, `rename "a.*": all members can't have one name`},
		{Rules{Default: map[string]json.RawMessage{"a": raw("x")}}, `default "a": its value is no JSON`},
		{Rules{Default: map[string]json.RawMessage{"a.*": raw("1")}}, `default "a.*": a member needs a name`},
		{Rules{Limit: map[string]int{"a": -1}}, `limit "a": is below 0`},
	} {
		if _, err := New(&c.rules); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestNoJSON(t *testing.T) {
	for _, r := range []Rules{{}, {Pick: []string{"a.b"}}, {Drop: []string{"*.*"}}, {Limit: map[string]int{"a": 1}}} {
		p := plan(t, &r)
		for _, in := range []string{``, `{`, `{"a":1`, `{"a":1,}`, `[1,]`, `{"a" 1}`, `{"a":01}`, `{"a":1}}`, `[1] 2`, `"\x"`, `{"a":{"b":tru}}`, `nul`, `-`, `1.`, `1e`, `{"\u00g0":1}`, "{\"a\x01\":1}",
			`{"a":"` + "\n" + `"}`, `{,}`, `[[]`, `{"a":{"b":"\ud8"}}`, `{1:2}`} {
			if json.Valid([]byte(in)) {
				t.Fatalf("%q is valid", in)
			}
			if got, err := p.Shape(nil, []byte(in)); err == nil {
				t.Errorf("%q became %q", in, got)
			}
		}
	}
}

func TestBounds(t *testing.T) {
	p := plan(t, &Rules{Drop: []string{"a"}})
	deep := strings.Repeat("[", mostDepth+1) + strings.Repeat("]", mostDepth+1)
	for in, want := range map[string]error{
		deep:                 errDeep,
		`{"b":` + deep + `}`: errDeep,
		`{"` + strings.Repeat("n", mostName+1) + `":1}`: errLongName,
	} {
		if _, err := p.Shape(nil, []byte(in)); err != want {
			t.Errorf("%v, want %v", err, want)
		}
	}
	var b strings.Builder
	for i := range mostNames + 1 {
		b.WriteString(`,"` + strings.Repeat("x", i+1) + `":1`)
	}
	in := "{" + b.String()[1:] + "}"
	if _, err := plan(t, &Rules{Rename: map[string]string{"a": "b"}}).Shape(nil, []byte(in)); err != errManyNames {
		t.Error(err)
	}
	long := `{"a":"` + strings.Repeat("s", mostText) + `"}`
	if got, err := plan(t, &Rules{Mask: []Mask{{Path: "a", First: 9}}}).Shape(nil, []byte(long)); err != nil || string(got) != `{"a":"***"}` {
		t.Errorf("%.100q %v", got, err)
	}
}

func TestFind(t *testing.T) {
	doc := []byte(` {"a":{"b":[{"c":1},{"c":" x"}],"\u0064":null},"a":2, "e" : -1.5e3 }`)
	for path, want := range map[string]string{"a.b.1.c": `" x"`, "a.b.0": `{"c":1}`, "e": "-1.5e3", "a.d": "null", "a.b.2": "", "a.b.c": "", "x": "", "e.f": "", "a.b.-1": ""} {
		names, err := Split(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Find(doc, names); string(got) != want || ok != (want != "") {
			t.Errorf("%s: %q %v", path, got, ok)
		}
	}
	for in, want := range map[string]string{`"a\"\u00e4"`: "a\"ä", "12": "12", "true": "true", "null": "", "": ""} {
		if got, ok := Text([]byte(in)); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v", in, got, ok)
		}
	}
	if !Valid([]byte(" 1 ")) || Valid([]byte("1 2")) || Valid([]byte("1.")) || Valid(nil) {
		t.Error("Valid is wrong")
	}
}
