package shm

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

// Segment is one mapping of shared memory in this process.
type Segment struct {
	base   unsafe.Pointer
	mem    []byte   // the mapping, nil for private memory
	heap   []uint64 // private memory
	fd     int      // -1 for private memory
	ticket uint32   // how this process signs the lock

	newSlot bool // signed in, and NewSlot not yet asked

	recover atomic.Pointer[func()] // called with the lock held and the segment dirty
	notice  func(Recovery)
}

// Recovery tells what happened after the death of a lock holder.
type Recovery struct {
	Damage  error // what verify found, nil if the structure was whole
	Kept    int   // entries alive afterwards
	Rebuilt bool
}

// ErrUnsupported: this system has no memory that can be shared by descriptor
// (Linux has memfd_create since 3.17).
var ErrUnsupported = errors.New("shared memory by descriptor (memfd_create, Linux 3.17) is not supported here")

// shape computes the parts of a segment whose pool has size bytes.
func shape(size int64) (buckets uint32, poolAt, total uint64, err error) {
	if size < 2*pageSize || size > MaxSize {
		return 0, 0, 0, fmt.Errorf("shared memory of %d bytes: out of range", size)
	}
	buckets = 1 << bits.Len64(uint64(size-1)/128)
	poolAt = roundPage(indexAt + 4*uint64(buckets))
	return buckets, poolAt, roundPage(poolAt + uint64(size)), nil
}

func roundPage(n uint64) uint64 { return (n + pageSize - 1) &^ (pageSize - 1) }

// format writes the header of fresh, zeroed memory.
func (s *Segment) format(size int64, buckets uint32, poolAt uint64) {
	h := s.head()
	var seed [16]byte
	rand.Read(seed[:])
	h.layout, h.buckets, h.size, h.poolAt = layout, buckets, uint64(size), poolAt
	h.seed = [2]uint64{binary.LittleEndian.Uint64(seed[:]), binary.LittleEndian.Uint64(seed[8:])}
	s.formatPool()
	h.magic = magic
}

// check refuses memory that is not a segment of the size it says.
func (s *Segment) check(total uint64) error {
	h := s.head()
	if h.magic != magic || h.layout != layout {
		return errors.New("not a shared memory segment of this version")
	}
	buckets, poolAt, want, err := shape(int64(h.size))
	if err != nil || want != total || h.buckets != buckets || h.poolAt != poolAt {
		return errors.New("shared memory segment has a damaged header")
	}
	return nil
}

// Private makes a segment of ordinary memory of this process, for state that has
// the same code whether it is shared or not. It ends with its last reference.
func Private(size int64) (*Segment, error) {
	buckets, poolAt, total, err := shape(size)
	if err != nil {
		return nil, err
	}
	heap := make([]uint64, total/8)
	s := &Segment{base: unsafe.Pointer(&heap[0]), heap: heap, fd: -1, ticket: 1 << slotBits}
	s.format(size, buckets, poolAt)
	return s, nil
}

// FD is the descriptor to hand to a process that shall Attach; -1 when private.
func (s *Segment) FD() int { return s.fd }

// Mapped is the number of bytes of address space, most of them untouched in a
// fresh segment.
func (s *Segment) Mapped() int { return max(len(s.mem), len(s.heap)*8) }

// OnRecovery sets who is told of recoveries. It runs with the lock held, so it
// may note and log, but not use this segment.
func (s *Segment) OnRecovery(f func(Recovery)) { s.notice = f }

// Ticket is this process's signature in the lock word, for code in C that takes
// the lock by the same rules (see lock.go).
func (s *Segment) Ticket() uint32 { return s.ticket }

// Base is the address of the segment in this process, for code in C.
func (s *Segment) Base() unsafe.Pointer { return s.base }

// Once runs f under the lock if the segment's container was not yet set up.
func (s *Segment) Once(f func() error) error {
	if atomic.LoadUint32(&s.head().ready) != 0 {
		return nil
	}
	s.Lock()
	defer s.Unlock()
	if atomic.LoadUint32(&s.head().ready) != 0 {
		return nil
	}
	if s.head().dirty != 0 {
		// Somebody died while setting it up: all over again.
		s.wipePool()
		s.head().dirty = 0
	}
	if err := f(); err != nil {
		return err
	}
	atomic.StoreUint32(&s.head().ready, 1)
	return nil
}

// Block is for a segment that holds one thing of a fixed size and nothing else: who comes
// first makes it, all zeros, and everybody gets where it is.
func (s *Segment) Block(size uintptr) (unsafe.Pointer, error) {
	err := s.Once(func() error {
		r := s.Alloc(int(size))
		if r == 0 {
			return ErrNoMemory
		}
		s.SetRoot(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.At(s.Root()), nil
}
