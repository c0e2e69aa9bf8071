package event

import "sync"

// A parker is what one goroutine sleeps on. Goroutines have no storage of
// their own, so a parker is taken from a free list for the length of a wait;
// the list is a stack, the one used last is still in the cache.
//
// Waking is a send on a channel that holds one token: a wake that comes before
// the sleep is not lost. Whoever takes the parker's pointer out of the place it
// was published in, and only that one, sends the token.
type parker struct {
	ch   chan struct{}
	next *parker
	slot slot
	w    *Waiter // where it is published when a Waiter sleeps with a timeout
	late bool    // woken by the timer
}

var parkers struct {
	mu   sync.Mutex
	free *parker
}

func takeParker() *parker {
	parkers.mu.Lock()
	p := parkers.free
	if p != nil {
		parkers.free = p.next
		parkers.mu.Unlock()
		p.next = nil
		return p
	}
	parkers.mu.Unlock()
	return &parker{ch: make(chan struct{}, 1)}
}

func (p *parker) free() {
	parkers.mu.Lock()
	p.next = parkers.free
	parkers.free = p
	parkers.mu.Unlock()
}

func (p *parker) wake() { p.ch <- struct{}{} }

// sleep waits for the token. The caller has given away the leadership.
func (p *parker) sleep() { <-p.ch }
