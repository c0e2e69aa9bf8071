package shape

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Rules say what becomes of a document. Pick comes first: without it all stays.
type Rules struct {
	Pick    []string          // only these, with what is in them
	Drop    []string          // not these
	Rename  map[string]string // another name, in the same place
	Flatten []Flat            // objects whose members go where the object was
	Default map[string]json.RawMessage
	Mask    []Mask
	Limit   map[string]int // of arrays only so many elements
}

// Flat is an object that goes up; its members get the prefix.
type Flat struct{ Path, Prefix string }

// Mask hides the middle of texts and numbers: First and Last characters stay of those that
// are longer than both, each other one is With. What is neither text nor number nor null is
// hidden as a whole; of an array that is each element.
type Mask struct {
	Path        string
	First, Last int
	With        string // "" is "*"
}

// Fault is what is wrong with a rule.
type Fault struct {
	Rule string // pick, drop, ...
	Path string
	Err  error
}

func (f *Fault) Error() string { return fmt.Sprintf("%s %q: %s", f.Rule, f.Path, f.Err) }
func (f *Fault) Unwrap() error { return f.Err }

// mostDefaults is how many members of one object may be filled in.
const mostDefaults = 64

// Plan is Rules, read.
type Plan struct {
	root *node
	keep bool // what no rule names stays
}

// New reads rules.
func New(r *Rules) (*Plan, error) {
	root := newNode()
	p := &Plan{root: root, keep: len(r.Pick) == 0}
	rule := func(name, path string, set func(n *node) error) error {
		names, err := Split(path)
		if err == nil {
			err = set(root.at(names))
		}
		if err != nil {
			return &Fault{name, path, err}
		}
		return nil
	}
	var errs []error
	each := func(err error) { errs = append(errs, err) }
	for _, path := range r.Pick {
		each(rule("pick", path, func(n *node) error { n.whole = true; return nil }))
	}
	for _, path := range r.Drop {
		each(rule("drop", path, func(n *node) error { n.drop = true; return nil }))
	}
	for path, name := range r.Rename {
		each(rule("rename", path, func(n *node) error {
			if names, _ := Split(path); names[len(names)-1] == anyName {
				return errors.New("all members can't have one name")
			}
			n.rename, n.renamed = name, true
			return nil
		}))
	}
	for _, f := range r.Flatten {
		each(rule("flatten", f.Path, func(n *node) error { n.flatten, n.prefix = true, f.Prefix; return nil }))
	}
	for i := range r.Mask {
		m := &r.Mask[i]
		each(rule("mask", m.Path, func(n *node) error { n.mask = newMask(m); return nil }))
	}
	for path, most := range r.Limit {
		each(rule("limit", path, func(n *node) error {
			if most < 0 {
				return errors.New("is below 0")
			}
			n.limit = most
			return nil
		}))
	}
	for path, value := range r.Default {
		each(root.fill(path, value))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	root.finish()
	return p, nil
}

// fill sets the default of a path: it is the parent's, by the name that it has there.
func (n *node) fill(path string, value json.RawMessage) error {
	names, err := Split(path)
	switch {
	case err != nil:
	case !json.Valid(value):
		err = errors.New("its value is no JSON")
	case names[len(names)-1] == anyName:
		err = errors.New("a member needs a name")
	default:
		last := len(names) - 1
		of := n.at(names[:last])
		if of.defaults = append(of.defaults, newGiven(names[last], value)); len(of.defaults) > mostDefaults {
			err = fmt.Errorf("there are more than %d for one object", mostDefaults)
		}
	}
	if err != nil {
		return &Fault{"default", path, err}
	}
	return nil
}

// anyName is how Split gives "*"; no name begins with a zero byte and goes on like this.
const anyName = "\x00*"

// Split takes a path apart.
func Split(path string) ([]string, error) {
	if path == "" {
		return nil, errors.New("the path is empty")
	}
	var names []string
	var name strings.Builder
	end := func(written string) error {
		switch {
		case written == "":
			return errors.New("a name is missing")
		case written == "*":
			names = append(names, anyName)
		default:
			names = append(names, name.String())
		}
		name.Reset()
		return nil
	}
	from := 0
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '\\' && i+1 < len(path):
			i++
			name.WriteByte(path[i])
		case c == '.':
			if err := end(path[from:i]); err != nil {
				return nil, err
			}
			from = i + 1
		default:
			name.WriteByte(c)
		}
	}
	return names, end(path[from:])
}
