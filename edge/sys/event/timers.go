package event

import (
	"sync"
	"sync/atomic"
	"time"
)

// Timers are lazy. A connection's deadline changes with every wait, but what
// lies in the heap is only the time at which somebody should look at the
// connection again: never later than its deadline, often earlier. Moving a
// deadline into the future is a field write; when the entry comes up early, it
// goes back in with the true deadline. A busy keep-alive connection touches the
// heap once per timeout instead of twice per request.
//
//	deadline:      |----w1---->|      |--w2-->|          |---w3--->|
//	heap entry:    ^ pushed    ^ looked at, pushed again           ^
//
// One runtime timer drives the heap; it is reset only when the earliest entry
// becomes earlier. The order of stores matters: a wait publishes its deadline
// and then looks at slot.when, an expiry clears slot.when and then looks at the
// deadline, so one of them always sees the other.
type timers struct {
	mu   sync.Mutex
	heap []item
	rt   *time.Timer
	rtAt int64 // when rt fires; 0: not running
	due  []job // scratch of fire
	loop *Loop
}

// An item keeps the time beside the pointer, so that the heap is ordered
// without touching what it points to.
type item struct {
	when int64
	o    timed
}

// timed is what can lie in the heap: a connection, a sleeper, a Timer.
type timed interface {
	// expire is called with the heap locked, when the entry's time has come and
	// it has been taken out. It returns when to look again; 0 means not at all.
	expire(t *timers, now int64) int64
	timerSlot() *slot
}

// A slot is the heap's mark in what it points to.
type slot struct {
	when atomic.Int64 // time of the entry; 0: not in the heap
	idx  int32
}

// arm makes sure that o is looked at no later than at when.
func (t *timers) arm(o timed, s *slot, when int64) {
	if w := s.when.Load(); w != 0 && w <= when {
		return
	}
	t.mu.Lock()
	t.put(o, s, when)
	t.reset()
	t.mu.Unlock()
}

// disarm takes o out. When it returns, o's expire is not running and will not.
func (t *timers) disarm(s *slot) {
	t.mu.Lock()
	if s.when.Load() != 0 {
		t.remove(int(s.idx))
		s.when.Store(0)
	}
	t.mu.Unlock()
}

func (t *timers) put(o timed, s *slot, when int64) {
	switch w := s.when.Load(); {
	case w == 0:
		s.when.Store(when)
		t.heap = append(t.heap, item{when, o})
		t.up(len(t.heap) - 1)
	case when < w:
		s.when.Store(when)
		t.heap[s.idx].when = when
		t.up(int(s.idx))
	}
}

// reset starts the runtime's timer if the earliest entry needs it earlier.
func (t *timers) reset() {
	if len(t.heap) == 0 {
		return
	}
	if w := t.heap[0].when; t.rtAt == 0 || w < t.rtAt {
		t.rtAt = w
		d := time.Duration(w - nanotime())
		if t.rt == nil {
			t.rt = time.AfterFunc(d, t.fire)
		} else {
			t.rt.Reset(d)
		}
	}
}

// fire looks at all entries whose time has come. Expiries only mark and wake;
// what has to run is collected and handed to the loop after the lock is gone.
func (t *timers) fire() {
	UpdateTime()
	t.mu.Lock()
	now := nanotime()
	t.rtAt = 0
	for len(t.heap) > 0 && t.heap[0].when <= now {
		o := t.heap[0].o
		t.remove(0)
		s := o.timerSlot()
		s.when.Store(0)
		if next := o.expire(t, now); next != 0 {
			t.put(o, s, next)
		}
	}
	t.reset()
	due := t.due
	t.due = nil
	t.mu.Unlock()
	var fns []func()
	for i := range due {
		if due[i].fn != nil {
			fns = append(fns, due[i].fn)
		} else {
			t.loop.post(due[i])
		}
		due[i] = job{}
	}
	t.loop.goInOrder(fns)
	t.mu.Lock()
	if t.due == nil && cap(due) <= 1024 {
		t.due = due[:0]
	}
	t.mu.Unlock()
}

// goInOrder is Go for each of fns. The scheduler takes the goroutine first that was made
// runnable last, so each makes the next one runnable and then goes on with its own.
func (l *Loop) goInOrder(fns []func()) {
	switch len(fns) {
	case 0:
	case 1:
		l.Go(fns[0])
	default:
		l.Go(func() {
			l.goInOrder(fns[1:])
			fns[0]()
		})
	}
}

// The heap has four children per node: half the depth, and the children share
// a cache line and a half.
func (t *timers) up(i int) {
	it := t.heap[i]
	for i > 0 {
		p := (i - 1) / 4
		if t.heap[p].when <= it.when {
			break
		}
		t.heap[i] = t.heap[p]
		t.heap[i].o.timerSlot().idx = int32(i)
		i = p
	}
	t.heap[i] = it
	it.o.timerSlot().idx = int32(i)
}

func (t *timers) down(i int) {
	it := t.heap[i]
	for {
		first := 4*i + 1
		if first >= len(t.heap) {
			break
		}
		least := first
		for k := first + 1; k < first+4 && k < len(t.heap); k++ {
			if t.heap[k].when < t.heap[least].when {
				least = k
			}
		}
		if t.heap[least].when >= it.when {
			break
		}
		t.heap[i] = t.heap[least]
		t.heap[i].o.timerSlot().idx = int32(i)
		i = least
	}
	t.heap[i] = it
	it.o.timerSlot().idx = int32(i)
}

func (t *timers) remove(i int) {
	last := len(t.heap) - 1
	moved := t.heap[last]
	t.heap[last] = item{}
	t.heap = t.heap[:last]
	if i == last {
		return
	}
	old := t.heap[i].when
	t.heap[i] = moved
	if moved.when < old {
		t.up(i)
	} else {
		t.down(i)
	}
}
