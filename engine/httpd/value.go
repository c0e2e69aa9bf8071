package httpd

import (
	"fmt"
	"strings"

	"moongate/core/config/directive"
)

// Value is a directive's argument with variables in it, compiled once
// (ngx_http_complex_value_t).
type Value struct {
	text  string
	parts []valuePart
}

type valuePart struct {
	lit     string
	index   VarIndex
	capture int // -1: a variable, else a regex capture $1..$9
	kind    partKind
}

type partKind uint8

const (
	partLiteral partKind = iota
	partVar
	partCapture
)

// NewValue compiles text. `$name`, `${name}` and `$1` are replaced; errors are
// nginx's (`invalid variable name`).
func (b *Builder) NewValue(text string) (*Value, error) {
	v := &Value{text: text}
	for i := 0; i < len(text); {
		d := strings.IndexByte(text[i:], '$')
		if d < 0 {
			v.parts = append(v.parts, valuePart{lit: text[i:]})
			break
		}
		if d > 0 {
			v.parts = append(v.parts, valuePart{lit: text[i : i+d]})
		}
		i += d + 1
		name, next, err := varName(text, i)
		if err != nil {
			return nil, err
		}
		if c := text[i]; c >= '1' && c <= '9' { // ${1} is the variable of that name
			v.parts = append(v.parts, valuePart{kind: partCapture, capture: int(name[0] - '0')})
		} else {
			v.parts = append(v.parts, valuePart{kind: partVar, index: b.Var(name)})
		}
		i = next
	}
	return v, nil
}

// varName reads the name after a dollar sign at text[i:].
func varName(text string, i int) (name string, next int, err error) {
	if i >= len(text) {
		return "", 0, fmt.Errorf("invalid variable name")
	}
	if c := text[i]; c >= '1' && c <= '9' {
		return text[i : i+1], i + 1, nil
	}
	brace := text[i] == '{'
	if brace {
		if i++; i == len(text) {
			return "", 0, fmt.Errorf("invalid variable name")
		}
	}
	start := i
	for i < len(text) && isVarChar(text[i]) {
		i++
	}
	name = text[start:i]
	if brace {
		if i >= len(text) || text[i] != '}' {
			return "", 0, fmt.Errorf("the closing bracket in \"%s\" variable is missing", name)
		}
		i++
	}
	if name == "" {
		return "", 0, fmt.Errorf("invalid variable name")
	}
	return name, i, nil
}

func isVarChar(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// Each calls f for the pieces of the value in order: literal text, a variable,
// or a capture ($1 to $9) when n is not 0. For those who write values in a way
// of their own, as rewrite does.
func (v *Value) Each(f func(lit string, index VarIndex, n int)) {
	for i := range v.parts {
		p := &v.parts[i]
		f(p.lit, p.index, p.capture)
	}
}

// HasVars tells whether a text would need a request to be evaluated.
func HasVars(text string) bool { return strings.IndexByte(text, '$') >= 0 }

// Text is the value as it was written.
func (v *Value) Text() string { return v.text }

// Literal tells whether the value is the same for each request.
func (v *Value) Literal() bool {
	return len(v.parts) == 0 || len(v.parts) == 1 && v.parts[0].kind == partLiteral
}

// Eval is the value for this request. A value of one part is not copied.
func (v *Value) Eval(r *Request) string {
	switch len(v.parts) {
	case 0:
		return ""
	case 1:
		return v.parts[0].eval(r)
	}
	// Two passes as nginx's script engine: lengths, then bytes. Values are
	// kept in between, since a volatile variable may differ at the second look.
	var few [8]string
	vals := few[:0]
	n := 0
	for i := range v.parts {
		s := v.parts[i].eval(r)
		n += len(s)
		vals = append(vals, s)
	}
	buf := r.Alloc(n)[:0]
	for _, s := range vals {
		buf = append(buf, s...)
	}
	return view(buf)
}

func (p *valuePart) eval(r *Request) string {
	switch p.kind {
	case partLiteral:
		return p.lit
	case partVar:
		s, _ := r.Var(p.index)
		return s
	}
	return r.Capture(p.capture)
}

// ValueSetter is the setter of a directive with one argument that may have
// variables.
func ValueSetter[C any](get func(*C) *directive.Value[*Value]) *directive.ParsedSetter[C, *Value] {
	return directive.Parsed(get, func(c *directive.Call) (*Value, error) {
		return CompileArg(c, c.Args[0])
	}).Text(func(v *Value) string { return v.Text() })
}

// SizeSetter is ngx_http_set_complex_value_size_slot: what has no variables must
// be a size.
func SizeSetter[C any](get func(*C) *directive.Value[*Value]) *directive.ParsedSetter[C, *Value] {
	return directive.Parsed(get, func(c *directive.Call) (*Value, error) {
		v, err := CompileArg(c, c.Args[0])
		if err != nil {
			return nil, err
		}
		if _, ok := directive.ParseSize(c.Args[0]); v.Literal() && !ok {
			return nil, directive.Reason("invalid value")
		}
		return v, nil
	}).Text(func(v *Value) string { return v.Text() })
}

// CompileArg compiles one argument of the directive that is being read.
func CompileArg(c *directive.Call, text string) (*Value, error) {
	v, err := BuilderOf(c).NewValue(text)
	if err != nil {
		return nil, directive.Errorf("%s", err)
	}
	return v, nil
}
