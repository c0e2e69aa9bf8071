package rewrite

import (
	"errors"
	"fmt"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/regex"
	"moongate/gateway/plugin"
)

// template is a text with $name and ${name} in it: groups of the pattern, by number or
// name, and nginx's variables.
type template struct {
	pieces []piece
}

// piece is a text, a group or a variable.
type piece struct {
	text     string
	group    int // -1: none
	variable string
}

// newTemplate reads a template. Its groups must be there in the pattern, if it has one.
func newTemplate(s string, re *regex.Regex) (*template, error) {
	t := new(template)
	for s != "" {
		before, rest, found := strings.Cut(s, "$")
		if before != "" {
			t.pieces = append(t.pieces, piece{text: before, group: -1})
		}
		if !found {
			break
		}
		name, after, err := cutName(rest)
		if err != nil {
			return nil, err
		}
		p := piece{group: -1, variable: name}
		if name[0] >= '0' && name[0] <= '9' {
			p.group, p.variable = 0, ""
			for _, c := range name {
				p.group = p.group*10 + int(c-'0')
			}
			if re != nil && p.group > re.Captures() {
				return nil, fmt.Errorf("the pattern has no group %d", p.group)
			}
		}
		t.pieces = append(t.pieces, p)
		s = after
	}
	return t, nil
}

// cutName takes the name of a variable off.
func cutName(s string) (name, rest string, err error) {
	inside, braces := strings.CutPrefix(s, "{")
	n := 0
	digits := inside != "" && inside[0] >= '0' && inside[0] <= '9'
	for n < len(inside) && n < 64 && inWord(inside[n], digits && !braces) {
		n++
	}
	if name, rest = inside[:n], inside[n:]; name == "" {
		return "", "", errors.New("a name is missing behind \"$\"")
	}
	if digits && (strings.Trim(name, "0123456789") != "" || n > 2) {
		return "", "", fmt.Errorf("\"%s\" is no group", name)
	}
	if braces {
		if rest == "" || rest[0] != '}' {
			return "", "", errors.New("\"}\" is missing")
		}
		rest = rest[1:]
	}
	return name, rest, nil
}

// inWord tells which characters a name has. Only a digit follows a digit: $12a is group 12
// and a letter.
func inWord(c byte, digits bool) bool {
	if c >= '0' && c <= '9' {
		return true
	}
	return !digits && (c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_')
}

// match is what groups stand for; the zero value has none.
type match struct {
	re      *regex.Regex
	subject string
	offsets []int32
}

func (m *match) group(i int) string { return regex.Capture(m.subject, m.offsets, i) }

func (m *match) named(name string) (string, bool) {
	if m.re == nil {
		return "", false
	}
	for _, g := range m.re.Names() {
		if g.Name == name {
			return m.group(g.Group), true
		}
	}
	return "", false
}

// encode says how values are written.
type encode uint8

const (
	asTarget encode = iota // a path, and what stands behind "?" is a query
	asHeader
	plain
)

// appendTo appends the template for a request. Values can't break out of the place where
// they stand: in a path no "?" begins a query, in a query no "&" another argument, and in
// a header nobody begins another line. A variable that is not there is empty.
func (t *template) appendTo(b []byte, r *httpd.Request, m *match, how encode) []byte {
	inQuery := false
	for i := range t.pieces {
		p := &t.pieces[i]
		v, isText := p.text, false
		switch {
		case p.group >= 0:
			v = m.group(p.group)
		case p.variable != "":
			var ours bool
			if v, ours = m.named(p.variable); ours {
				break
			}
			v, _, _ = r.LookupVar(p.variable)
			if isText = targets[p.variable]; !isText && how == asTarget && strings.HasPrefix(p.variable, "arg_") {
				v = plugin.Unescape(r, v)
			}
		default:
			isText = true
		}
		switch {
		case how == asTarget && isText:
			inQuery = inQuery || strings.IndexByte(v, '?') >= 0
			b = append(b, v...)
		case how == asTarget && inQuery:
			b = http1.AppendEscaped(b, v, http1.EscapeComponent)
		case how == asTarget:
			b = http1.AppendEscaped(b, v, http1.EscapeURI)
		case how == asHeader:
			b = append(b, lines.Replace(v)...)
		default:
			b = append(b, v...)
		}
	}
	return b
}

// targets are variables whose value is a part of a target already, escaped.
var targets = map[string]bool{"args": true, "query_string": true, "is_args": true, "request_uri": true}

var lines = strings.NewReplacer("\r", "%0D", "\n", "%0A", "\x00", "%00")
