package mtlsauth

import (
	"errors"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// recall remembers what others say, and asks them again in the background:
//
//	nothing yet, or too old   requests wait, for one that asks for all of them
//	older than fresh          requests go on with it, while somebody asks
//	nobody has answered       the same: requests go on with that, and wait only once
//
// It is one worker's.
type recall[K comparable, V any] struct {
	most  int // things that are remembered
	fresh time.Duration
	wait  time.Duration  // for an answer
	start func(f func()) // on another goroutine
	now   func() time.Time
	ask   func(K) (v V, end time.Time, err error) // what it says counts until end

	mu    sync.Mutex
	known map[K]*thing[V]
}

// thing is what one has said.
type thing[V any] struct {
	value   V
	err     error     // of the last question, where there is no value
	end     time.Time // of the value
	due     time.Time // of the next question
	busy    bool
	waiting []*event.Waiter
}

// again is how long nobody is asked who has not answered.
const again = 10 * time.Second

var (
	errFull   = errors.New("too many are being asked")
	errSilent = errors.New("there is no answer yet")
)

// get is what is said of k.
func (r *recall[K, V]) get(k K) (v V, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.known[k]
	if t == nil {
		if !r.room() {
			return v, errFull
		}
		t = new(thing[V])
		r.known[k] = t
	}
	now := r.now()
	there := now.Before(t.end)
	if there || t.err != nil {
		if !now.Before(t.due) {
			r.begin(k, t)
		}
		if there {
			return t.value, nil
		}
		return v, t.err
	}
	r.begin(k, t)
	w := new(event.Waiter)
	t.waiting = append(t.waiting, w)
	r.mu.Unlock()
	w.WaitTimeout(r.wait)
	r.mu.Lock()
	switch {
	case r.now().Before(t.end):
		return t.value, nil
	case t.err != nil:
		return v, t.err
	}
	return v, errSilent
}

// begin asks, unless somebody does. mu is held.
func (r *recall[K, V]) begin(k K, t *thing[V]) {
	if t.busy {
		return
	}
	t.busy = true
	r.start(func() {
		v, end, err := r.ask(k)
		r.mu.Lock()
		defer r.mu.Unlock()
		now := r.now()
		t.busy, t.err, t.due = false, err, now.Add(r.fresh)
		if err == nil {
			t.value, t.end = v, end
		} else {
			t.due = now.Add(min(r.fresh, again))
		}
		for _, w := range t.waiting {
			w.Wake()
		}
		t.waiting = nil
	})
}

// room makes room for one more: what is over goes, then whatever comes first. Those that are
// being asked stay.
func (r *recall[K, V]) room() bool {
	if r.known == nil {
		r.known = map[K]*thing[V]{}
	}
	if len(r.known) < r.most {
		return true
	}
	now := r.now()
	for k, t := range r.known {
		if !t.busy && !now.Before(t.end) && !now.Before(t.due) {
			delete(r.known, k)
		}
	}
	for k, t := range r.known {
		if len(r.known) <= r.most*9/10 {
			break
		}
		if !t.busy {
			delete(r.known, k)
		}
	}
	return len(r.known) < r.most
}
