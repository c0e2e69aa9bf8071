package bodytransformer

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

const order = `{"user":{"name":"Bob \"B\" O'Neill","age":41,"tags":["a","b"],"x-y":1},"items":[{"id":7,"price":"2.50"},{"id":8,"price":null}],"one":{"id":9},"empty":[],"no":false,"text":"<&>"}`

func run(t testing.TB, template, format, body string) (string, error) {
	t.Helper()
	m, err := NewTemplate(template, format)
	if err != nil {
		return "", err
	}
	v, err := parseJSON([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	out, err := m.run(func(name string) value {
		return map[string]value{"body": v, "method": "GET", "status": count(200), "headers": func(name string) value { return "h:" + name }}[name]
	}, 1<<16)
	return string(out), err
}

func TestTemplates(t *testing.T) {
	for _, c := range []struct{ format, template, want string }{
		{"json", `{"a":{{ body.user.name }}}`, `{"a":"Bob \"B\" O'Neill"}`},
		{"json", `{"a":"hello {{ body.user.name }}","b":{{body.user.age}}}`, `{"a":"hello Bob \"B\" O'Neill","b":41}`},
		{"json", `{{ body.user.tags }}{{ body.none }}{{ body.none.deeper }}{{ body.user.x-y }}`, `["a","b"]nullnull1`},
		{"json", `{{ body["user"]["tags"][1] }}{{ body.user.tags[-1] }}{{ body.user.tags[5] }}`, `"b""b"null`},
		{"json", `{{ body.none | default "x" }}{{ body.user.age | default 1 }}{{ "" | default null }}`, `"x"41null`},
		{"json", `[{{ range x in body.items }}{{ x.id }}{{ sep "," }}{{ end }}]`, `[7,8]`},
		{"json", `[{{ range i, x in body.items }}[{{ i }},{{ x.price }}]{{ sep "," }}{{ end }}]`, `[[0,"2.50"],[1,null]]`},
		{"json", `{{{ range k, v in body.user }}{{ k }}:{{ v }}{{ sep "," }}{{ end }}}`, `{"name":"Bob \"B\" O'Neill","age":41,"tags":["a","b"],"x-y":1}`},
		{"json", `[{{ range x in body.one }}{{ x }}{{ end }}{{ range x in body.user.age }}{{ x }}{{ end }}]`, `[941]`},
		{"json", `{{ range x in body.empty }}x{{ else }}"none"{{ end }}`, `"none"`},
		{"json", `{{ range x in body.items }}{{ range y in body.user.tags }}"{{ x.id }}{{ y }}"{{ sep "," }}{{ end }}{{ sep ";" }}{{ end }}`, `"7a","7b";"8a","8b"`},
		{"json", `{{ if body.user.age >= 40 and not body.no }}1{{ else }}2{{ end }}`, `1`},
		{"json", `{{ if body.no }}1{{ else if body.user.age == 41 }}2{{ else }}3{{ end }}`, `2`},
		{"json", `{{ if (body.no or body.empty) == null }}1{{ else }}3{{ end }}`, `3`},
		{"json", `{{ body.user.age == 41.0 }}{{ body.user.age != 41 }}{{ "b" > "a" }}{{ "10" < 9 }}{{ body.one < 1 }}{{ body.text == "<&>" }}`, `truefalsetruefalsefalsetrue`},
		{"json", `{{ body.items[0].price | number }}{{ "x" | number }}{{ body.user.tags | length }}{{ "é" | length }}{{ body.user.age | string }}`, `2.50null21"41"`},
		{"json", `{{ body.user.tags | join "-" | upper }}{{ body.user.tags | first }}{{ body.user.tags | last }}{{ body.one | list }}{{ body.none | list }}`, `"A-B""a""b"[{"id":9}][]`},
		{"json", `{{ body.one | json }}{{ headers.X-A }}{{ headers["x"] }}{{ method }}{{ status }}{{ headers }}`, `"{\"id\":9}""h:X-A""h:x""GET"200null`},
		{"json", `{"q":"{{ "a\"}}b" }}"}`, `{"q":"a\"}}b"}`},
		{"json", `{"q":"\"{{ body.user.name }}"}`, `{"q":"\"Bob \"B\" O'Neill"}`},
		{"xml", `<a b="{{ body.text }}">{{ body.user.name }}</a>`, `<a b="&lt;&amp;&gt;">Bob &#34;B&#34; O&#39;Neill</a>`},
		{"encoded", `a={{ body.text }}&b={{ body.one }}`, `a=%3C%26%3E&b=%7B%22id%22%3A9%7D`},
		{"plain", `{{ body.text }} {{ body.no }} {{ -1.5e+3 }} {{ 'it''s' | default "" }}`, ``},
		{"plain", `{{ body.text }} {{ body.no }} {{ -1.5e+3 }} {{ ' x ' | trim }} {{ "a\nb\t\\" }}`, "<&> false -1.5e+3 x a\nb\t\\"},
	} {
		got, err := run(t, c.template, c.format, order)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: %q", c.template, got)
			}
			continue
		}
		if strings.HasPrefix(c.template, `{"q":"\"`) { // a quote that is escaped does not end the string
			c.want = `{"q":"\"Bob \"B\" O'Neill"}`
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.template, err, got, c.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for template, want := range map[string]string{
		`{{ body`:                `"}}" is missing`,
		`{{ }}`:                  `a value is missing`,
		`{{ none }}`:             `"none" is not known`,
		`{{ body. }}`:            `a name is missing`,
		`{{ body[1 }}`:           `"]" is missing`,
		`{{ (body }}`:            `")" is missing`,
		`{{ body | what }}`:      `there is no filter "what"`,
		`{{ body | default }}`:   `default: a value is missing`,
		`{{ body | join body }}`: `join wants a text in quotes`,
		`{{ body body }}`:        `"body" is not understood`,
		`{{ "x }}`:               `"}}" is missing`,
		`{{ 1x }}`:               `"1x" is no number`,
		`{{ if body }}`:          `{{ end }} of {{ if }} is missing`,
		`{{ end }}`:              `{{ end }} has nothing to end`,
		`{{ if body }}{{ else }}{{ else }}{{end}}`:      `{{ else }} stands behind {{ else }}`,
		`{{ range x }}{{ end }}`:                        `{{ range x }} is not understood`,
		`{{ range 1, x in body }}{{ end }}`:             `{{ range 1, x in body }} is not understood`,
		`{{ range x in body }}{{ end }}{{ x }}`:         `"x" is not known`,
		`{{ range x in body }}{{ else if 1 }}{{ end }}`: `{{ else if 1 }} is not understood`,
		`{{ sep "," }}`:                                 `stands in no {{ range }}`,
		`{{ range x in body }}{{ sep x }}{{end}}`:       `wants a text in quotes`,
		`{"a":"`:                                 `a string of JSON is not closed`,
		`{{ if body }}"{{ end }}`:                `begins or ends within {{ if }}`,
		strings.Repeat("{{ if body }}", 200):     `nested too deeply`,
		"{{ " + strings.Repeat("(", 200) + " }}": `nested too deeply`,
	} {
		if _, err := NewTemplate(template, "json"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80s: %v", template, err)
		}
	}
}

// What clients send can't make a template run for long, nor write much.
func TestBounds(t *testing.T) {
	body := "[" + strings.Repeat("1,", 4000) + "1]"
	for template, want := range map[string]error{
		`{{ range a in body }}{{ range b in body }}{{ if a == b }}{{ end }}{{ end }}{{ end }}`: errSteps,
		`{{ range a in body }}{{ if (body | json) == "" }}{{ end }}{{ end }}`:                  errSteps,
		`{{ range a in body }}{{ body }}{{ end }}`:                                             errOutput,
	} {
		if _, err := run(t, template, "plain", body); !errors.Is(err, want) {
			t.Errorf("%s: %v", template, err)
		}
	}
	if _, err := parseJSON([]byte(strings.Repeat("[", 1000) + strings.Repeat("]", 1000))); !errors.Is(err, errDeep) {
		t.Error(err)
	}
	if _, err := parseXML([]byte(strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000))); !errors.Is(err, errDeep) {
		t.Error(err)
	}
}

// Whatever stands in a body, what is written around it stays as it was.
func FuzzInjection(f *testing.F) {
	f.Add(`"},"admin":true,{"`, `</a><b>`)
	f.Add("\x00\xff\\", "]]>&\ufffe\u2028")
	f.Fuzz(func(t *testing.T, a, b string) {
		in, err := json.Marshal(map[string]any{"a": a, "b": b, a: []string{b}})
		if err != nil {
			t.Fatal(err)
		}
		out, err := run(t, `{"a":{{ body.a }},"in":"<{{ body.b }}>","all":{{ body }}}`, "json", string(in))
		var got struct {
			A, In string
			All   map[string]any
		}
		if err != nil && !errors.Is(err, errOutput) {
			t.Fatal(err)
		}
		var same map[string]any
		json.Unmarshal(in, &same)
		if d := json.NewDecoder(strings.NewReader(out)); err == nil {
			d.DisallowUnknownFields()
			if err := d.Decode(&got); err != nil || got.A != toValid(a) && same["a"] != nil && got.A != text(first(same["a"])) {
				t.Errorf("%v: %q", err, out)
			}
		}
		if out, err = run(t, `<x y="{{ body.a }}">{{ body.b }}</x>`, "xml", string(in)); err != nil {
			return
		}
		depth := 0
		for d := xml.NewDecoder(strings.NewReader(out)); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v: %q", err, out)
			}
			if s, ok := token.(xml.StartElement); ok {
				if depth++; s.Name.Local != "x" || len(s.Attr) != 1 {
					t.Errorf("%q", out)
				}
			}
		}
		if depth != 1 {
			t.Errorf("%q", out)
		}
	})
}

func toValid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

func first(v any) value {
	if s, ok := v.(string); ok {
		return s
	}
	return nil
}

func BenchmarkTemplate(b *testing.B) {
	m, err := NewTemplate(`{"name":{{ body.user.name }},"items":[{{ range x in body.items }}{"id":{{ x.id }},"price":{{ x.price | default "0" }}}{{ sep "," }}{{ end }}]}`, "json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		v, err := parseJSON([]byte(order))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := m.run(func(string) value { return v }, 1<<16); err != nil {
			b.Fatal(err)
		}
	}
}
