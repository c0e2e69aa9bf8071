package shape

import (
	"encoding/json"
	"slices"
	"strings"
)

// node is what the rules say of one path. Nodes form a tree by names:
//
//	root -- user -- address -- city    drop
//	     |       `- *                  mask
//	     `- items                      limit 10
//
// A name that has a node of its own beside "*" has the rules of both: finish puts them
// together, so that a lookup is one step.
type node struct {
	few   []child          // by name; nil when many is in use
	many  map[string]*node // likewise, where there are more than a few
	names map[string]*node // while the tree is made
	any   *node

	drop, whole bool
	some        bool // something below is picked
	flatten     bool
	prefix      string
	renamed     bool
	rename      string
	mask        *mask
	limit       int // -1: none
	defaults    []given

	deep   bool // there are rules for what is inside
	unique bool // members come from several places, so names may meet
}

type child struct {
	name string
	*node
}

// given is a member that is filled in: its name, and both as they are written.
type given struct {
	name  string
	value []byte
}

func newGiven(name string, value json.RawMessage) given { return given{name, slices.Clone(value)} }

func newNode() *node { return &node{limit: -1} }

// at is the node of a path, made if it is not there.
func (n *node) at(names []string) *node {
	for _, name := range names {
		if name == anyName {
			if n.any == nil {
				n.any = newNode()
			}
			n = n.any
			continue
		}
		if n.names == nil {
			n.names = map[string]*node{}
		}
		next := n.names[name]
		if next == nil {
			next = newNode()
			n.names[name] = next
		}
		n = next
	}
	return n
}

// with is a node with the rules of both; what n says itself counts.
func (n *node) with(o *node) *node {
	m := *n
	m.drop, m.whole, m.flatten = n.drop || o.drop, n.whole || o.whole, n.flatten || o.flatten
	if !n.flatten {
		m.prefix = o.prefix
	}
	if n.mask == nil {
		m.mask = o.mask
	}
	if n.limit < 0 {
		m.limit = o.limit
	}
	m.defaults = slices.Clone(n.defaults)
	for _, g := range o.defaults {
		if !slices.ContainsFunc(m.defaults, func(h given) bool { return h.name == g.name }) && len(m.defaults) < mostDefaults {
			m.defaults = append(m.defaults, g)
		}
	}
	m.names = map[string]*node{}
	for name, c := range n.names {
		m.names[name] = c
		if d := o.names[name]; d != nil {
			m.names[name] = c.with(d)
		}
	}
	for name, d := range o.names {
		if m.names[name] == nil {
			m.names[name] = d
		}
	}
	switch {
	case n.any == nil:
		m.any = o.any
	case o.any != nil:
		m.any = n.any.with(o.any)
	}
	return &m
}

// fewChildren is up to how many names are compared one by one.
const fewChildren = 8

// finish makes the tree ready to be searched.
func (n *node) finish() {
	for name, c := range n.names {
		if n.any != nil {
			n.names[name] = c.with(n.any)
		}
	}
	for name, c := range n.names {
		c.finish()
		n.few = append(n.few, child{name, c})
		n.take(c)
	}
	if n.any != nil {
		n.any.finish()
		n.take(n.any)
	}
	slices.SortFunc(n.few, func(a, b child) int { return strings.Compare(a.name, b.name) })
	slices.SortStableFunc(n.defaults, func(a, b given) int { return strings.Compare(a.name, b.name) })
	if len(n.few) > fewChildren {
		n.few, n.many = nil, n.names
	}
	n.deep = n.deep || len(n.defaults) > 0
}

// take notes what a child means for its parent.
func (n *node) take(c *node) {
	n.deep = true
	n.some = n.some || c.some || c.whole
	n.unique = n.unique || c.flatten || c.renamed
}

// child is the node of a member, nil without one.
func (n *node) child(name []byte) *node {
	if n.many != nil {
		if c := n.many[string(name)]; c != nil {
			return c
		}
		return n.any
	}
	for i := range n.few {
		if n.few[i].name == string(name) {
			return n.few[i].node
		}
	}
	return n.any
}
