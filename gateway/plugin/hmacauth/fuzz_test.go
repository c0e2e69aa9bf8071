package hmacauth

import (
	"fmt"
	"strings"
	"testing"
)

// What is parsed can be written again, and says the same.
func FuzzParse(f *testing.F) {
	f.Add(`hmac username="a", algorithm="hmac-sha1", headers="date  x", signature="c2ln"`)
	f.Add(`Hmac   username="a",algorithm="b",	headers="c",signature="d" e`)
	f.Add(`hmac username="a", algorithm="`)
	f.Add(`hmac username="", algorithm="b", headers="c", signature="d"`)
	f.Fuzz(func(t *testing.T, value string) {
		s, ok := parse(value)
		if !ok {
			if s.user != "" || s.headers != nil {
				t.Errorf("%q: %+v of what was refused", value, s)
			}
			return
		}
		if s.user == "" || s.algorithm == "" || s.text == "" || len(s.headers) == 0 {
			t.Fatalf("%q: %+v", value, s)
		}
		again, ok := parse(fmt.Sprintf(`hmac username="%s", algorithm="%s", headers="%s", signature="%s"`, s.user, s.algorithm, strings.Join(s.headers, " "), s.text))
		if !ok || fmt.Sprint(again) != fmt.Sprint(s) {
			t.Errorf("%q: %+v, then %+v", value, s, again)
		}
	})
}
