package store

import "sync"

// Bell wakes all who wait for news inside of one process. The zero value is
// ready.
type Bell struct {
	mu sync.Mutex
	ch chan struct{}
}

// Next is closed by the next Ring. Take it before looking, so that nothing is
// missed between looking and waiting.
func (b *Bell) Next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

// Ring wakes them.
func (b *Bell) Ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
