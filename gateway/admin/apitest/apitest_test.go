package apitest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const small = `{"paths": {
	"/a/{x}": {"parameters": [], "get": {"responses": {"200": {"$ref": "#/components/responses/ok"}, "204": {}}}},
	"/a/b": {"get": {"responses": {"200": {"content": {"text/plain": {}}}}}},
	"/a": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["n"]}}, "text/yaml": {}}}, "responses": {"201": {"headers": {"ETag": {}}}}}}},
	"components": {"responses": {"ok": {"content": {"application/json": {"schema": {"type": "integer"}}}}}}}`

func TestDocument(t *testing.T) {
	d, err := Read([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.Operations()); n != 3 {
		t.Errorf("%d operations", n)
	}
	for _, c := range []struct {
		method, path string
		status       int
		head         http.Header
		body, want   string
	}{
		{"GET", "/a/c", 200, http.Header{"Content-Type": {"application/json; charset=utf-8"}}, `5`, ""},
		{"HEAD", "/a/c", 200, nil, ``, ""},
		{"GET", "/a/c", 200, http.Header{"Content-Type": {"application/json"}}, `"5"`, "5 is no integer"},
		{"GET", "/a/c", 200, http.Header{"Content-Type": {"text/plain"}}, `5`, "the type text/plain is not told"},
		{"GET", "/a/b", 200, http.Header{"Content-Type": {"text/plain"}}, `5`, ""},
		{"GET", "/a/c", 204, nil, ``, ""},
		{"GET", "/a/c", 204, nil, `5`, "there is a body"},
		{"GET", "/a/c", 404, nil, ``, "404, which is not told"},
		{"POST", "/a", 201, http.Header{"Etag": {"x"}}, ``, ""},
		{"POST", "/a", 201, nil, ``, "no header ETag"},
		{"POST", "/b", 404, nil, ``, ""},
		{"POST", "/b", 200, nil, ``, "POST /b is not told"},
	} {
		err := d.Answer(c.method, c.path, c.status, c.head, []byte(c.body))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, c := range []struct{ path, kind, body, want string }{
		{"/a", "application/json", `{"n":1}`, ""}, {"/a", "application/json", `{}`, "n is not there"}, {"/a", "text/yaml", `x`, ""},
		{"/a", "text/plain", `x`, "is not told"}, {"/b", "text/plain", `x`, ""}, {"/a", "", ``, ""},
	} {
		err := d.Request("POST", c.path, c.kind, []byte(c.body))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := Read([]byte(strings.Replace(small, "responses/ok", "responses/no", 1))); err == nil {
		t.Error("a reference that leads nowhere is taken")
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ schema, good, bad string }{
		{`{"type":"string"}`, `"a"`, `1`},
		{`{"type":["string","null"]}`, `null`, `1`},
		{`{"type":"integer"}`, `1`, `1.5`},
		{`{"type":"number"}`, `1.5`, `"1.5"`},
		{`{"type":"boolean"}`, `true`, `null`},
		{`{"type":"array"}`, `[]`, `{}`},
		{`{"type":"object"}`, `{}`, `[]`},
		{`{"const":5}`, `5`, `6`},
		{`{"enum":["a",null]}`, `null`, `"b"`},
		{`{"minimum":2}`, `2`, `1`}, {`{"maximum":2}`, `2`, `3`}, {`{"exclusiveMinimum":2}`, `3`, `2`},
		{`{"minLength":2}`, `"äb"`, `"a"`}, {`{"maxLength":2}`, `"äb"`, `"abc"`},
		{`{"minItems":1}`, `[1]`, `[]`}, {`{"maxItems":1}`, `[1]`, `[1,2]`},
		{`{"minProperties":1}`, `{"a":1}`, `{}`}, {`{"maxProperties":0}`, `{}`, `{"a":1}`},
		{`{"uniqueItems":true}`, `[1,2]`, `[1,1]`},
		{`{"pattern":"^a+$"}`, `"aa"`, `"ab"`},
		{`{"format":"uuid"}`, `"00000000-0000-4000-8000-000000000001"`, `"1"`},
		{`{"format":"date-time"}`, `"2026-01-02T03:04:05.6Z"`, `"yesterday"`},
		{`{"required":["a"]}`, `{"a":null}`, `{}`},
		{`{"properties":{"a":{"type":"string"}}}`, `{"b":1}`, `{"a":1}`},
		{`{"properties":{"a":{}},"additionalProperties":false}`, `{"a":1}`, `{"b":1}`},
		{`{"additionalProperties":{"type":"string"}}`, `{"b":"1"}`, `{"b":1}`},
		{`{"propertyNames":{"minLength":2}}`, `{"bb":1}`, `{"b":1}`},
		{`{"items":{"type":"string"}}`, `["a"]`, `["a",1]`},
		{`{"not":{"type":"string"}}`, `1`, `"a"`},
		{`{"allOf":[{"minimum":1},{"maximum":2}]}`, `1`, `3`},
		{`{"anyOf":[{"minimum":1},{"maximum":2}]}`, `1`, ``},
		{`{"anyOf":[{"type":"string"},{"maximum":2}]}`, `"a"`, `3`},
		{`{"oneOf":[{"minimum":1},{"maximum":2}]}`, `3`, `1`},
		{`{"title":"t","x-own":1,"description":"d"}`, `1`, ``},
		{`{"unheardOf":1}`, ``, `1`},
	} {
		var s object
		if err := json.Unmarshal([]byte(c.schema), &s); err != nil {
			t.Fatal(err)
		}
		for text, good := range map[string]bool{c.good: true, c.bad: false} {
			var v any
			if text == "" {
				continue
			}
			if err := json.Unmarshal([]byte(text), &v); err != nil {
				t.Fatal(err)
			}
			if err := (&Document{}).Check(s, v); (err == nil) != good {
				t.Errorf("%s, %s: %v", c.schema, text, err)
			}
		}
	}
}
