package shm

import (
	"fmt"
	"math/bits"
)

// verifyPool checks that page records, bitmaps, lists and counts agree. It gives
// the number of allocations in use: chunks, and runs as one each.
func (s *Segment) verifyPool() (inUse int, err error) {
	h := s.pool()
	free, runs := uint32(0), 0
	room := [classes]int{}
	for n := uint32(1); n <= h.pages; {
		p := s.page(n)
		switch p.kind {
		case pageFree, pageBig:
			if p.run == 0 || n+p.run-1 > h.pages {
				return 0, fmt.Errorf("page %d: a run of %d pages", n, p.run)
			}
			for i := uint32(1); i < p.run; i++ {
				q, want := s.page(n+i), uint8(pageInner)
				if p.kind == pageFree {
					want = pageRest
					if i == p.run-1 {
						want = pageEnd
					}
				}
				if q.kind != want || (want == pageEnd && q.run != n) {
					return 0, fmt.Errorf("page %d: kind %d inside the run at %d", n+i, q.kind, n)
				}
			}
			if p.kind == pageFree {
				free += p.run
				runs++
			} else {
				inUse++
			}
			n += p.run
		case pageChunk:
			full, err := s.verifyChunks(n, p)
			if err != nil {
				return 0, err
			}
			if !full {
				room[p.shift-minShift]++
			}
			inUse += int(p.used)
			n++
		default:
			return 0, fmt.Errorf("page %d: stray kind %d", n, p.kind)
		}
	}
	if free != h.free {
		return 0, fmt.Errorf("%d pages are free, the pool says %d", free, h.free)
	}
	if err := s.verifyList(h.runs, runs, pageFree, 0); err != nil {
		return 0, err
	}
	for i, want := range room {
		if err := s.verifyList(h.partial[i], want, pageChunk, uint8(i+minShift)); err != nil {
			return 0, err
		}
	}
	return inUse, nil
}

func (s *Segment) verifyChunks(n uint32, p *page) (full bool, err error) {
	if p.shift < minShift || p.shift > maxShift {
		return false, fmt.Errorf("page %d: chunks of 2^%d bytes", n, p.shift)
	}
	set := 0
	words := s.bitmap(n, p)
	for _, w := range words {
		set += bits.OnesCount64(w)
	}
	own := uint64(1)<<reserved(p.shift) - 1
	if p.shift >= 6 {
		own = unused(p.shift)
	}
	set -= bits.OnesCount64(own)
	if words[0]&own != own || set != int(p.used) || set == 0 {
		return false, fmt.Errorf("page %d: bitmap has %d chunks, the page says %d", n, set, p.used)
	}
	return set == pageSize>>p.shift-reserved(p.shift), nil
}

func (s *Segment) verifyList(head uint32, want int, kind, shift uint8) error {
	prev, got := uint32(0), 0
	for n := head; n != 0; n = s.page(n).next {
		if n > s.pool().pages || got > want {
			return fmt.Errorf("page list of kind %d class %d is broken", kind, shift)
		}
		p := s.page(n)
		if p.kind != kind || p.prev != prev || (kind == pageChunk && p.shift != shift) {
			return fmt.Errorf("page %d is listed as kind %d class %d", n, kind, shift)
		}
		prev, got = n, got+1
	}
	if got != want {
		return fmt.Errorf("page list of kind %d class %d has %d pages, not %d", kind, shift, got, want)
	}
	return nil
}
