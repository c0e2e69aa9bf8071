package shm

// list puts page n at the head of a list.
func (s *Segment) list(head *uint32, n uint32) {
	p := s.page(n)
	p.next, p.prev = *head, 0
	if *head != 0 {
		s.page(*head).prev = n
	}
	*head = n
}

func (s *Segment) unlist(head *uint32, n uint32) {
	p := s.page(n)
	if p.prev != 0 {
		s.page(p.prev).next = p.next
	} else {
		*head = p.next
	}
	if p.next != 0 {
		s.page(p.next).prev = p.prev
	}
	p.next, p.prev = 0, 0
}

// addRun marks pages n.. as a free run and lists it. The last page points to the
// first, so that the run behind can be joined to it when it becomes free.
func (s *Segment) addRun(n, length uint32) {
	*s.page(n) = page{kind: pageFree, run: length}
	if length > 1 {
		*s.page(n + length - 1) = page{kind: pageEnd, run: n}
	}
	s.list(&s.pool().runs, n)
	s.pool().free += length
}

func (s *Segment) dropRun(n uint32) {
	s.unlist(&s.pool().runs, n)
	s.pool().free -= s.page(n).run
}

// takePages gives the first of a run of want pages, marked big, or 0.
func (s *Segment) takePages(want uint32) uint32 {
	for n := s.pool().runs; n != 0; n = s.page(n).next {
		length := s.page(n).run
		if length < want {
			continue
		}
		s.dropRun(n)
		Fail("pool.take")
		if length > want {
			s.addRun(n+want, length-want)
		}
		*s.page(n) = page{kind: pageBig, run: want}
		for i := uint32(1); i < want; i++ {
			*s.page(n + i) = page{kind: pageInner}
		}
		return n
	}
	return 0
}

// givePages returns a run and joins it with its free neighbours.
func (s *Segment) givePages(n, length uint32) {
	for i := uint32(0); i < length; i++ {
		*s.page(n + i) = page{}
	}
	Fail("pool.give")
	if after := n + length; after <= s.pool().pages && s.page(after).kind == pageFree {
		more := s.page(after).run
		s.dropRun(after)
		*s.page(after) = page{}
		*s.page(after + more - 1) = page{}
		length += more
	}
	if n > 1 {
		before := s.page(n - 1)
		first := uint32(0)
		switch before.kind {
		case pageFree:
			first = n - 1
		case pageEnd:
			first = before.run
		}
		if first != 0 {
			length += s.page(first).run
			s.dropRun(first)
			*before = page{}
			n = first
		}
	}
	s.addRun(n, length)
}
