package bodytransformer

import (
	"strings"
	"testing"
)

func TestConversions(t *testing.T) {
	for _, c := range []struct{ from, to, in, want string }{
		{"json", "json", ` { "b" : [ 1 , -2.5e3 , true , null ] , "a" : "é\u00e9\n" , "o" : { } } `, `{"b":[1,-2.5e3,true,null],"a":"éé\n","o":{}}`},
		{"json", "json", `"x"`, `"x"`},
		{"json", "json", `[]`, `[]`},
		{"json", "json", `{"a":}`, "error: it is no JSON"},
		{"json", "json", `{} {}`, "error: it is no JSON"},
		{"json", "xml", `{"order":{"_attr":{"id":1},"item":[{"n":"a&b"},{"n":"\u0000<"}],"_text":"hi"}}`, "<order id=\"1\"><item><n>a&amp;b</n></item><item><n>\ufffd&lt;</n></item>hi</order>"},
		{"json", "xml", `{"a":1,"b":null}`, `<root><a>1</a><b></b></root>`},
		{"json", "xml", `{"a b":1}`, `error: "a b" can't be the name of an element`},
		{"json", "xml", `{"a":{"_attr":{"x y":1}}}`, `error: "x y" can't be the name of an attribute`},
		{"json", "xml", `[1]`, "error: only an object becomes XML"},
		{"json", "encoded", `{"a":"x y","b":[1,true],"c":{"d":null},"e":null}`, "a=x+y&b=1&b=true&c=%7B%22d%22%3Anull%7D&e="},
		{"json", "encoded", `1`, "error: only an object becomes a form"},
		{"json", "plain", `{"a":1}`, `{"a":1}`},
		{"encoded", "json", "a=x+y&b=1&b=2&b=3&c&&%C3%A9=%22", `{"a":"x y","b":["1","2","3"],"c":"","é":"\""}`},
		{"encoded", "json", "a=%zz", "error: it is no form"},
		{"xml", "json", `<?xml version="1.0"?><!-- c --><s:o xmlns:s="u" xmlns="v" k="1"> <i>1</i><i>2</i><i/> <e x="y">t</e> <![CDATA[<]]> </s:o>`,
			`{"o":{"_attr":{"k":"1"},"i":["1","2",""],"e":{"_attr":{"x":"y"},"_text":"t"},"_text":"<"}}`},
		{"xml", "json", `<a>&lt;&#233;</a>`, `{"a":"<é"}`},
		{"xml", "json", `<a>&x;</a>`, "error: it is no XML"},
		{"xml", "json", `<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>`, "error: it has a DOCTYPE"},
		{"xml", "json", `<a><b></a>`, "error: it is no XML"},
		{"xml", "json", `<a/><b/>`, "error: it is no XML: there are two roots"},
		{"xml", "json", ` `, "error: it is no XML: there is no element"},
		{"xml", "json", `<?xml version="1.0" encoding="latin1"?><a/>`, "error: it is no XML"},
		{"plain", "json", `a"b`, `"a\"b"`},
	} {
		w := &way{sideConfig: sideConfig{Output: c.to, MostOut: 1 << 16}}
		out, err := w.transform(nil, c.from, []byte(c.in), 0)
		got := string(out)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want && !(strings.HasPrefix(c.want, "error") && strings.HasPrefix(got, c.want)) {
			t.Errorf("%s to %s: %s\n got %s\nwant %s", c.from, c.to, c.in, got, c.want)
		}
	}
}

func TestFormat(t *testing.T) {
	w := &way{sideConfig: sideConfig{Input: "auto"}}
	for kind, want := range map[string]string{
		"application/json; charset=utf-8": "json", "application/problem+json": "json", "text/xml": "xml", "application/soap+xml": "xml",
		"application/x-www-form-urlencoded": "encoded", "text/plain": "", "": "", "a/b/c": "", "multipart/form-data; boundary=x": "",
	} {
		if got := w.format(kind); got != want {
			t.Errorf("%q: %q", kind, got)
		}
	}
}

// What one format writes it reads again.
func FuzzFormats(f *testing.F) {
	f.Add([]byte(`{"a":{"_attr":{"b":"c"},"d":["x","<"]}}`))
	f.Add([]byte(`<a b="c"><d>x</d><d/></a>`))
	f.Add([]byte("a=b&a=c"))
	f.Fuzz(func(t *testing.T, in []byte) {
		for _, parse := range []func([]byte) (value, error){parseJSON, parseXML, func(b []byte) (value, error) { return parseForm(string(b)) }} {
			v, err := parse(in)
			if err != nil {
				continue
			}
			out := appendJSON(nil, v)
			again, err := parseJSON(out)
			if err != nil || string(appendJSON(nil, again)) != string(out) {
				t.Errorf("%v: %q", err, out)
			}
			if out, err = appendXML(nil, v); err == nil {
				if _, err := parseXML(out); err != nil {
					t.Errorf("%v: %q of %q", err, out, in)
				}
			}
		}
	})
}
