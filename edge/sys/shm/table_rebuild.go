package shm

import (
	"slices"
	"strings"
)

// recover is run by whoever takes the lock over from a dead process.
func (t *Table) recover() Recovery {
	if t.mend != nil {
		defer t.mend(t)
	}
	damage := t.Verify()
	if damage == nil {
		return Recovery{Kept: t.Len()}
	}
	t.rebuild()
	return Recovery{Damage: damage, Kept: t.Len(), Rebuilt: true}
}

// rebuild saves every whole node that some link still reaches and makes pool,
// chains and queue anew around them, in place: nodes do not move. Memory that
// nobody owns becomes free. The order of the queue is kept as far as it can be
// walked from either end; nodes that only a chain reaches are taken for the oldest.
func (t *Table) rebuild() {
	var order []Ref // newest first
	seen := map[Ref]bool{t.ring: true}
	keys := map[string]bool{} // a key twice: death between adding and removing
	take := func(r Ref) bool {
		if seen[r] || !t.inPool(r) {
			return false
		}
		seen[r] = true
		if t.sound(r) && !keys[t.Key(t.Node(r))] {
			keys[strings.Clone(t.Key(t.Node(r)))] = true
			order = append(order, r)
		}
		return true
	}
	for r := t.root().older; take(r); r = t.Node(r).older {
	}
	newest := len(order)
	for r := t.root().newer; take(r); r = t.Node(r).newer {
	}
	slices.Reverse(order[newest:])
	for b := uint32(0); b <= t.mask; b++ {
		for r := *t.bucket(b); take(r); r = t.Node(r).chain {
		}
	}
	t.relink(order)
}

func (t *Table) inPool(r Ref) bool {
	off := uint64(r) << 3
	p := t.seg.pool()
	return off >= p.firstAt && off+uint64(t.keyAt) <= p.firstAt+uint64(p.pages)<<pageShift
}

// relink gives the pool what the nodes own and links them again.
func (t *Table) relink(order []Ref) {
	live := append([]Extent(nil), t.fixed...)
	owner := make([]int, len(live), len(live)+len(order)) // index into order, -1 fixed
	for i := range owner {
		owner[i] = -1
	}
	want := make([]int, len(order)) // pieces that a node needs
	for i, r := range order {
		n, from := t.Node(r), len(live)
		live = append(live, Extent{r, t.size(n)})
		if t.extra != nil && !t.extra(n, true, func(e Extent) { live = append(live, e) }) {
			live = live[:from]
			continue
		}
		want[i] = len(live) - from
		for len(owner) < len(live) {
			owner = append(owner, i)
		}
	}
	got := make([]int, len(order))
	t.seg.rebuildPool(live, func(i int) {
		if o := owner[i]; o >= 0 {
			got[o]++
		}
	})
	// A node that is short of a piece (another was given that memory) is lost:
	// once more without it, so that its other pieces become free.
	var whole []Ref
	for o, r := range order {
		if want[o] > 0 && got[o] == want[o] {
			whole = append(whole, r)
		}
	}
	if len(whole) < len(order) {
		t.relink(whole)
		return
	}
	for b := uint32(0); b <= t.mask; b++ {
		*t.bucket(b) = 0
	}
	rt := t.root()
	rt.older, rt.newer, rt.count = t.ring, t.ring, 0
	for _, r := range slices.Backward(order) {
		n := t.Node(r)
		b := t.bucket(n.hash)
		n.chain = *b
		*b = r
		t.pushNewest(r, n)
		rt.count++
	}
}
