package route

import "moongate/gateway/trie"

import "slices"

// long is how many entries one place may have before they are split by what they ask for.
const long = 8

// list holds the entries of one place. A short one is flat, in order of precedence. A long one is split: entries that ask for
// certain values of a header, query, cookie or for methods lie in a group, each under the values it accepts, in a list of
// their own that may be split again by the next thing they ask for. The rest stays flat.
type list struct {
	n      int // entries, each counted once
	flat   []*entry
	groups []group // by kind and name
}

type group struct {
	kind   uint64
	name   string
	values trie.Map[list]
}

func (g *group) compare(k *key) int {
	if g.kind != k.kind {
		return int(g.kind) - int(k.kind)
	}
	switch {
	case g.name < k.name:
		return -1
	case g.name > k.name:
		return 1
	}
	return 0
}

// with gives a list that has e too. level is how many of its keys led here.
func (l *list) with(e *entry, level int) *list {
	if l == nil {
		l = &list{}
	}
	c := &list{l.n + 1, l.flat, l.groups}
	switch {
	case len(l.groups) > 0:
		c.place(e, level)
	default:
		c.flat = insert(l.flat, e)
		if c.n > long {
			c.split(level)
		}
	}
	return c
}

// without gives a list that lacks e, nil when nothing is left. e is in the list.
func (l *list) without(e *entry, level int) *list {
	if l.n == 1 {
		return nil
	}
	c := &list{l.n - 1, l.flat, l.groups}
	k := e.key(level)
	if k == nil || len(l.groups) == 0 {
		i := slices.Index(l.flat, e)
		c.flat = slices.Delete(slices.Clone(l.flat), i, i+1)
	} else {
		c.change(k, func(sub *list) *list { return sub.without(e, level+1) })
	}
	if c.n <= long && len(c.groups) > 0 {
		c.flat = sorted(c.all(nil))
		c.groups = nil
	}
	return c
}

// split moves what has a key at this level into groups.
func (l *list) split(level int) {
	all := l.flat
	if !slices.ContainsFunc(all, func(e *entry) bool { return e.key(level) != nil }) {
		return
	}
	l.flat = nil
	for _, e := range all {
		l.place(e, level)
	}
}

func (l *list) place(e *entry, level int) {
	k := e.key(level)
	if k == nil {
		l.flat = insert(l.flat, e)
		return
	}
	l.change(k, func(sub *list) *list { return sub.with(e, level+1) })
}

// change applies f to the list of each of the key's values, in copies.
func (l *list) change(k *key, f func(*list) *list) {
	i, found := slices.BinarySearchFunc(l.groups, k, func(g group, k *key) int { return g.compare(k) })
	groups := slices.Clone(l.groups)
	if !found {
		groups = slices.Insert(groups, i, group{kind: k.kind, name: k.name})
	}
	for _, v := range k.values {
		groups[i].values = groups[i].values.Update(v, f)
	}
	if groups[i].values.Empty() {
		groups = slices.Delete(groups, i, i+1)
	}
	l.groups = groups
}

// all appends the entries, those with several values once.
func (l *list) all(to []*entry) []*entry {
	seen := map[*entry]bool{}
	l.each(func(e *entry) {
		if !seen[e] {
			seen[e] = true
			to = append(to, e)
		}
	})
	return to
}

func (l *list) each(f func(*entry)) {
	for _, e := range l.flat {
		f(e)
	}
	for i := range l.groups {
		l.groups[i].values.Each(func(_ string, sub *list) { sub.each(f) })
	}
}

func insert(flat []*entry, e *entry) []*entry {
	i, _ := slices.BinarySearchFunc(flat, e, func(a, b *entry) int { return a.compare(&b.order) })
	out := make([]*entry, 0, len(flat)+1)
	return append(append(append(out, flat[:i]...), e), flat[i:]...)
}

func sorted(all []*entry) []*entry {
	slices.SortFunc(all, func(a, b *entry) int { return a.compare(&b.order) })
	return all
}
