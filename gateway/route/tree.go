package route

import "strings"

// node is a persistent radix tree over paths. A change copies the nodes from the root to the place that changes.
//
//	"/"  -> kids['a'-lo] "api" -> ...
//	     -> kids['s'-lo] "svc-" -> list
//
// kids has a place for every byte between the smallest and the largest that occurs, so that a step is one index.
type node struct {
	prefix string // from the parent to here
	lo     byte
	kids   []*node
	list   *list // of the rules whose path ends here
}

// update gives a tree in which key has what f makes of its list; nil stands for none. An empty tree is nil.
func (n *node) update(key string, f func(*list) *list) *node {
	if n == nil {
		if l := f(nil); l != nil {
			return &node{prefix: key, list: l}
		}
		return nil
	}
	k := common(n.prefix, key)
	if k < len(n.prefix) {
		l := f(nil)
		if l == nil {
			return n
		}
		low := *n
		low.prefix = n.prefix[k:]
		top := &node{prefix: n.prefix[:k]}
		top.put(low.prefix[0], &low)
		if k == len(key) {
			top.list = l
		} else {
			top.put(key[k], &node{prefix: key[k:], list: l})
		}
		return top
	}
	c := *n
	if k == len(key) {
		c.list = f(n.list)
	} else {
		b := key[k]
		c.put(b, n.kid(b).update(key[k:], f))
	}
	return c.tidy()
}

func (n *node) kid(b byte) *node {
	if i := int(b - n.lo); i < len(n.kids) {
		return n.kids[i]
	}
	return nil
}

// put sets a child in a node that nobody else sees yet; its kids may be shared and are copied.
func (n *node) put(b byte, kid *node) {
	lo, hi := int(n.lo), int(n.lo)+len(n.kids) // of the old places
	if len(n.kids) == 0 {
		lo, hi = int(b), int(b)
	}
	newLo, newHi := min(lo, int(b)), max(hi, int(b)+1)
	kids := make([]*node, newHi-newLo)
	copy(kids[lo-newLo:], n.kids)
	kids[int(b)-newLo] = kid
	for len(kids) > 0 && kids[0] == nil {
		kids, newLo = kids[1:], newLo+1
	}
	for len(kids) > 0 && kids[len(kids)-1] == nil {
		kids = kids[:len(kids)-1]
	}
	if len(kids) == 0 {
		kids, newLo = nil, 0
	}
	n.lo, n.kids = byte(newLo), kids
}

// tidy removes a node that has become superfluous: the tree's shape depends on what it holds alone.
func (n *node) tidy() *node {
	switch {
	case n.list != nil || len(n.kids) > 1:
		return n
	case len(n.kids) == 0:
		return nil
	}
	kid := *n.kids[0]
	kid.prefix = n.prefix + kid.prefix
	return &kid
}

func common(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// depth is how many places along one path are remembered, to visit the deepest first.
const depth = 16

// places are the lists along a path, from the root on.
type places struct {
	lists [depth]*list
	n     int
	more  *node  // where the walk stopped because lists was full,
	rest  string // and with what of the path before it
}

// walk collects the lists whose keys the path begins with.
func (n *node) walk(path string, p *places) {
	p.n, p.more = 0, nil
	for n != nil && strings.HasPrefix(path, n.prefix) {
		if n.list != nil {
			if p.n == depth {
				p.more, p.rest = n, path
				return
			}
			p.lists[p.n] = n.list
			p.n++
		}
		path = path[len(n.prefix):]
		if path == "" {
			return
		}
		n = n.kid(path[0])
	}
}
