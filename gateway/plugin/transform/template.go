package transform

import (
	"errors"
	"fmt"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

// Template is a value with parts of the request in it: $(headers.x), $(headers["x-y"]),
// $(query_params.x), $(uri_captures.name), $(uri_captures[1]), each also with another one
// or a text in quotes behind "or". What is not there is empty. That is the part of Kong's
// templates, which are Lua, that people use.
type Template struct {
	pieces []piece
	needs  []string // first names of $(answers.x)
	fixed  bool     // one text, and nothing else
}

// piece is a text, or alternatives of which the first counts that is there.
type piece struct {
	text  string
	terms []term
}

type term struct {
	from source
	name string // or the text
}

type source uint8

const (
	text source = iota
	headers
	query
	captures
	answers
)

var sources = map[string]source{"headers": headers, "query_params": query, "uri_captures": captures, "answers": answers}

// NewTemplate reads a template.
func NewTemplate(s string) (*Template, error) {
	t, err := NewAnswersTemplate(s)
	if err == nil && t.needs != nil {
		return nil, errors.New("\"answers\" is none of headers, query_params and uri_captures")
	}
	return t, err
}

// NewAnswersTemplate reads one that may have answers of services in it: $(answers.user.id) is
// the member id of what the one called user has said.
func NewAnswersTemplate(s string) (*Template, error) {
	t := new(Template)
	for s != "" {
		before, rest, found := strings.Cut(s, "$(")
		if before != "" {
			t.pieces = append(t.pieces, piece{text: before})
		}
		if !found {
			break
		}
		end := closing(rest)
		if end < 0 {
			return nil, errors.New("\")\" is missing")
		}
		terms, err := alternatives(rest[:end])
		if err != nil {
			return nil, err
		}
		t.pieces = append(t.pieces, piece{terms: terms})
		for _, e := range terms {
			if e.from == answers {
				first, _, _ := strings.Cut(e.name, ".")
				t.needs = append(t.needs, first)
			}
		}
		s = rest[end+1:]
	}
	t.fixed = len(t.pieces) == 0 || len(t.pieces) == 1 && t.pieces[0].terms == nil
	return t, nil
}

// closing finds the bracket that ends an expression.
func closing(s string) int {
	var quote byte
	for i := range len(s) {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == ')':
			return i
		}
	}
	return -1
}

func alternatives(s string) (out []term, err error) {
	for {
		var t term
		if t, s, err = readTerm(strings.TrimSpace(s)); err != nil {
			return nil, err
		}
		out = append(out, t)
		if s = strings.TrimSpace(s); s == "" {
			return out, nil
		}
		rest, ok := strings.CutPrefix(s, "or ")
		if !ok {
			return nil, fmt.Errorf("unexpected \"%s\"", s)
		}
		s = rest
	}
}

func readTerm(s string) (t term, rest string, err error) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		t.name, rest, err = quoted(s)
		return t, rest, err
	}
	n := strings.IndexFunc(s, func(c rune) bool { return !inWord(c) })
	if n < 0 {
		n = len(s)
	}
	from, ok := sources[s[:n]]
	if !ok {
		return t, "", fmt.Errorf("\"%s\" is none of headers, query_params and uri_captures", s[:n])
	}
	t.from, rest = from, s[n:]
	switch {
	case strings.HasPrefix(rest, "."):
		rest = rest[1:]
		dots := from == answers
		if n = strings.IndexFunc(rest, func(c rune) bool { return !inWord(c) && !(dots && c == '.') }); n < 0 {
			n = len(rest)
		}
		t.name, rest = rest[:n], rest[n:]
	case strings.HasPrefix(rest, "["):
		inside, after, found := strings.Cut(rest[1:], "]")
		if inside = strings.TrimSpace(inside); found && inside != "" && (inside[0] == '"' || inside[0] == '\'') {
			if inside, after, err = quoted(strings.TrimSpace(rest[1:])); err != nil {
				return t, "", err
			}
			after, found = strings.CutPrefix(strings.TrimSpace(after), "]")
		}
		if !found {
			return t, "", errors.New("\"]\" is missing")
		}
		t.name, rest = inside, after
	}
	if t.name == "" {
		return t, "", errors.New("the name of a value is missing")
	}
	if from == headers {
		t.name = strings.ReplaceAll(t.name, "_", "-")
	}
	return t, rest, nil
}

func quoted(s string) (inside, rest string, err error) {
	inside, rest, ok := strings.Cut(s[1:], s[:1])
	if !ok {
		return "", "", errors.New("a quote is missing")
	}
	return inside, rest, nil
}

func inWord(c rune) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// Eval is the template for a request; it lives as long as the request.
func (t *Template) Eval(x *plugin.Context) string {
	if t.fixed {
		if len(t.pieces) == 0 {
			return ""
		}
		return t.pieces[0].text
	}
	var b []byte
	for i := range t.pieces {
		p := &t.pieces[i]
		b = append(b, p.text...)
		for _, term := range p.terms {
			if v, ok := term.get(x); ok {
				b = append(b, v...)
				break
			}
		}
	}
	return http1.View(b)
}

// Needs are the first names of the answers that it has in it.
func (t *Template) Needs() []string { return t.needs }

// Values gives answers of services by their paths.
type Values interface {
	Value(path string) (string, bool)
}

// With is Eval with answers, for a place where values are escaped. ok is false where an
// answer is needed that is not there.
func (t *Template) With(x *plugin.Context, v Values, escape func(b []byte, value string) []byte) (_ string, ok bool) {
	var b []byte
	for i := range t.pieces {
		p := &t.pieces[i]
		b = append(b, p.text...)
		found, asked := false, false
		for _, term := range p.terms {
			var value string
			if term.from == answers {
				asked = true
				value, found = v.Value(term.name)
			} else {
				value, found = term.get(x)
			}
			if found {
				b = escape(b, value)
				break
			}
		}
		if asked && !found {
			return "", false
		}
	}
	return http1.View(b), true
}

// Header is Eval for the value of a header, in which nobody can begin another line.
func (t *Template) Header(x *plugin.Context) string {
	v := t.Eval(x)
	if strings.ContainsAny(v, "\r\n\x00") {
		return lineEnds.Replace(v)
	}
	return v
}

var lineEnds = strings.NewReplacer("\r", "%0D", "\n", "%0A", "\x00", "%00")

func (t *term) get(x *plugin.Context) (string, bool) {
	switch t.from {
	case headers:
		list := x.R.In.List
		for i := range list {
			if http1.EqualFold(strings.ReplaceAll(list[i].Name, "_", "-"), t.name) {
				return list[i].Value, true
			}
		}
		return "", false
	case query:
		return x.Arg(t.name)
	case captures:
		v := x.Capture(t.name)
		return v, v != ""
	}
	return t.name, true
}
