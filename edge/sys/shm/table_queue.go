package shm

// links gives the queue links of a node or of the root: they lie at the same place.
func (t *Table) links(r Ref) *Node { return (*Node)(t.seg.At(r)) }

func (t *Table) unlink(n *Node) {
	t.links(n.older).newer = n.newer
	t.links(n.newer).older = n.older
}

func (t *Table) pushNewest(r Ref, n *Node) {
	rt := t.root()
	n.newer, n.older = t.ring, rt.older
	t.links(rt.older).newer = r
	Fail("queue.push")
	rt.older = r
}

// Bump makes a node the newest.
func (t *Table) Bump(r Ref) {
	if t.root().older == r {
		return
	}
	n := t.Node(r)
	t.unlink(n)
	Fail("queue.bump")
	t.pushNewest(r, n)
}

// Oldest gives the node that was not used for longest, 0 if there is none.
func (t *Table) Oldest() Ref { return t.end(t.root().newer) }

// Newest gives the node used last, 0 if there is none.
func (t *Table) Newest() Ref { return t.end(t.root().older) }

// Newer gives the next node towards the newest, 0 after it.
func (t *Table) Newer(n *Node) Ref { return t.end(n.newer) }

// Older gives the next node towards the oldest, 0 after it.
func (t *Table) Older(n *Node) Ref { return t.end(n.older) }

func (t *Table) end(r Ref) Ref {
	if r == t.ring {
		return 0
	}
	return r
}
