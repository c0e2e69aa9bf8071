package plugin

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// What logs and echoes tell of a request, in Kong's shapes.

// Scheme is "https" for requests that come with TLS.
func Scheme(r *httpd.Request) string {
	if r.Conn.TLS() != nil {
		return "https"
	}
	return "http"
}

// Port is the port that the client has asked.
func Port(r *httpd.Request) int {
	if r.Port != 0 {
		return r.Port
	}
	if p := r.Conn.LocalAddr().Port(); p != 0 {
		return int(p)
	}
	if r.Conn.TLS() != nil {
		return 443
	}
	return 80
}

// HeaderMap is a header by lower-case names: a text, or a list where there are several.
func HeaderMap(list []http1.Header) map[string]any {
	out := make(map[string]any, len(list))
	for i := range list {
		put(out, strings.ToLower(list[i].Name), list[i].Value)
	}
	return out
}

// QueryMap is a query in the same shape; an argument without "=" is true.
func QueryMap(r *httpd.Request) map[string]any {
	out := map[string]any{}
	_, rest, _ := strings.Cut(r.UnparsedURI, "?")
	for rest != "" {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		name, value, given := strings.Cut(pair, "=")
		if name == "" {
			continue
		}
		if given {
			put(out, Unescape(r, name), Unescape(r, value))
		} else {
			put(out, Unescape(r, name), true)
		}
	}
	return out
}

func put(m map[string]any, name string, value any) {
	switch was := m[name].(type) {
	case nil:
		m[name] = value
	case []any:
		m[name] = append(was, value)
	default:
		m[name] = []any{was, value}
	}
}
