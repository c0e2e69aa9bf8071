package bodytransformer

import (
	"errors"
	"fmt"
	"strings"
)

// Template is a text with tags in it:
//
//	{{ expression }}                        its value, written by the rules of the format
//	{{ if e }} {{ else if e }} {{ else }} {{ end }}
//	{{ range x in e }} {{ else }} {{ end }}  for each of a list, or of an object's members
//	{{ range i, x in e }}                    with its number from 0, or its name
//	{{ sep "," }}                            a text in a range, but not the last time
type Template struct{ nodes []node }

// node is a piece of a template.
type node interface{ run(e *eval) error }

type (
	plain string
	put   struct {
		what  expr
		write func(b []byte, v value) []byte
	}
	choice struct {
		branches []branch
		other    []node
	}
	branch struct {
		when expr
		then []node
	}
	loop struct {
		over        expr
		body, other []node
	}
	separator string
)

// reading is a template that is being read.
type reading struct {
	text   string // what is left
	format string // of what it writes
	inside bool   // of a string of JSON
	names  []string
	loops  int // how many are around
	deep   int
}

// NewTemplate reads a template that writes a format.
func NewTemplate(text, format string) (*Template, error) {
	r := &reading{text: text, format: format}
	nodes, stop, err := r.nodes()
	if err == nil && stop != "" {
		err = fmt.Errorf("{{ %s }} has nothing to end", stop)
	}
	if err == nil && r.inside {
		err = errors.New("a string of JSON is not closed")
	}
	if err != nil {
		return nil, err
	}
	return &Template{nodes}, nil
}

// nodes reads up to a tag that ends a block, which it gives, or to the end.
func (r *reading) nodes() (out []node, stop string, err error) {
	if r.deep++; r.deep > mostDeep {
		return nil, "", errDeep
	}
	defer func() { r.deep-- }()
	for r.text != "" {
		before, rest, found := strings.Cut(r.text, "{{")
		for found && strings.HasPrefix(rest, "{") { // the tag begins at the last ones
			before, rest = before+"{", rest[1:]
		}
		if before != "" {
			out = append(out, plain(before))
			r.pass(before)
		}
		if !found {
			r.text = ""
			break
		}
		n := tagEnd(rest)
		if n < 0 {
			return nil, "", errors.New("\"}}\" is missing")
		}
		tag := strings.TrimSpace(rest[:n])
		r.text = rest[n+2:]
		word, arg, _ := strings.Cut(tag, " ")
		var one node
		switch word {
		case "end", "else":
			return out, tag, nil
		case "if":
			one, err = r.choice(arg)
		case "range":
			one, err = r.loop(arg)
		case "sep":
			one, err = r.separator(arg)
		default:
			one, err = r.put(tag)
		}
		if err != nil {
			return nil, "", err
		}
		out = append(out, one)
	}
	return out, "", nil
}

// pass notes whether a text ends inside of a string.
func (r *reading) pass(s string) {
	if r.format != "json" {
		return
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			r.inside = !r.inside
		case s[i] == '\\' && r.inside:
			i++
		}
	}
}

// tagEnd finds what ends a tag, behind quotes.
func tagEnd(s string) int {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '}' && strings.HasPrefix(s[i:], "}}"):
			return i
		}
	}
	return -1
}

func (r *reading) put(tag string) (node, error) {
	what, err := r.expression(tag)
	if err != nil {
		return nil, err
	}
	return put{what, writers[r.format](r.inside)}, nil
}

// block reads what belongs to a tag. All ways through it must leave the string, or be
// inside of it, as it was before.
func (r *reading) block(name string) ([]node, string, error) {
	was := r.inside
	out, stop, err := r.nodes()
	switch {
	case err != nil:
		return nil, "", err
	case stop == "":
		return nil, "", fmt.Errorf("{{ end }} of {{ %s }} is missing", name)
	case r.inside != was:
		return nil, "", fmt.Errorf("a string of JSON begins or ends within {{ %s }}", name)
	}
	return out, stop, nil
}

func (r *reading) choice(arg string) (node, error) {
	var c choice
	for {
		when, err := r.expression(arg)
		if err != nil {
			return nil, err
		}
		then, stop, err := r.block("if")
		if err != nil {
			return nil, err
		}
		c.branches = append(c.branches, branch{when, then})
		next, isIf := strings.CutPrefix(stop, "else if ")
		switch {
		case stop == "end":
			return c, nil
		case isIf:
			arg = next
			continue
		case stop != "else":
			return nil, fmt.Errorf("{{ %s }} is not understood", stop)
		}
		if c.other, err = r.last("if"); err != nil {
			return nil, err
		}
		return c, nil
	}
}

// last reads what is behind {{ else }}.
func (r *reading) last(name string) ([]node, error) {
	out, stop, err := r.block(name)
	if err == nil && stop != "end" {
		err = fmt.Errorf("{{ %s }} stands behind {{ else }}", stop)
	}
	return out, err
}

func (r *reading) loop(arg string) (node, error) {
	vars, over, ok := strings.Cut(arg, " in ")
	index, name, both := strings.Cut(vars, ",")
	if !both {
		index, name = "", vars
	}
	index, name = strings.TrimSpace(index), strings.TrimSpace(name)
	if !ok || !isWord(name) || both && !isWord(index) {
		return nil, fmt.Errorf("{{ range %s }} is not understood", arg)
	}
	var l loop
	var err error
	if l.over, err = r.expression(over); err != nil {
		return nil, err
	}
	r.names = append(r.names, index, name)
	r.loops++
	body, stop, err := r.block("range")
	r.loops--
	r.names = r.names[:len(r.names)-2]
	if err != nil {
		return nil, err
	}
	l.body = body
	switch stop {
	case "end":
		return l, nil
	case "else":
		l.other, err = r.last("range")
		return l, err
	}
	return nil, fmt.Errorf("{{ %s }} is not understood", stop)
}

func (r *reading) separator(arg string) (node, error) {
	x, err := r.expression(arg)
	text, ok := x.(constant)
	s, isText := text.v.(string)
	switch {
	case err != nil:
		return nil, err
	case !ok || !isText:
		return nil, errors.New("{{ sep }} wants a text in quotes")
	case r.loops == 0:
		return nil, errors.New("{{ sep }} stands in no {{ range }}")
	}
	return separator(s), nil
}
