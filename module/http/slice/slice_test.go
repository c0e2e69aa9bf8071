package slice

import (
	"testing"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

func TestContentRange(t *testing.T) {
	for _, c := range []struct {
		value           string
		from, to, total int64
		ok              bool
	}{
		{"bytes 0-9/100", 0, 10, 100, true},
		{"bytes  5 - 6 / 7 ", 5, 7, 7, true},
		{"bytes 0-0/*", 0, 1, -1, true},
		{"bytes", 0, 0, 0, false},
		{"bytes */100", 0, 0, 0, false},
		{"bytes 0-9", 0, 0, 0, false},
		{"bytes 0-/9", 0, 0, 0, false},
		{"bytes 0-9/x", 0, 0, 0, false},
		{"bytes 0-9/10x", 0, 0, 0, false},
		{"items 0-9/10", 0, 0, 0, false},
		{"bytes 0-9223372036854775807/9223372036854775808", 0, 0, 0, false},
		{"bytes 0-9223372036854775805/9223372036854775806", 0, 9223372036854775806, 9223372036854775806, true},
	} {
		from, to, total, ok := contentRange(c.value)
		if ok != c.ok || ok && (from != c.from || to != c.to || total != c.total) {
			t.Errorf("%q: %d-%d/%d %v", c.value, from, to, total, ok)
		}
	}
}

func TestFirstByte(t *testing.T) {
	for value, want := range map[string]int64{"bytes=5-": 5, "Bytes=  7-9": 7, "bytes=-5": 0, "bytes=5-6,8-9": 0, "items=5-": 0, "bytes=x": 0,
		"bytes=99999999999999999999-": 0} {
		r := new(httpd.Request)
		r.In.List = []httpd.Header{{Name: "Range", Value: value, ID: http1.Range}}
		if n := firstByte(r); n != want {
			t.Errorf("%q: %d", value, n)
		}
		r.In.List = append(r.In.List, httpd.Header{Name: "If-Range", Value: "x", ID: http1.IfRange})
		if firstByte(r) != 0 {
			t.Errorf("%q with If-Range counts", value)
		}
	}
}
