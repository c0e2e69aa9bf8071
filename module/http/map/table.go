package httpmap

import (
	"moongate/edge/wire/http1"
	"moongate/engine/hostnames"
	"moongate/engine/httpd"
)

// table is one map: texts first, then patterns in their order, then the
// default.
type table struct {
	source    *httpd.Value
	names     hostnames.Table[*httpd.Value]
	patterns  []pattern
	fallback  *httpd.Value // nil: empty
	hostnames bool
}

type pattern struct {
	re    *httpd.Regex
	value *httpd.Value
}

// get is ngx_http_map_variable.
func (t *table) get(r *httpd.Request) (string, bool) {
	key := t.source.Eval(r)
	if n := len(key); t.hostnames && n > 0 && key[n-1] == '.' {
		key = key[:n-1]
	}
	if v := t.find(r, key); v != nil {
		return v.Eval(r), true
	}
	return "", true
}

func (t *table) find(r *httpd.Request, key string) *httpd.Value {
	if v, ok := t.names.Find(lower(r, key)); ok {
		return v
	}
	if key != "" {
		for i := range t.patterns {
			if r.Match(t.patterns[i].re, key) {
				return t.patterns[i].value
			}
		}
	}
	return t.fallback
}

// lower is the key in lower case, copied only when it has capitals.
func lower(r *httpd.Request, s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			b := r.Alloc(len(s))
			for j := range len(s) {
				c := s[j]
				if c >= 'A' && c <= 'Z' {
					c |= 0x20
				}
				b[j] = c
			}
			return http1.View(b)
		}
	}
	return s
}
