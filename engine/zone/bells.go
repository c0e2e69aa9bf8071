package zone

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"moongate/edge/sys/futex"
)

// Bells wake goroutines of all processes that wait for something with a name, such as an
// answer that another worker has asked for. Who waits listens first, then looks whether
// it is there, then waits; who has made it there rings.
//
// The last calls stand in shared memory, each with the end of its number, so that a
// reader sees whether it has what it came for:
//
//	calls     how many there were; all processes with listeners sleep on this word
//	names     a ring: the name of call n, with the last 16 bits of n in place of its own
//
// In each process one goroutine sleeps there, while somebody listens, and passes on what
// it hears. One that was too slow wakes all: a wake too many does no harm.
type Bells struct {
	ring *bellRing

	mu      sync.Mutex
	waiting map[uint64]*Listener
	hearing bool
	closed  bool
	quiet   sync.WaitGroup // until nothing is heard any more
}

const bellCalls = 256

type bellRing struct {
	calls atomic.Uint32
	_     uint32
	names [bellCalls]atomic.Uint64
}

const callBits = 0xffff

// Listener is who waits. It is made by the caller and may be used again.
type Listener struct {
	Wake       func() // called by any goroutine, any number of times while it listens
	name       uint64
	next, prev *Listener
}

// KindBells is the kind of their zone, BellsSize its size.
const (
	KindBells Kind = "bells"
	BellsSize      = int64(unsafe.Sizeof(bellRing{})) + 16384
)

// OpenBells opens the bells of a zone. Each process opens them once.
func OpenBells(z *Zone) (*Bells, error) {
	if z == nil || z.seg == nil {
		return nil, ErrUnbound
	}
	at, err := z.seg.Block(unsafe.Sizeof(bellRing{}))
	if err != nil {
		return nil, err
	}
	return &Bells{ring: (*bellRing)(at), waiting: map[uint64]*Listener{}}, nil
}

// Ring wakes those who listen for a name, here and in other processes.
func (b *Bells) Ring(name uint64) {
	n := b.ring.calls.Add(1)
	b.ring.names[n%bellCalls].Store(name&^callBits | uint64(n)&callBits)
	futex.Wake(b.ring.word(), 1<<30)
	b.mu.Lock()
	b.wake(name &^ callBits)
	b.mu.Unlock()
}

func (r *bellRing) word() *uint32 { return (*uint32)(unsafe.Pointer(&r.calls)) }

// Listen has l woken by each Ring of the name from now on, until Leave.
func (b *Bells) Listen(l *Listener, name uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l.name = name &^ callBits
	l.prev, l.next = nil, b.waiting[l.name]
	if l.next != nil {
		l.next.prev = l
	}
	b.waiting[l.name] = l
	if !b.hearing && !b.closed {
		b.hearing = true
		at := b.ring.calls.Load()
		b.quiet.Go(func() { b.hear(at) })
	}
}

// Close returns when the memory is not used any more.
func (b *Bells) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.ring.calls.Add(1) // so that none can miss it
	futex.Wake(b.ring.word(), 1<<30)
	b.quiet.Wait()
}

// Leave ends Listen.
func (b *Bells) Leave(l *Listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l.next != nil {
		l.next.prev = l.prev
	}
	switch {
	case l.prev != nil:
		l.prev.next = l.next
	case l.next != nil:
		b.waiting[l.name] = l.next
	default:
		delete(b.waiting, l.name)
	}
	l.next, l.prev = nil, nil
}

// linger is how long a process goes on hearing when nobody listens any more.
const linger = time.Second

// hear passes on all calls after the one with number at. A goroutine that sleeps on the
// word holds a thread, which is why there is one for all.
func (b *Bells) hear(at uint32) {
	for b.wanted() {
		futex.Wait(b.ring.word(), at, linger)
		last := b.ring.calls.Load()
		b.mu.Lock()
		if last-at > bellCalls {
			b.wakeAll()
			at = last
		}
		for ; at != last; at++ {
			n := at + 1
			if call := b.ring.names[n%bellCalls].Load(); call&callBits == uint64(n)&callBits {
				b.wake(call &^ callBits)
			} else {
				b.wakeAll() // it is being written, or another one is there by now
			}
		}
		b.mu.Unlock()
	}
}

func (b *Bells) wanted() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hearing = len(b.waiting) > 0 && !b.closed
	return b.hearing
}

func (b *Bells) wake(name uint64) {
	for l := b.waiting[name]; l != nil; l = l.next {
		l.Wake()
	}
}

func (b *Bells) wakeAll() {
	for _, l := range b.waiting {
		for ; l != nil; l = l.next {
			l.Wake()
		}
	}
}
