package shm

import (
	"sync/atomic"
	"unsafe"
)

// Node is the head of every entry of a Table; the container's own fields follow,
// then the key.
//
//	0 chain  4 hash  8 older  12 newer  16 key length  18 kind  19 state  20 own
//
// chain links the entries of a bucket. older and newer are the queue: a ring
// through the root, whose older is the newest entry and whose newer is the oldest.
type Node struct {
	chain  Ref
	hash   uint32
	older  Ref
	newer  Ref
	KeyLen uint16
	Kind   uint8 // for the container
	state  uint8
}

// NodeSize is where the container's fields begin.
const NodeSize = 20

// states of a node; anything but live is dropped when a table is rebuilt
const (
	nodeNone = iota
	nodeLive
	nodeWriting // its content is being changed in place
)

// root is the table's own chunk, with a node's queue links.
type root struct {
	_      [8]byte
	older  Ref // newest entry
	newer  Ref // oldest entry
	count  uint32
	nodeAt uint32 // where keys begin in a node: an attaching process must agree
}

// Table is a keyed store of nodes with a queue from newest to oldest, one for each
// segment. Every method needs the lock.
type Table struct {
	seg     *Segment
	ring    Ref // the root
	buckets unsafe.Pointer
	mask    uint32
	keyAt   int

	size  func(n *Node) int
	extra func(n *Node, mend bool, add func(Extent)) bool
	mend  func(t *Table)
	fixed []Extent // what is not a node: root, label
}

// TableConf is what a container says of itself.
type TableConf struct {
	KeyAt    int // offset of the key in a node, NodeSize or more
	RootSize int // bytes of the root chunk, 32 or more, so that zones fill as nginx's
	Label    int // bytes of one more chunk that nginx keeps (log context), 0 for none

	// Size says how many bytes a node took: it is called for broken ones too, and
	// may only look at the fields before the key.
	Size func(n *Node) int
	// Extra, if a node owns more memory, checks that and adds it. With mend it may
	// first repair what a death left half done. False: not usable.
	Extra func(n *Node, mend bool, add func(Extent)) bool
	// Mend, if set, runs after each recovery, with the lock held: sums that the container
	// keeps besides the nodes are made anew.
	Mend func(t *Table)
}

// OpenTable sets the segment's table up if it is fresh, and attaches to it if not.
// Deaths are from then on repaired by verifying and rebuilding the table.
func OpenTable(s *Segment, c TableConf) (*Table, error) {
	err := s.Once(func() error {
		r := s.Alloc(max(c.RootSize, 32))
		if r == 0 {
			return ErrNoMemory
		}
		clear(s.Bytes(r, c.RootSize))
		rt := (*root)(s.At(r))
		rt.older, rt.newer, rt.nodeAt = r, r, uint32(c.KeyAt)
		if c.Label > 0 {
			if l := s.Alloc(c.Label); l == 0 {
				return ErrNoMemory
			} else {
				s.head().user[0] = uint64(l)
			}
		}
		s.SetRoot(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	t := &Table{
		seg: s, ring: s.Root(), keyAt: c.KeyAt, size: c.Size, extra: c.Extra, mend: c.Mend,
		buckets: unsafe.Add(s.base, indexAt), mask: s.head().buckets - 1,
		fixed: []Extent{{s.Root(), max(c.RootSize, 32)}},
	}
	if c.Label > 0 {
		t.fixed = append(t.fixed, Extent{Ref(s.head().user[0]), c.Label})
	}
	if int(t.root().nodeAt) != c.KeyAt {
		return nil, errTableForm
	}
	s.SetRecover(t.recover)
	return t, nil
}

func (t *Table) root() *root { return (*root)(t.seg.At(t.ring)) }

func (t *Table) bucket(hash uint32) *Ref {
	return (*Ref)(unsafe.Add(t.buckets, uintptr(hash&t.mask)*4))
}

// Segment is where the table lives.
func (t *Table) Segment() *Segment { return t.seg }

// Buckets is how many chains there are; it never changes.
func (t *Table) Buckets() int { return int(t.mask) + 1 }

// First is the first node of a chain, and Next the one behind a node; 0 for none.
func (t *Table) First(bucket int) Ref { return *t.bucket(uint32(bucket)) }

// Next: see First.
func (t *Table) Next(n *Node) Ref { return n.chain }

// Len is the number of nodes.
func (t *Table) Len() int { return int(t.root().count) }

// Blank tells that the table has no entries, without the lock: others may be adding some.
func (t *Table) Blank() bool { return atomic.LoadUint32(&t.root().count) == 0 }

// Node gives the node at r.
func (t *Table) Node(r Ref) *Node { return (*Node)(t.seg.At(r)) }

// Key is a node's key, a view that ends with the lock.
func (t *Table) Key(n *Node) string {
	return unsafe.String((*byte)(unsafe.Add(unsafe.Pointer(n), t.keyAt)), int(n.KeyLen))
}

// Find gives the node of a key, or 0. It does not move it in the queue.
func (t *Table) Find(hash uint32, key string) Ref {
	r := *t.bucket(hash)
	for r != 0 {
		n := t.Node(r)
		if n.hash == hash && int(n.KeyLen) == len(key) && t.Key(n) == key {
			return r
		}
		r = n.chain
	}
	return 0
}

// Put links a node that the caller has allocated and filled (all but the links,
// the hash, KeyLen and the key) as the newest. The key must not be there yet.
func (t *Table) Put(r Ref, hash uint32, key string) {
	n := t.Node(r)
	n.hash, n.KeyLen = hash, uint16(len(key))
	copy(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(n), t.keyAt)), len(key)), key)
	n.state = nodeLive
	Fail("table.put")
	b := t.bucket(hash)
	n.chain = *b
	*b = r
	Fail("table.chained")
	t.pushNewest(r, n)
	t.root().count++
}

// Drop unlinks a node and frees its memory; the caller frees what else it owns
// after Doom and before Drop.
func (t *Table) Drop(r Ref) {
	n := t.Node(r)
	n.state = nodeNone
	p := t.bucket(n.hash)
	for *p != r {
		p = &t.Node(*p).chain
	}
	*p = n.chain
	Fail("table.unchained")
	t.unlink(n)
	t.root().count--
	Fail("table.drop")
	t.seg.Free(r)
}

// Doom marks a node as one that must not survive if we die now.
func (t *Table) Doom(n *Node) { n.state = nodeNone }

// Begin and End enclose changes of a node's content that are not one store.
func (t *Table) Begin(n *Node) { n.state = nodeWriting; Fail("table.write") }

// End: see Begin.
func (t *Table) End(n *Node) { n.state = nodeLive }

// Live says whether a Ref kept over an unlock still is this hash's node.
func (t *Table) Live(r Ref, hash uint32) bool {
	n := t.Node(r)
	return n.state == nodeLive && n.hash == hash
}

// Hash of the node, as stored.
func (n *Node) Hash() uint32 { return n.hash }
