package luaplugin

import (
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// judge is a machine that answers in the place of Lua: by kind and number.
type judge map[string]string

func (j judge) Ask(function int, args ...string) (string, error) {
	if function != check {
		return "", errors.New("unexpected call")
	}
	text, ok := j[args[0]+" "+args[1]]
	if !ok {
		return "", errors.New("raised")
	}
	return strings.ReplaceAll(text, "VALUE", args[2]), nil
}
func (judge) Run(*httpd.Request, httpd.Phase, int, int) httpd.Result { return httpd.OK }
func (judge) Header(*httpd.Request, int, int) httpd.Result           { return httpd.OK }
func (judge) Body(*httpd.Request, []httpd.Buf, httpd.Sink, int, int) error {
	return nil
}
func (judge) Log(*httpd.Request, int, int) {}
func (judge) Close()                       {}

const described = `[{"name":"p","priority":12,"version":"1.2","phases":["access"],"without":["consumer","service"],
	"checks":[{"kind":"at_least_one_of","fields":["config.a","config.b"]}],
	"config":{"name":"config","type":"record","shorthands":[{"name":"short","type":"string","expand":7}],
		"checks":[{"kind":"conditional","if_field":"a","if_match":{"one_of":["x"]},"then_field":"b","then_match":{"required":true},"text":"b is missing"},
			{"kind":"custom_entity_check","fields":["n","deep.m"],"rule":3}],
		"fields":[
			{"name":"a","type":"string","rule":1},
			{"name":"b","type":"string","len_min":0},
			{"name":"n","type":"integer","between":[1,9],"default":5},
			{"name":"list","type":"array","default":{},"elements":{"name":"elements","type":"string","one_of":["x","y"]}},
			{"name":"map","type":"map","keys":{"name":"keys","type":"string","len_eq":2},"values":{"name":"values","type":"number","gt":0}},
			{"name":"key","type":"string","encrypted":true},
			{"name":"deep","type":"record","required":true,"fields":[{"name":"m","type":"integer"}],"checks":[],"shorthands":[]}]}}]`

// What schema.lua tells becomes a schema that fills in and judges as Kong's would.
func TestSchema(t *testing.T) {
	p := &Plugins{machine: judge{"field 1": "", "entity 3": "", "expand 7": `{"fields":{"b":"of VALUE"}}`}}
	kinds, err := p.read(described)
	if err != nil {
		t.Fatal(err)
	}
	k := kinds[0]
	if k.Name != "p" || k.Priority != 12 || k.Version != "1.2" || k.Without != plugin.OfConsumer|plugin.OfService {
		t.Errorf("%+v", k)
	}
	s := &schema.Schema{Shape: k.Config}
	for _, c := range []struct{ doc, want, wrong string }{
		{`{}`, `{"a":null,"b":null,"deep":{"m":null},"key":null,"list":[],"map":null,"n":5}`, ""},
		{`{"n":7.0,"list":["x"]}`, `"list":["x"],"map":null,"n":7}`, ""},
		{`{"b":""}`, `"b":""`, ""},
		{`{"short":1}`, "", "/short expected a string"},
		{`{"n":10}`, "", "/n value should be between 1 and 9"},
		{`{"list":["z"]}`, "", "/list/0 expected one of: x, y"},
		{`{"map":{"ab":0}}`, "", "/map/ab value must be greater than 0"},
		{`{"map":{"abc":1}}`, "", "/map/abc length must be at most 2"},
		{`{"a":"x"}`, "", "/b required field missing"},
		{`{"c":1}`, "", "/c unknown field"},
	} {
		var doc map[string]any
		if err := json.Unmarshal([]byte(c.doc), &doc); err != nil {
			t.Fatal(err)
		}
		full, faults := s.Complete(doc)
		b, _ := json.Marshal(full)
		got := ""
		if len(faults) > 0 {
			got = faults[0].Pointer + " " + faults[0].Message
		}
		if got != c.wrong || c.wrong == "" && !strings.Contains(string(b), c.want) {
			t.Errorf("%s: %s %q, want %s %q", c.doc, b, got, c.want, c.wrong)
		}
	}
	if red := s.Redact(map[string]any{"key": "s"}); red["key"] != schema.Hidden {
		t.Errorf("the secret is shown: %v", red)
	}
}

// What Lua's own functions say, and that they raise, is a fault at its place.
func TestJudged(t *testing.T) {
	p := &Plugins{machine: judge{"field 1": "bad VALUE", "entity 3": `{"message":"both","fields":{"n":"too low"}}`, "expand 7": `{"message":"no such"}`}}
	kinds, err := p.read(described)
	if err != nil {
		t.Fatal(err)
	}
	s := &schema.Schema{Shape: kinds[0].Config}
	for _, c := range []struct {
		doc  map[string]any
		want string
	}{
		{map[string]any{"a": "v"}, `/a bad "v"|`},
		{map[string]any{}, `/n too low| both|`},
		{map[string]any{"short": "s"}, `/short no such|/n too low| both|`},
	} {
		_, faults := s.Complete(c.doc)
		got := ""
		for _, f := range faults {
			got += f.Pointer + " " + f.Message + "|"
		}
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.doc, got, c.want)
		}
	}
	p.machine = judge{}
	if _, faults := s.Complete(map[string]any{"a": "v"}); len(faults) == 0 || faults[0].Message != "the check failed: raised" {
		t.Errorf("%v", faults)
	}
}

// A plugin is one file, or two in a folder; all else is said.
func TestRead(t *testing.T) {
	there := map[string]string{"/d/one.lua": "1", "/d/two/handler.lua": "2", "/d/two/schema.lua": "3", "/d/kong/plugins/three/handler.lua": "4",
		"/d/kong/plugins/three/schema.lua": "5", "/d/half/handler.lua": "6"}
	read := func(name string) ([]byte, error) {
		if s, ok := there[name]; ok {
			return []byte(s), nil
		}
		return nil, fs.ErrNotExist
	}
	f, err := Read([]string{"one", "two", "three"}, "/d", "/", read)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(f.sources)
	want := `[{"name":"one","single":{"path":"d/one.lua","text":"1"}},` +
		`{"name":"two","handler":{"path":"d/two/handler.lua","text":"2"},"schema":{"path":"d/two/schema.lua","text":"3"}},` +
		`{"name":"three","handler":{"path":"d/kong/plugins/three/handler.lua","text":"4"},"schema":{"path":"d/kong/plugins/three/schema.lua","text":"5"}}]`
	if string(b) != want {
		t.Errorf("%s", b)
	}
	for name, want := range map[string]string{
		"half":   `lua plugin "half": there is d/half/handler.lua, but no schema.lua beside it`,
		"none":   `lua plugin "none": in /d there is neither none.lua nor none/handler.lua nor kong/plugins/none/handler.lua`,
		"../one": `lua plugin "../one": a name has letters, digits, "-" and "_"`,
	} {
		if _, err := Read([]string{name}, "/d", "/", read); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
