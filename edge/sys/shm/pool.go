package shm

import (
	"math/bits"
	"unsafe"
)

// The pool is cut as nginx's ngx_slab.c does it, so that as much fits:
//
//	704 bytes   poolHead (nginx: pool header, 9 list heads, 9 statistics)
//	24 x pages  page records
//	...         pages of 4096, aligned
//
// Requests up to 2048 bytes are rounded up to a power of two, 8 at least, and
// share pages of their class; larger ones take a run of pages, first fit. Classes
// of 64 bytes and more keep their bitmap in the page record, smaller ones in the
// first chunks of the page, which are then not given out.
const (
	poolHeadSize = 704
	pageRecord   = 24
	minShift     = 3
	maxShift     = 11
	classes      = maxShift - minShift + 1
)

type poolHead struct {
	pages   uint32          // how many there are
	free    uint32          // how many of them are free
	firstAt uint64          // offset of the first page
	runs    uint32          // list of free runs
	partial [classes]uint32 // lists of pages of a class that have room
}

// page kinds
const (
	pageRest  = iota // inside a free run
	pageFree         // first of a free run
	pageEnd          // last of a free run of two or more; run says where it starts
	pageChunk        // cut into chunks
	pageBig          // first of a run in use
	pageInner        // inside a run in use
)

// page describes one page. Pages are numbered from 1; 0 ends a list.
type page struct {
	bits       uint64 // chunks in use, for classes of 64 bytes and more
	next, prev uint32 // in runs or in partial[class]
	run        uint32 // length of a run; for pageEnd its first page
	used       uint16 // chunks in use
	kind       uint8
	shift      uint8
}

func (s *Segment) pool() *poolHead { return (*poolHead)(unsafe.Add(s.base, s.head().poolAt)) }

func (s *Segment) page(n uint32) *page {
	return (*page)(unsafe.Add(s.base, s.head().poolAt+poolHeadSize+uint64(n-1)*pageRecord))
}

func (s *Segment) pageAt(n uint32) uint64 { return s.pool().firstAt + uint64(n-1)<<pageShift }

// formatPool makes all pages one free run.
func (s *Segment) formatPool() {
	h := s.head()
	n := (h.size - poolHeadSize) / (pageSize + pageRecord)
	first := roundPage(h.poolAt + poolHeadSize + n*pageRecord)
	if fit := (h.poolAt + h.size - first) / pageSize; n > fit {
		n = fit
	}
	p := s.pool()
	*p = poolHead{pages: uint32(n), firstAt: first}
	if n > 0 {
		s.addRun(1, uint32(n))
	}
}

// wipePool makes the pool as new.
func (s *Segment) wipePool() {
	for n := uint32(1); n <= s.pool().pages; n++ {
		*s.page(n) = page{}
	}
	s.formatPool()
}

// FreePages is the number of wholly free pages.
func (s *Segment) FreePages() int { return int(s.pool().free) }

// InUse is how many bytes are not in free pages. The lock must be held.
func (s *Segment) InUse() int64 { return s.Size() - int64(s.FreePages())*pageSize }

// class gives the chunk size, as a shift, for n bytes up to 2048.
func class(n int) uint8 {
	if n <= 1<<minShift {
		return minShift
	}
	return uint8(bits.Len32(uint32(n - 1)))
}

// reserved is the number of chunks that the bitmap itself occupies.
func reserved(shift uint8) int {
	switch shift {
	case 3:
		return 8
	case 4:
		return 2
	case 5:
		return 1
	}
	return 0
}

// bitmap gives the words that say which chunks of a page are in use; bits that
// stand for no chunk are set.
func (s *Segment) bitmap(n uint32, p *page) []uint64 {
	if p.shift >= 6 {
		return unsafe.Slice(&p.bits, 1)
	}
	return unsafe.Slice((*uint64)(unsafe.Add(s.base, s.pageAt(n))), 8>>(p.shift-minShift))
}

// Alloc gives size bytes, aligned to 8, or 0 when there is no room. The memory
// holds what was there before. The lock must be held.
func (s *Segment) Alloc(size int) Ref {
	if size > 1<<maxShift {
		n := s.takePages(uint32((size + pageSize - 1) >> pageShift))
		if n == 0 {
			return 0
		}
		return Ref(s.pageAt(n) >> 3)
	}
	shift := class(size)
	n := s.pool().partial[shift-minShift]
	if n == 0 {
		if n = s.cutPage(shift); n == 0 {
			return 0
		}
	}
	p := s.page(n)
	words := s.bitmap(n, p)
	for i := range words {
		if words[i] == ^uint64(0) {
			continue
		}
		bit := bits.TrailingZeros64(^words[i])
		words[i] |= 1 << bit
		Fail("pool.alloc")
		p.used++
		if int(p.used) == pageSize>>shift-reserved(shift) {
			s.unlist(&s.pool().partial[shift-minShift], n)
		}
		return Ref((s.pageAt(n) + uint64(i*64+bit)<<shift) >> 3)
	}
	return 0 // a page with room has a clear bit
}

// cutPage turns a free page into chunks of a class.
func (s *Segment) cutPage(shift uint8) uint32 {
	n := s.takePages(1)
	if n == 0 {
		return 0
	}
	s.makeChunks(n, shift)
	s.list(&s.pool().partial[shift-minShift], n)
	return n
}

func (s *Segment) makeChunks(n uint32, shift uint8) {
	p := s.page(n)
	*p = page{kind: pageChunk, shift: shift}
	words := s.bitmap(n, p)
	clear(words)
	if shift >= 6 {
		words[0] = unused(shift)
	} else {
		words[0] = 1<<reserved(shift) - 1
	}
}

// unused are the bits of a one-word bitmap beyond the last chunk.
func unused(shift uint8) uint64 {
	if n := pageSize >> shift; n < 64 {
		return ^uint64(0) << n
	}
	return 0
}

// Free gives memory back. It is false, and nothing changes, if r is not memory
// in use. The lock must be held.
func (s *Segment) Free(r Ref) bool {
	off := uint64(r) << 3
	n := s.pageOf(off)
	if n == 0 {
		return false
	}
	p := s.page(n)
	in := off & (pageSize - 1)
	switch p.kind {
	case pageBig:
		if in != 0 {
			return false
		}
		s.givePages(n, p.run)
		return true
	case pageChunk:
	default:
		return false
	}
	if in&(1<<p.shift-1) != 0 {
		return false
	}
	chunk := int(in >> p.shift)
	words := s.bitmap(n, p)
	if chunk < reserved(p.shift) || words[chunk/64]>>(chunk%64)&1 == 0 {
		return false
	}
	full := int(p.used) == pageSize>>p.shift-reserved(p.shift)
	words[chunk/64] &^= 1 << (chunk % 64)
	Fail("pool.free")
	p.used--
	list := &s.pool().partial[p.shift-minShift]
	if full {
		s.list(list, n)
	}
	if p.used == 0 {
		s.unlist(list, n)
		s.givePages(n, 1)
	}
	return true
}

// pageOf is the page that holds an offset, 0 if none does.
func (s *Segment) pageOf(off uint64) uint32 {
	p := s.pool()
	if off < p.firstAt || off >= p.firstAt+uint64(p.pages)<<pageShift {
		return 0
	}
	return uint32((off-p.firstAt)>>pageShift) + 1
}
