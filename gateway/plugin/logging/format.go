package logging

import (
	"fmt"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Format is a line as log_format has it: text with $name or ${name} of nginx's variables.
// Names are looked up when a line is written, since the store outlives nginx.conf: a
// variable that there is not has no value.
type Format struct {
	pieces []formatPiece
	escape func(b []byte, value string) []byte
	none   string // in place of no value
}

// formatPiece is a text and the variable behind it; the last one may have none.
type formatPiece struct{ text, name string }

var escapes = map[string]func([]byte, string) []byte{
	"default": appendHex,
	"json":    http1.AppendJSON,
	"none":    func(b []byte, s string) []byte { return append(b, s...) },
}

// NewFormat reads a format.
func NewFormat(text, escape string) (*Format, error) {
	f := &Format{escape: escapes[escape]}
	if f.escape == nil {
		return nil, fmt.Errorf("unknown escape %q", escape)
	}
	if escape == "default" {
		f.none = "-"
	}
	for text != "" {
		before, rest, found := strings.Cut(text, "$")
		if !found {
			f.pieces = append(f.pieces, formatPiece{before, ""})
			break
		}
		rest, braced := strings.CutPrefix(rest, "{")
		n := strings.IndexFunc(rest, func(c rune) bool { return !isName(c) })
		if n < 0 {
			n = len(rest)
		}
		name := rest[:n]
		if rest = rest[n:]; braced {
			if rest, found = strings.CutPrefix(rest, "}"); !found {
				return nil, fmt.Errorf("the closing bracket in \"%s\" variable is missing", name)
			}
		}
		if name == "" {
			return nil, fmt.Errorf("the name of a variable is missing behind \"%s$\"", before)
		}
		f.pieces = append(f.pieces, formatPiece{before, name})
		text = rest
	}
	return f, nil
}

func isName(c rune) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

func checkFormat(v any) string {
	s, _ := v.(string)
	if _, err := NewFormat(s, "default"); err != nil {
		return err.Error()
	}
	return ""
}

// Append writes the line of a request.
func (f *Format) Append(b []byte, r *httpd.Request) []byte {
	for _, p := range f.pieces {
		b = append(b, p.text...)
		if p.name == "" {
			continue
		}
		if v, ok, _ := r.LookupVar(p.name); ok {
			b = f.escape(b, v)
		} else {
			b = append(b, f.none...)
		}
	}
	return b
}

// appendHex is the default of log_format: quotes, backslashes and what is not plain ASCII
// stand as \xHH.
func appendHex(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			b = fmt.Appendf(b, `\x%02X`, c)
		} else {
			b = append(b, c)
		}
	}
	return b
}
