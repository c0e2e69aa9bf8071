package meter

import (
	"sync/atomic"
	"unsafe"

	"moongate/edge/sys/shm"
	"moongate/engine/zone"
)

// A table is one piece of a zone's memory:
//
//	head     how many blocks were ever used, the free ones, the next tag
//	chains   by hash: the number of the first block
//	blocks   those in use lie at the beginning, so that memory which nobody needs is
//	         never touched and costs nothing
//
// Chains and free blocks are changed under the segment's lock. Whatever moment a process
// dies at, the worst that is left behind is a block that nobody uses any more: a block is
// out of one list before it is in the other, and counts for nobody while it has no tag.

// maxPersonal is how many blocks may be for a route and a consumer; the rest are for routes
// and releases.
const (
	maxBlocks   = 32 << 10
	maxPersonal = 16 << 10
	numChains   = 16 << 10
)

type head struct {
	used     atomic.Uint32 // blocks from the first on
	personal atomic.Uint32
	free     uint32
	_        uint32
	tag      atomic.Uint64
	missed   atomic.Uint64 // looked up in vain
	chains   [numChains]uint32
}

// KindMeter is the kind of the zone.
const KindMeter zone.Kind = "gateway metrics"

const tableSize = unsafe.Sizeof(head{}) + maxBlocks*unsafe.Sizeof(Block{})

// ZoneSize is the size to declare the zone with.
const ZoneSize = int64(tableSize) + 1<<20

// Table is all blocks.
type Table struct {
	seg    *shm.Segment
	head   *head
	blocks *[maxBlocks]Block
	// Full, if set, is called when there was no room for a series.
	Full func()
}

// Open opens the table of a zone.
func Open(z *zone.Zone) (*Table, error) {
	if z.Segment() == nil {
		return nil, zone.ErrUnbound
	}
	return open(z.Segment())
}

func open(s *shm.Segment) (*Table, error) {
	at, err := s.Block(tableSize)
	if err != nil {
		return nil, err
	}
	return &Table{seg: s, head: (*head)(at), blocks: (*[maxBlocks]Block)(unsafe.Add(at, unsafe.Sizeof(head{})))}, nil
}

func (t *Table) block(n uint32) *Block { return &t.blocks[n-1] }

// hash is that of the segment, so that nobody can choose ids for one chain.
func (t *Table) hash(k *Key) uint32 {
	h := uint32(k.Kind)
	for _, id := range k.IDs {
		h = h*31 ^ t.seg.Hash(id)
	}
	return h
}

// personal tells whether a key is one of many for its route.
func (k *Key) personal() bool { return k.Kind == OfRoute && k.IDs[2] != "" && k.IDs[2] != Other }

// find gives the block of a key and its tag. Where there is no room it is one that counts
// for all others like it.
func (t *Table) find(k Key) (*Block, uint64) {
	for {
		if b, tag := t.get(&k); b != nil {
			return b, tag
		}
		if t.Full != nil {
			t.Full()
		}
		t.head.missed.Add(1)
		switch {
		case k.personal():
			k.IDs[2] = Other
		case k.IDs[0] != Other:
			k.IDs = [3]string{Other, Other, ""}
		default:
			return nil, 0 // not the first time that the table is full
		}
	}
}

func (t *Table) get(k *Key) (*Block, uint64) {
	for _, id := range k.IDs {
		if len(id) > idSize {
			return nil, 0
		}
	}
	hash := t.hash(k)
	chain := &t.head.chains[hash%numChains]
	t.seg.Lock()
	defer t.seg.Unlock()
	for n := *chain; n != 0; n = t.block(n).next {
		if b := t.block(n); b.hash == hash && b.tag.Load() != 0 && b.is(k) {
			return b, b.tag.Load()
		}
	}
	n := t.room(k)
	if n == 0 {
		return nil, 0
	}
	b, tag := t.block(n), t.head.tag.Add(1)
	b.begin(k, hash)
	b.next = *chain
	b.tag.Store(tag)
	*chain = n
	return b, tag
}

// room gives the number of a block that nobody has, or 0. The last two are for those that
// there is no room for.
func (t *Table) room(k *Key) uint32 {
	h := t.head
	if k.personal() {
		if h.personal.Load() >= maxPersonal {
			return 0
		}
		h.personal.Add(1)
	}
	if n := h.free; n != 0 {
		h.free = t.block(n).next
		return n
	}
	most := uint32(maxBlocks)
	if k.IDs[0] != Other {
		most -= 2
	}
	if n := h.used.Load(); n < most {
		h.used.Store(n + 1)
		return n + 1
	}
	return 0
}

// Each calls f for each block.
func (t *Table) Each(f func(b *Block)) {
	for i := range t.head.used.Load() {
		if b := &t.blocks[i]; b.tag.Load() != 0 {
			f(b)
		}
	}
}

// Missed is how often there was no room.
func (t *Table) Missed() uint64 { return t.head.missed.Load() }

// Drop gives a block up if it has still this tag. Who adds to it later notices that it is no
// longer his.
func (t *Table) Drop(b *Block, tag uint64) {
	t.seg.Lock()
	defer t.seg.Unlock()
	if tag == 0 || b.tag.Load() != tag {
		return
	}
	k := b.Key()
	b.tag.Store(0)
	for at := &t.head.chains[b.hash%numChains]; *at != 0; at = &t.block(*at).next {
		if n := *at; t.block(n) == b {
			*at = b.next
			b.next, t.head.free = t.head.free, n
			break
		}
	}
	if k.personal() {
		t.head.personal.Add(^uint32(0))
	}
}
