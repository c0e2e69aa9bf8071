package route

import (
	"errors"
	"moongate/gateway/trie"
)

// Table is a set of rules, ready to be searched. It never changes. A nil Table is empty.
type Table struct {
	n     int
	rules trie.Map[compiled]
	exact trie.Map[node] // by host name
	head  trie.Map[node] // by ".example.com"
	tail  trie.Map[node] // by "example."
	any   *node          // of rules without hosts
}

// New makes a table of rules with different ids.
func New(rules ...*Rule) (*Table, error) {
	t := &Table{}
	for _, r := range rules {
		c, err := t.fresh(r)
		if err != nil {
			return nil, err
		}
		t.add(c)
	}
	return t, nil
}

// Len is the number of rules.
func (t *Table) Len() int {
	if t == nil {
		return 0
	}
	return t.n
}

// Rule is the rule with that id, or nil.
func (t *Table) Rule(id string) *Rule {
	if t == nil {
		return nil
	}
	if c := t.rules.Get(id); c != nil {
		return c.rule
	}
	return nil
}

// Add gives a table that has one rule more. Its id must be free.
func (t *Table) Add(r *Rule) (*Table, error) {
	next := t.clone()
	c, err := next.fresh(r)
	if err != nil {
		return nil, err
	}
	next.add(c)
	return next, nil
}

// Replace gives a table in which r stands for the rule with its id, if there was one.
func (t *Table) Replace(r *Rule) (*Table, error) {
	c, err := compile(r)
	if err != nil {
		return nil, err
	}
	next := t.clone()
	next.remove(r.ID)
	next.add(c)
	return next, nil
}

// Remove gives a table without the rule, if there was one.
func (t *Table) Remove(id string) *Table {
	next := t.clone()
	next.remove(id)
	return next
}

func (t *Table) clone() *Table {
	if t == nil {
		return &Table{}
	}
	c := *t
	return &c
}

func (t *Table) fresh(r *Rule) (*compiled, error) {
	if t.rules.Get(r.ID) != nil {
		return nil, &Fault{r.ID, "/id", errors.New("the id is taken")}
	}
	return compile(r)
}

// add and remove change a table that nobody else sees yet.
func (t *Table) add(c *compiled) {
	t.n++
	t.rules = t.rules.Update(c.rule.ID, func(*compiled) *compiled { return c })
	for _, e := range c.entries {
		t.change(e, func(l *list) *list { return l.with(e, 0) })
	}
}

func (t *Table) remove(id string) {
	c := t.rules.Get(id)
	if c == nil {
		return
	}
	t.n--
	t.rules = t.rules.Update(id, func(*compiled) *compiled { return nil })
	for _, e := range c.entries {
		t.change(e, func(l *list) *list { return l.without(e, 0) })
	}
}

func (t *Table) change(e *entry, f func(*list) *list) {
	below := func(n *node) *node {
		key := ""
		if e.path != nil {
			key = e.path.key
		}
		return n.update(key, f)
	}
	switch {
	case e.host == nil:
		t.any = below(t.any)
	case e.host.shape == exactHost:
		t.exact = t.exact.Update(e.host.key, below)
	case e.host.shape == headHost:
		t.head = t.head.Update(e.host.key, below)
	default:
		t.tail = t.tail.Update(e.host.key, below)
	}
}
