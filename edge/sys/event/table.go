package event

import (
	"sync"
	"sync/atomic"
)

// A table finds a connection by its descriptor. It grows by pages that never
// move, so an entry is read and written without a lock; only a new page takes
// one. Descriptors are small numbers, so pages are few.
const pageSize = 1024

type page [pageSize]atomic.Pointer[Conn]

type table struct {
	pages atomic.Pointer[[]*page]
	mu    sync.Mutex
}

func (t *table) get(fd int32) *Conn {
	ps := t.pages.Load()
	if ps == nil || int(fd)/pageSize >= len(*ps) {
		return nil
	}
	return (*ps)[fd/pageSize][fd%pageSize].Load()
}

func (t *table) set(fd int32, c *Conn) {
	ps := t.pages.Load()
	if ps == nil || int(fd)/pageSize >= len(*ps) {
		ps = t.grow(int(fd)/pageSize + 1)
	}
	(*ps)[fd/pageSize][fd%pageSize].Store(c)
}

// clear forgets c, but only if the entry is still c's.
func (t *table) clear(fd int32, c *Conn) {
	if ps := t.pages.Load(); ps != nil && int(fd)/pageSize < len(*ps) {
		(*ps)[fd/pageSize][fd%pageSize].CompareAndSwap(c, nil)
	}
}

func (t *table) grow(n int) *[]*page {
	t.mu.Lock()
	defer t.mu.Unlock()
	var old []*page
	if ps := t.pages.Load(); ps != nil {
		if len(*ps) >= n {
			return ps
		}
		old = *ps
	}
	grown := append([]*page(nil), old...)
	for len(grown) < n {
		grown = append(grown, new(page))
	}
	t.pages.Store(&grown)
	return &grown
}

// each calls fn for every connection until it returns false.
func (t *table) each(fn func(*Conn) bool) {
	ps := t.pages.Load()
	if ps == nil {
		return
	}
	for _, p := range *ps {
		for i := range p {
			if c := p[i].Load(); c != nil && !fn(c) {
				return
			}
		}
	}
}
