package event

import (
	"sync"
	"sync/atomic"
	"time"
)

// A Watch looks at code that one goroutine at a time runs and that may compute for long
// without a word to this package: Lua. A goroutine that leads a loop and stays inside
// for longer than patience is relieved of the leadership; when it comes out it goes on as
// an ordinary goroutine, as after a wait. So what else the loop has to do doesn't wait.
//
// The zero value is ready. Who keeps one makes sure that Enter and Leave alternate.
//
//	state:  outside (0) --Enter--> inside (1) --Leave--> outside, one turn further
//	                                 |   ^
//	                              Inside |     (2: Leave waits meanwhile)
//	                                 v   |
//	                               looked at
type Watch struct {
	state atomic.Uint64 // turn << 2 | outside, inside or looked at
	g     uintptr       // who is inside
	armed atomic.Bool   // the timer is running

	mu    sync.Mutex // of those who look
	timer *time.Timer
	seen  uint64 // state at the last look
}

const (
	outside  = 0
	inside   = 1
	lookedAt = 2
	place    = 3
)

// patience is how long a stay lasts at least before the goroutine is relieved; at most it
// is twice as long. It is the time after which Go's scheduler interrupts too.
const patience = 10 * time.Millisecond

// Enter says that the calling goroutine goes inside.
func (w *Watch) Enter() {
	w.g = goroutine()
	w.state.Store(w.state.Load() | inside)
	if !w.armed.Load() && w.armed.CompareAndSwap(false, true) {
		w.arm()
	}
}

// Leave says that it is outside again.
func (w *Watch) Leave() {
	s := w.state.Load()
	for s&place != inside || !w.state.CompareAndSwap(s, s+4-inside) {
		w.mu.Lock() // somebody looks
		s = w.state.Load()
		w.mu.Unlock()
	}
}

// Inside runs f while somebody is inside and can't leave, and reports whether that was so.
// Otherwise f isn't run. f may read what the goroutine wrote before it entered.
func (w *Watch) Inside(f func()) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hold(w.state.Load(), f)
}

func (w *Watch) hold(s uint64, f func()) bool {
	if s&place != inside || !w.state.CompareAndSwap(s, s-inside+lookedAt) {
		return false
	}
	defer w.state.Store(s)
	f()
	return true
}

func (w *Watch) arm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer == nil {
		w.timer = time.AfterFunc(patience, w.look)
	} else {
		w.timer.Reset(patience)
	}
}

// look is the timer's: it goes on looking while there is coming and going.
func (w *Watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state.Load()
	if s != w.seen {
		w.seen = s
		w.timer.Reset(patience)
		return
	}
	w.hold(s, func() { relieve(w.g) })
	w.armed.Store(false)
	// Whoever entered meanwhile has seen the timer running.
	if n := w.state.Load(); n != s && w.armed.CompareAndSwap(false, true) {
		w.timer.Reset(patience)
	}
}

// relieve takes the leadership from a goroutine that leads a loop.
func relieve(g uintptr) {
	list := loops.list.Load()
	if list == nil {
		return
	}
	for _, l := range *list {
		if l.leader.CompareAndSwap(g, 0) {
			l.start(job{lead: true})
			return
		}
	}
}
