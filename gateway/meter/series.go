package meter

import (
	"sync"
	"sync/atomic"
)

// Series is where the counts of a route, or of a release, are found without a search. Its
// zero value is ready; it ends with what it is a part of.
type Series struct {
	all atomic.Pointer[held]
	by  sync.Map // a consumer's address: *held
}

// held is a block, and the tag by which it is known to be still the same one's.
type held struct {
	block *Block
	tag   uint64
}

func (h *held) good() bool { return h != nil && h.block.tag.Load() == h.tag }

// In gives the block of a key, which must be the same in each call; nil when memory is full.
func (s *Series) In(t *Table, k Key) *Block {
	h := s.all.Load()
	if h.good() {
		return h.block
	}
	b, tag := t.find(k)
	if b != nil {
		s.all.Store(&held{b, tag})
	}
	return b
}

// For is In for one of many: who is something whose address stands for the key.
func (s *Series) For(t *Table, who any, k Key) *Block {
	if v, ok := s.by.Load(who); ok && v.(*held).good() {
		return v.(*held).block
	}
	b, tag := t.find(k)
	if b != nil {
		s.by.Store(who, &held{b, tag})
	}
	return b
}
