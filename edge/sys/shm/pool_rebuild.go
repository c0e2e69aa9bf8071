package shm

// Extent is memory in use: for the rebuilding of a pool.
type Extent struct {
	Ref  Ref
	Size int
}

// rebuildPool makes the pool hold exactly the extents that keep approves of, in
// the order given. keep is called with each one that fits; those that overlap an
// earlier one, or cannot stand where they are, are left out.
func (s *Segment) rebuildPool(live []Extent, keep func(i int)) {
	h := s.pool()
	for n := uint32(1); n <= h.pages; n++ {
		*s.page(n) = page{}
	}
	*h = poolHead{pages: h.pages, firstAt: h.firstAt}
	for i, e := range live {
		if s.mark(e) {
			keep(i)
		}
	}
	start := uint32(0)
	for n := uint32(1); n <= h.pages+1; n++ {
		if n <= h.pages && s.page(n).kind == pageRest {
			if start == 0 {
				start = n
			}
			continue
		}
		if start != 0 {
			s.addRun(start, n-start)
			start = 0
		}
		if n > h.pages {
			break
		}
		if p := s.page(n); p.kind == pageChunk && int(p.used) < pageSize>>p.shift-reserved(p.shift) {
			s.list(&h.partial[p.shift-minShift], n)
		}
	}
}

// mark claims an extent in the pool being rebuilt.
func (s *Segment) mark(e Extent) bool {
	if !s.plausible(e) {
		return false
	}
	off := uint64(e.Ref) << 3
	n := s.pageOf(off)
	if e.Size > 1<<maxShift {
		run := uint32((e.Size + pageSize - 1) >> pageShift)
		for i := uint32(0); i < run; i++ {
			if s.page(n+i).kind != pageRest {
				return false
			}
		}
		*s.page(n) = page{kind: pageBig, run: run}
		for i := uint32(1); i < run; i++ {
			s.page(n + i).kind = pageInner
		}
		return true
	}
	shift := class(e.Size)
	p := s.page(n)
	switch {
	case p.kind == pageRest:
		s.makeChunks(n, shift)
	case p.kind != pageChunk || p.shift != shift:
		return false
	}
	chunk := int(off & (pageSize - 1) >> shift)
	words := s.bitmap(n, p)
	if words[chunk/64]>>(chunk%64)&1 != 0 {
		return false
	}
	words[chunk/64] |= 1 << (chunk % 64)
	p.used++
	return true
}

// plausible: an extent could have been given out as such.
func (s *Segment) plausible(e Extent) bool {
	off := uint64(e.Ref) << 3
	n := s.pageOf(off)
	if n == 0 || e.Size <= 0 {
		return false
	}
	in := off & (pageSize - 1)
	if e.Size > 1<<maxShift {
		return in == 0 && uint64(n-1)+uint64(e.Size+pageSize-1)>>pageShift <= uint64(s.pool().pages)
	}
	shift := class(e.Size)
	return in&(1<<shift-1) == 0 && int(in>>shift) >= reserved(shift)
}

// Plausible: size bytes at r could have been given out by Alloc.
func (s *Segment) Plausible(r Ref, size int) bool { return s.plausible(Extent{r, size}) }

// Inside: size bytes at r are in the pool, so they may at least be read.
func (s *Segment) Inside(r Ref, size int) bool {
	off := uint64(r) << 3
	return s.pageOf(off) != 0 && s.pageOf(off+uint64(size)-1) != 0
}
