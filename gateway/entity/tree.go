package entity

import (
	"hash/maphash"
	"iter"
)

// tree is a sorted map that never changes: set and remove return another tree
// that shares all but one path of nodes with the old. It is a treap whose
// priorities are hashes of the keys, so that its depth is logarithmic whatever
// the order of changes was.
type tree[V any] struct{ root *node[V] }

type node[V any] struct {
	key         string
	value       V
	priority    uint64
	size        int
	left, right *node[V]
}

var seed = maphash.MakeSeed()

func (n *node[V]) len() int {
	if n == nil {
		return 0
	}
	return n.size
}

// with is n with other children.
func (n *node[V]) with(left, right *node[V]) *node[V] {
	c := *n
	c.left, c.right, c.size = left, right, left.len()+right.len()+1
	return &c
}

func (t tree[V]) len() int { return t.root.len() }

func (t tree[V]) get(key string) (v V, ok bool) {
	for n := t.root; n != nil; {
		switch {
		case key < n.key:
			n = n.left
		case key > n.key:
			n = n.right
		default:
			return n.value, true
		}
	}
	return v, false
}

func (t tree[V]) set(key string, v V) tree[V] {
	return tree[V]{t.root.set(&node[V]{key: key, value: v, priority: maphash.String(seed, key), size: 1})}
}

func (n *node[V]) set(in *node[V]) *node[V] {
	switch {
	case n == nil:
		return in
	case n.key == in.key:
		c := *n
		c.value = in.value
		return &c
	case in.priority > n.priority:
		left, right := n.split(in.key)
		return in.with(left, right)
	case in.key < n.key:
		return n.with(n.left.set(in), n.right)
	}
	return n.with(n.left, n.right.set(in))
}

// split parts the keys below key from those above. key itself is not there: its
// node would have the priority of the one that is put in, and be found before.
func (n *node[V]) split(key string) (below, above *node[V]) {
	switch {
	case n == nil:
		return nil, nil
	case n.key < key:
		a, b := n.right.split(key)
		return n.with(n.left, a), b
	}
	a, b := n.left.split(key)
	return a, n.with(b, n.right)
}

func (t tree[V]) remove(key string) tree[V] {
	if _, ok := t.get(key); !ok {
		return t
	}
	return tree[V]{t.root.remove(key)}
}

func (n *node[V]) remove(key string) *node[V] {
	switch {
	case key < n.key:
		return n.with(n.left.remove(key), n.right)
	case key > n.key:
		return n.with(n.left, n.right.remove(key))
	}
	return merge(n.left, n.right)
}

func merge[V any](a, b *node[V]) *node[V] {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.priority > b.priority:
		return a.with(a.left, merge(a.right, b))
	}
	return b.with(merge(a, b.left), b.right)
}

// from yields all whose key is at least key, in order.
func (t tree[V]) from(key string) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) { t.root.walk(key, yield) }
}

func (n *node[V]) walk(from string, yield func(string, V) bool) bool {
	if n == nil {
		return true
	}
	if n.key < from {
		return n.right.walk(from, yield)
	}
	return n.left.walk(from, yield) && yield(n.key, n.value) && n.right.walk("", yield)
}
