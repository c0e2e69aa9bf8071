package shape

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzShape holds shapes against what the same rules make of encoding/json's reading of
// the document. The rules are texts with commas.
func FuzzShape(f *testing.F) {
	for _, in := range []string{order, `{"a":{"b":1,"c":[{"b":"x\u0041"}]}}`, `[[{"a":null}],1e5,"\ud800"]`, ` {"b" :{ "b":{"b":{}} } } `} {
		f.Add(in, "a,a.b", "id,b.c", "a.c", "a", "*.b", "a.x,b", 1)
		f.Add(in, "", "", "user", "user.address,b", "user.phone", "note,a.b", 0)
	}
	f.Fuzz(func(t *testing.T, doc, pick, drop, rename, flatten, masks, defaults string, limit int) {
		list := func(s string) []string {
			if s == "" {
				return nil
			}
			return strings.Split(s, ",")
		}
		r := Rules{Pick: list(pick), Drop: list(drop), Rename: map[string]string{}, Default: map[string]json.RawMessage{}, Limit: map[string]int{}}
		for i, path := range list(rename) {
			r.Rename[path] = []string{"b", "new", ""}[i%3]
		}
		for i, path := range list(flatten) {
			r.Flatten = append(r.Flatten, Flat{path, []string{"", "p_"}[i%2]})
		}
		for i, path := range list(masks) {
			r.Mask = append(r.Mask, Mask{path, i % 3, i % 2, ""})
		}
		for i, path := range list(defaults) {
			r.Default[path] = raw([]string{`1`, `{"d":[]}`, `null`}[i%3])
		}
		if len(r.Drop) > 0 {
			r.Limit[r.Drop[0]] = limit
		}
		p, err := New(&r)
		if err != nil {
			return
		}
		got, err := p.Shape(nil, []byte(doc))
		if !json.Valid([]byte(doc)) {
			if err == nil {
				t.Fatalf("%q became %q", doc, got)
			}
			return
		}
		if err == errDeep || err == errManyNames || err == errLongName {
			return
		}
		if err != nil || !json.Valid(got) {
			t.Fatalf("%q: %v, %q", doc, err, got)
		}
		if utf8.ValidString(strings.Join([]string{doc, pick, drop, rename, flatten, masks, defaults}, ",")) && len(doc) < mostText {
			same(t, p, []byte(doc))
		}
	})
}
