package shm

import "fmt"

// Verify checks the whole table: pool, queue both ways, chains, hashes, and that
// everything in use is owned. The lock must be held.
func (t *Table) Verify() error {
	s := t.seg
	inUse, err := s.verifyPool()
	if err != nil {
		return err
	}
	count, owned := uint32(0), len(t.fixed)
	limit := t.root().count
	prev := t.ring
	for r := t.root().older; r != t.ring; r = t.Node(r).older {
		if count++; count > limit {
			return fmt.Errorf("the queue has more than %d nodes", limit)
		}
		if err := t.verifyNode(r); err != nil {
			return err
		}
		n := t.Node(r)
		if n.newer != prev {
			return fmt.Errorf("node %d: queue broken towards the newer", r)
		}
		prev = r
		owned++
		if t.extra != nil && !t.extra(n, false, func(Extent) { owned++ }) {
			return fmt.Errorf("node %d: content broken", r)
		}
	}
	if t.root().newer != prev {
		return fmt.Errorf("the queue ends at %d, not %d", prev, t.root().newer)
	}
	if count != limit {
		return fmt.Errorf("the queue has %d nodes, not %d", count, limit)
	}
	chained := uint32(0)
	for b := uint32(0); b <= t.mask; b++ {
		for r := *t.bucket(b); r != 0; r = t.Node(r).chain {
			if chained++; chained > limit {
				return fmt.Errorf("the chains have more than %d nodes", limit)
			}
			if err := t.verifyNode(r); err != nil {
				return err
			}
			if t.Node(r).hash&t.mask != b {
				return fmt.Errorf("node %d is chained in the wrong bucket", r)
			}
		}
	}
	if chained != limit {
		return fmt.Errorf("the chains have %d nodes, not %d", chained, limit)
	}
	if owned != inUse {
		return fmt.Errorf("%d pieces of memory are in use, %d are owned", inUse, owned)
	}
	return nil
}

func (t *Table) verifyNode(r Ref) error {
	if !t.sound(r) {
		return fmt.Errorf("node %d is broken", r)
	}
	return nil
}

// sound says whether r can be trusted to be a whole node.
func (t *Table) sound(r Ref) bool {
	s := t.seg
	if !t.inPool(r) {
		return false
	}
	n := t.Node(r)
	if n.state != nodeLive {
		return false
	}
	off := uint64(r) << 3
	end := s.pool().firstAt + uint64(s.pool().pages)<<pageShift
	if off+uint64(t.keyAt)+uint64(n.KeyLen) > end {
		return false
	}
	return s.plausible(Extent{r, t.size(n)}) && s.Hash(t.Key(n)) == n.hash
}
