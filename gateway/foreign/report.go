// Package foreign turns what other gateways are told into our declarative file: Kong's
// and decK's files, APISIX's, and the locations of an nginx.conf. What can't be said
// with our entities is in the report, with its place; nothing is dropped silently.
package foreign

import (
	"fmt"
	"strings"
)

// Note is something that needs a person.
type Note struct {
	Place string // a line, a JSON pointer, the name of an object
	Text  string
}

// Report is what did not come over, or not as it was.
type Report struct{ Notes []Note }

func (r *Report) add(place, format string, args ...any) {
	r.Notes = append(r.Notes, Note{place, fmt.Sprintf(format, args...)})
}

// file collects entities.
type file map[string]any

func newFile() file { return file{"_format_version": "3.0"} }

func (f file) add(kind string, entity map[string]any) {
	list, _ := f[kind].([]any)
	f[kind] = append(list, entity)
}

// name makes one of ours of what others allow: letters, digits and - . _ ~
func name(parts ...string) string {
	var b strings.Builder
	for _, c := range strings.Join(parts, "-") {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.ContainsRune("._~", c):
			b.WriteRune(c)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-~")
}

// names keeps names apart that have become the same.
type names map[string]bool

func (n names) fresh(s string) string {
	out := s
	for i := 2; n[out] || out == ""; i++ {
		out = strings.TrimPrefix(fmt.Sprintf("%s-%d", s, i), "-")
	}
	n[out] = true
	return out
}
