package shm

import (
	"sync/atomic"
	"unsafe"
)

// Ref is a place in a segment in 8-byte words from its start; 0 is none.
type Ref = uint32

const (
	magic      = 0x6574616765746f6d
	layout     = 1
	pageSize   = 4096
	pageShift  = 12
	ownersAt   = 4096
	indexAt    = 12288
	ownerSlots = (indexAt - ownersAt) / 8

	// MaxSize is the largest pool: a Ref reaches 32 GiB.
	MaxSize = 1<<35 - 1<<32
)

// header is the start of a segment. What the lock word's neighbours write often
// stands on other cache lines.
//
//	0 magic  8 layout,buckets  16 pool size  24 pool start  32 seeds
//	64 lock  68 dirty  72 takeovers  76 rebuilds
//	128 root  132 ready
type header struct {
	magic   uint64
	layout  uint32
	buckets uint32
	size    uint64
	poolAt  uint64
	seed    [2]uint64
	_       [16]byte

	lock      uint32
	dirty     uint32
	takeovers uint32
	rebuilds  uint32
	_         [48]byte

	root  Ref // what the container made of it keeps as its first chunk
	ready uint32
	user  [14]uint64 // small state of a container that needs no pool
}

// head is the header; valid as long as the segment is mapped.
func (s *Segment) head() *header { return (*header)(s.base) }

// At gives the address of a Ref in this process.
func (s *Segment) At(r Ref) unsafe.Pointer { return unsafe.Add(s.base, uintptr(r)<<3) }

// Root is the Ref that a container left with SetRoot, 0 in a fresh segment.
func (s *Segment) Root() Ref { return atomic.LoadUint32(&s.head().root) }

// SetRoot stores the container's first chunk.
func (s *Segment) SetRoot(r Ref) { atomic.StoreUint32(&s.head().root, r) }

// Size is the declared size: that of the pool.
func (s *Segment) Size() int64 { return int64(s.head().size) }

// Takeovers counts locks taken over from dead holders, Rebuilds how often the
// structure then had to be rebuilt.
func (s *Segment) Takeovers() int { return int(atomic.LoadUint32(&s.head().takeovers)) }

// Rebuilds: see Takeovers.
func (s *Segment) Rebuilds() int { return int(atomic.LoadUint32(&s.head().rebuilds)) }
