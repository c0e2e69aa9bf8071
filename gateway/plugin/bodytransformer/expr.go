package bodytransformer

import (
	"fmt"
	"strconv"
	"strings"
)

// expr is what a tag says:
//
//	or      = and { "or" and }          and  = not { "and" not }      not = [ "not" ] compare
//	compare = term [ op term ]          op   = == != < <= > >=
//	term    = value { "|" filter { argument } }
//	value   = "text" | 'text' | number | true | false | null | path | ( or )
//	path    = name { .name | [or] }
type expr interface {
	eval(e *eval) (value, error)
}

type (
	constant struct{ v value }
	root     struct{ name string }
	variable struct{ at int } // in the names of the loops around
	within   struct{ of, key expr }
	piped    struct {
		of   expr
		f    filter
		args []expr
	}
	both    struct{ a, b expr }
	either  struct{ a, b expr }
	not     struct{ x expr }
	compare struct {
		a, b expr
		op   string
	}
)

// roots are the names that are always there.
var roots = []string{"body", "headers", "query", "captures", "consumer", "method", "path", "host", "status"}

// scanner reads an expression.
type scanner struct {
	s     string
	names []string
	deep  int
}

func (r *reading) expression(s string) (expr, error) {
	p := &scanner{s: s, names: r.names}
	x, err := p.or()
	if p.skip(); err == nil && p.s != "" {
		err = fmt.Errorf("%q is not understood", p.s)
	}
	return x, err
}

func (p *scanner) skip() { p.s = strings.TrimLeft(p.s, " \t\r\n") }

// word takes a name off, if it is that one.
func (p *scanner) word(w string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.s, w)
	if ok && (rest == "" || !inWord(rest[0])) {
		p.s = rest
		return true
	}
	return false
}

func (p *scanner) sign(s string) bool {
	p.skip()
	rest, ok := strings.CutPrefix(p.s, s)
	if ok {
		p.s = rest
	}
	return ok
}

func inWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// isWord tells whether a text may be the name of a variable.
func isWord(s string) bool {
	for i := range len(s) {
		if !inWord(s[i]) {
			return false
		}
	}
	return s != "" && (s[0] < '0' || s[0] > '9')
}

// name takes a name off; names of members may hold "-" too.
func (p *scanner) name(dash bool) string {
	n := 0
	for n < len(p.s) && (inWord(p.s[n]) || dash && p.s[n] == '-') {
		n++
	}
	s := p.s[:n]
	p.s = p.s[n:]
	return s
}

func (p *scanner) or() (expr, error) {
	if p.deep++; p.deep > mostDeep {
		return nil, errDeep
	}
	defer func() { p.deep-- }()
	a, err := p.and()
	for err == nil && p.word("or") {
		var b expr
		b, err = p.and()
		a = either{a, b}
	}
	return a, err
}

func (p *scanner) and() (expr, error) {
	a, err := p.not()
	for err == nil && p.word("and") {
		var b expr
		b, err = p.not()
		a = both{a, b}
	}
	return a, err
}

func (p *scanner) not() (expr, error) {
	if !p.word("not") {
		return p.compare()
	}
	x, err := p.compare()
	return not{x}, err
}

func (p *scanner) compare() (expr, error) {
	a, err := p.term()
	if err != nil {
		return nil, err
	}
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if p.sign(op) {
			b, err := p.term()
			return compare{a, b, op}, err
		}
	}
	return a, nil
}

func (p *scanner) term() (expr, error) {
	x, err := p.value()
	for err == nil && p.sign("|") {
		p.skip()
		name := p.name(false)
		f, ok := filters[name]
		if !ok {
			return nil, fmt.Errorf("there is no filter %q", name)
		}
		c := piped{of: x, f: f}
		for range f.args {
			var arg expr
			if arg, err = p.value(); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if _, fixed := arg.(constant); f.fixed && !fixed {
				return nil, fmt.Errorf("%s wants a text in quotes", name)
			}
			c.args = append(c.args, arg)
		}
		x = c
	}
	return x, err
}

func (p *scanner) value() (expr, error) {
	p.skip()
	if p.s == "" {
		return nil, fmt.Errorf("a value is missing")
	}
	switch c := p.s[0]; {
	case c == '"' || c == '\'':
		return p.quoted(c)
	case c == '(':
		p.s = p.s[1:]
		x, err := p.or()
		if err == nil && !p.sign(")") {
			err = fmt.Errorf("\")\" is missing")
		}
		return x, err
	case c == '-' || c >= '0' && c <= '9':
		n := 1
		for n < len(p.s) && (inWord(p.s[n]) || p.s[n] == '.' || (p.s[n] == '-' || p.s[n] == '+') && p.s[n-1]|0x20 == 'e') {
			n++
		}
		text := p.s[:n]
		p.s = p.s[n:]
		if v, err := parseJSON([]byte(text)); err == nil {
			return constant{v}, nil
		}
		return nil, fmt.Errorf("%q is no number", text)
	}
	name := p.name(false)
	switch name {
	case "true":
		return constant{true}, nil
	case "false":
		return constant{false}, nil
	case "null":
		return constant{nil}, nil
	}
	return p.path(name)
}

func (p *scanner) quoted(quote byte) (expr, error) {
	var b strings.Builder
	for i := 1; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == quote:
			p.s = p.s[i+1:]
			return constant{b.String()}, nil
		case c == '\\' && i+1 < len(p.s):
			i++
			switch p.s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			default:
				b.WriteByte(p.s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return nil, fmt.Errorf("a quote is not closed")
}

// path reads a name and what is asked of it.
func (p *scanner) path(name string) (x expr, err error) {
	if x = p.known(name); x == nil {
		return nil, fmt.Errorf("%q is not known", name+p.s)
	}
	for {
		switch {
		case strings.HasPrefix(p.s, "."):
			p.s = p.s[1:]
			key := p.name(true)
			if key == "" {
				return nil, fmt.Errorf("a name is missing before %q", p.s)
			}
			x = within{x, constant{key}}
		case strings.HasPrefix(p.s, "["):
			p.s = p.s[1:]
			key, err := p.or()
			if err != nil {
				return nil, err
			}
			if !p.sign("]") {
				return nil, fmt.Errorf("\"]\" is missing")
			}
			x = within{x, key}
		default:
			return x, nil
		}
	}
}

// known finds a variable of the nearest loop, or a root.
func (p *scanner) known(name string) expr {
	for i := len(p.names) - 1; i >= 0; i-- {
		if p.names[i] == name && name != "" {
			return variable{i}
		}
	}
	for _, r := range roots {
		if r == name {
			return root{name}
		}
	}
	return nil
}

// index is a key as a place in a list.
func index(v value) (int, bool) {
	n, ok := v.(number)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(string(n))
	return i, err == nil
}
