package live

import (
	"sync/atomic"
	"unsafe"

	"moongate/edge/sys/shm"
	"moongate/engine/zone"
)

// A table is one piece of a zone's memory:
//
//	head     until when somebody looks, how many chunks were given out
//	rows     one for each process that may be there, by its slot in the segment
//	chunks   of cells: a worker takes one when its others are full, for good; another
//	         process in the same slot goes on with them
//
// What nobody needs is never touched and costs no memory.
const (
	chunkCells = 64
	rowChunks  = 64 // so many chunks may a worker have
	maxChunks  = 512
)

type head struct {
	watched atomic.Int64  // nanoseconds since 1970: until then somebody looks
	epoch   atomic.Uint32 // another one has workers begin anew with their cells
	chunks  atomic.Uint32 // given out
	_       [48]byte
}

// Statuses are counted by their hundreds; 0 is for what is no status.
const numStatuses = 6

// Row is what one process counts of all requests.
type Row struct {
	in, out  atomic.Uint64
	life     atomic.Uint32 // another one for each process; odd while the row is cleared
	statuses [numStatuses]atomic.Uint32
	who      [numWho]atomic.Uint32
	took     Histogram

	epoch  atomic.Uint32 // of which its cells are
	used   atomic.Uint32 // of its cells, from the first on
	tag    atomic.Uint32 // the last one given to a cell
	chunks [rowChunks]atomic.Uint32
	_      [24]byte // rows begin cache lines
}

type chunk [chunkCells]Cell

// KindLive is the kind of the zone.
const KindLive zone.Kind = "gateway live"

const tableSize = unsafe.Sizeof(head{}) + shm.Slots*unsafe.Sizeof(Row{}) + maxChunks*unsafe.Sizeof(chunk{})

// ZoneSize is the size to declare the zone with.
const ZoneSize = int64(tableSize) + 1<<20

// Table is the counts of all processes.
type Table struct {
	seg    *shm.Segment
	head   *head
	rows   *[shm.Slots]Row
	chunks *[maxChunks]chunk
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
	t := &Table{seg: s, head: (*head)(at)}
	t.rows = (*[shm.Slots]Row)(unsafe.Add(at, unsafe.Sizeof(head{})))
	t.chunks = (*[maxChunks]chunk)(unsafe.Add(at, unsafe.Sizeof(head{})+unsafe.Sizeof(*t.rows)))
	return t, nil
}

// cell gives a row's cell, or nil where there is no memory for it (yet).
func (t *Table) cell(r *Row, i uint32) *Cell {
	n := r.chunks[i/chunkCells].Load()
	if n == 0 {
		return nil
	}
	return &t.chunks[n-1][i%chunkCells]
}

// room has a chunk ready for a cell; false when there is none left.
func (t *Table) room(r *Row, i uint32) bool {
	if i >= rowChunks*chunkCells {
		return false
	}
	c := &r.chunks[i/chunkCells]
	if c.Load() != 0 {
		return true
	}
	for {
		n := t.head.chunks.Load()
		if n >= maxChunks {
			return false
		}
		if t.head.chunks.CompareAndSwap(n, n+1) {
			c.Store(n + 1)
			return true
		}
	}
}
