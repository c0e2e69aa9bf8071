package bodytransformer

import (
	"errors"
	"strings"
)

var (
	errSteps  = errors.New("it takes too many steps")
	errOutput = errors.New("what it writes is too long")
)

// mostSteps is how much a template may do: looking at a value is a step, and so are 16
// bytes that are written or compared.
const mostSteps = 1_000_000

// eval is a template at work.
type eval struct {
	root  func(name string) value
	out   []byte
	most  int // how long out may be
	steps int
	vars  []value // of the loops around, two of each
	last  []bool  // of each loop: it is the last time
}

// Run writes what a template makes of what root tells.
func (t *Template) run(root func(name string) value, most int) ([]byte, error) {
	e := &eval{root: root, most: most}
	err := e.all(t.nodes)
	return e.out, err
}

func (e *eval) all(nodes []node) error {
	for _, n := range nodes {
		if err := n.run(e); err != nil {
			return err
		}
	}
	return nil
}

// spend counts steps: one, and those for n bytes or values.
func (e *eval) spend(n int) error {
	if e.steps += 1 + n/16; e.steps > mostSteps {
		return errSteps
	}
	return nil
}

// wrote is for what was appended to out since its length was from.
func (e *eval) wrote(from int) error {
	if len(e.out) > e.most {
		return errOutput
	}
	return e.spend(len(e.out) - from)
}

func (t plain) run(e *eval) error {
	from := len(e.out)
	e.out = append(e.out, t...)
	return e.wrote(from)
}

func (t separator) run(e *eval) error {
	if e.last[len(e.last)-1] {
		return nil
	}
	return plain(t).run(e)
}

func (t put) run(e *eval) error {
	v, err := t.what.eval(e)
	if err != nil {
		return err
	}
	from := len(e.out)
	e.out = t.write(e.out, v)
	return e.wrote(from)
}

func (t choice) run(e *eval) error {
	for i := range t.branches {
		v, err := t.branches[i].when.eval(e)
		if err != nil {
			return err
		}
		if truth(v) {
			return e.all(t.branches[i].then)
		}
	}
	return e.all(t.other)
}

func (t loop) run(e *eval) error {
	over, err := t.over.eval(e)
	if err != nil {
		return err
	}
	n := 0
	var at func(i int) (key, v value)
	switch over := over.(type) {
	case nil:
	case list:
		n, at = len(over), func(i int) (value, value) { return count(i), over[i] }
	case *object:
		n, at = len(over.members), func(i int) (value, value) { return over.members[i].name, over.members[i].value }
	default: // one, as XML and forms have it where there might be several
		n, at = 1, func(int) (value, value) { return count(0), over }
	}
	if n == 0 {
		return e.all(t.other)
	}
	e.vars, e.last = append(e.vars, nil, nil), append(e.last, false)
	top := len(e.vars) - 2
	defer func() { e.vars, e.last = e.vars[:top], e.last[:len(e.last)-1] }()
	for i := range n {
		if err := e.spend(0); err != nil {
			return err
		}
		e.vars[top], e.vars[top+1] = at(i)
		e.last[len(e.last)-1] = i == n-1
		if err := e.all(t.body); err != nil {
			return err
		}
	}
	return nil
}

func (x constant) eval(*eval) (value, error)   { return x.v, nil }
func (x root) eval(e *eval) (value, error)     { return e.root(x.name), e.spend(0) }
func (x variable) eval(e *eval) (value, error) { return e.vars[x.at], e.spend(0) }

func (x within) eval(e *eval) (value, error) {
	of, err := x.of.eval(e)
	if err != nil {
		return nil, err
	}
	key, err := x.key.eval(e)
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case list:
		if i, ok := index(key); ok {
			if i < 0 {
				i += len(of)
			}
			if i >= 0 && i < len(of) {
				return of[i], e.spend(0)
			}
		}
	case *object:
		v, _ := of.get(text(key))
		return v, e.spend(16 * len(of.members))
	case func(name string) value:
		return of(text(key)), e.spend(0)
	}
	return nil, e.spend(0)
}

func (x piped) eval(e *eval) (value, error) {
	v, err := x.of.eval(e)
	if err != nil {
		return nil, err
	}
	args := make([]value, len(x.args))
	for i := range args {
		if args[i], err = x.args[i].eval(e); err != nil {
			return nil, err
		}
	}
	v, size := x.f.run(v, args)
	return v, e.spend(size)
}

func (x both) eval(e *eval) (value, error) {
	v, err := x.a.eval(e)
	if err != nil || !truth(v) {
		return v, err
	}
	return x.b.eval(e)
}

func (x either) eval(e *eval) (value, error) {
	v, err := x.a.eval(e)
	if err != nil || truth(v) {
		return v, err
	}
	return x.b.eval(e)
}

func (x not) eval(e *eval) (value, error) {
	v, err := x.x.eval(e)
	return !truth(v), err
}

func (x compare) eval(e *eval) (value, error) {
	a, err := x.a.eval(e)
	if err != nil {
		return nil, err
	}
	b, err := x.b.eval(e)
	if err != nil {
		return nil, err
	}
	switch x.op {
	case "==":
		return same(a, b), e.spend(sizeOf(a))
	case "!=":
		return !same(a, b), e.spend(sizeOf(a))
	}
	order := 0
	f, ok := numeric(a)
	g, ok2 := numeric(b)
	s, isText := a.(string)
	t, isText2 := b.(string)
	switch {
	case isText && isText2:
		order = strings.Compare(s, t)
	case !ok || !ok2: // what can't be compared is neither less nor more
		return false, nil
	case f < g:
		order = -1
	case f > g:
		order = 1
	}
	return map[string]bool{"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[x.op], e.spend(sizeOf(a))
}

func sizeOf(v value) int {
	s, _ := v.(string)
	return len(s)
}
