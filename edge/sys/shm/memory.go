package shm

import (
	"errors"
	"unsafe"
)

// ErrNoMemory: the pool has no room.
var ErrNoMemory = errors.New("no memory")

var errTableForm = errors.New("shared memory table has another form")

// Bytes is the memory at r, a view that ends with the lock.
func (s *Segment) Bytes(r Ref, n int) []byte {
	return unsafe.Slice((*byte)(s.At(r)), n)
}

// User are small words of the header for containers that need no pool.
func (s *Segment) User() *[13]uint64 { return (*[13]uint64)(s.head().user[1:]) }
