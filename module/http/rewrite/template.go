package rewrite

import (
	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// template is a value of a rewrite program. It differs from httpd.Value in that
// captures are escaped in arguments and redirects, if the URI they come from
// was escaped (ngx_http_script_copy_capture_code).
type template struct {
	text  string
	parts []part
	args  bool // has a '?' in literal text
}

type part struct {
	kind  partKind
	lit   string
	index httpd.VarIndex
	n     int
}

type partKind uint8

const (
	literal partKind = iota
	variable
	capture
	question // the first '?' of a rewritten URI: arguments follow
)

// compile reads a value. split makes the first '?' part path and arguments,
// as is done for a rewrite that is no redirect.
func compile(c *directive.Call, text string, split bool) (*template, error) {
	v, err := httpd.CompileArg(c, text)
	if err != nil {
		return nil, err
	}
	t := &template{text: text}
	v.Each(func(lit string, index httpd.VarIndex, n int) {
		switch {
		case n > 0:
			t.parts = append(t.parts, part{kind: capture, n: n})
		case lit == "":
			t.parts = append(t.parts, part{kind: variable, index: index})
		default:
			t.literal(lit, split)
		}
	})
	return t, nil
}

func (t *template) literal(lit string, split bool) {
	path, rest, found := cut(lit)
	if !found || !split || t.args {
		t.args = t.args || found
		t.parts = append(t.parts, part{kind: literal, lit: lit})
		return
	}
	t.args = true
	if path != "" {
		t.parts = append(t.parts, part{kind: literal, lit: path})
	}
	t.parts = append(t.parts, part{kind: question})
	if rest != "" {
		t.parts = append(t.parts, part{kind: literal, lit: rest})
	}
}

func cut(s string) (before, after string, found bool) {
	for i := range len(s) {
		if s[i] == '?' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// eval writes the value into the request's memory. args is where the
// arguments of a rewritten URI begin, -1 without any.
func (t *template) eval(r *httpd.Request, quote bool) (text string, args int) {
	switch len(t.parts) {
	case 0:
		return "", -1
	case 1:
		switch p := &t.parts[0]; p.kind {
		case literal:
			return p.lit, -1
		case variable:
			v, _ := r.Var(p.index)
			return v, -1
		}
	}
	var scratch [512]byte
	b := scratch[:0]
	args = -1
	escape := r.Quoted || r.Plus
	for i := range t.parts {
		p := &t.parts[i]
		switch p.kind {
		case literal:
			b = append(b, p.lit...)
		case variable:
			v, _ := r.Var(p.index)
			b = append(b, v...)
		case capture:
			if s := r.Capture(p.n); escape && (quote || args >= 0) {
				b = http1.AppendEscaped(b, s, http1.EscapeArgs)
			} else {
				b = append(b, s...)
			}
		case question:
			args = len(b)
		}
	}
	return r.Copy(b), args
}
