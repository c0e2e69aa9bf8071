package live

import (
	"sync/atomic"
	"time"
)

// Kind says what a cell counts.
type Kind uint32

const (
	// OfRoute counts requests of a route. Its key is the route's id and that of its service.
	OfRoute Kind = 1 + iota
	// OfVariant counts requests that got a variant of a release: the release's id, the name
	// of the variant.
	OfVariant
	// OfTarget counts tries of a target: the upstream's id, the target as it is written.
	OfTarget
)

// Key names a cell.
type Key struct {
	Kind Kind
	ID   string
	Of   string
}

// How long the parts of a key may be. A longer one is not counted.
const (
	maxID = 36
	maxOf = 118
)

// Cell is the counts of one worker for one key.
type Cell struct {
	tag    atomic.Uint32 // 0 while it is being made another one's
	kind   Kind
	id     [maxID]byte
	of     [maxOf]byte
	idLen  uint8
	ofLen  uint8
	n      atomic.Uint32
	failed atomic.Uint32
	conns  atomic.Uint32
	took   Histogram
}

// Add counts something that took a while, and whether it failed.
func (c *Cell) Add(took time.Duration, failed bool) {
	c.n.Add(1)
	c.took.Add(took)
	if failed {
		c.failed.Add(1)
	}
}

func (c *Cell) key() Key {
	return Key{c.kind, string(c.id[:min(c.idLen, maxID)]), string(c.of[:min(c.ofLen, maxOf)])}
}

// begin makes the cell that of a key, with nothing counted.
func (c *Cell) begin(k *Key, tag uint32) {
	c.tag.Store(0)
	c.kind = k.Kind
	c.idLen, c.ofLen = uint8(copy(c.id[:], k.ID)), uint8(copy(c.of[:], k.Of))
	c.n.Store(0)
	c.failed.Store(0)
	c.conns.Store(0)
	for i := range c.took {
		c.took[i].Store(0)
	}
	c.tag.Store(tag)
}

// Spot is where a cell is found without a search. Its zero value is ready; it ends with
// what it is a part of, and is for one key.
type Spot struct{ held atomic.Pointer[held] }

// held is a cell, and the epoch that it is one of. cell is nil where there was no room.
type held struct {
	cell  *Cell
	epoch uint32
}
