package shm

import (
	"runtime"
	"sync/atomic"
	"time"

	"moongate/edge/sys/futex"
)

// The lock word: 0 free, else the holder's ticket, with the highest bit set when
// somebody may be asleep on it. Code in C takes it by the same rules:
// cmpxchg(0 -> ticket); to release, xchg(0) and FUTEX_WAKE(1) if the old value
// had the bit.
const waiting = 1 << 31

// How long a waiter does what. Critical sections last 25 to 500 ns, so where there
// are several processors a spin of a few microseconds mostly suffices; when it does
// not, the holder has lost its processor, and the best use of ours is to give it
// away. BenchmarkLockContended, medians of four runs on two busy processors with
// three processes: this 500 ns a turn, no spin 790, no spin and no brief wait 690,
// no brief wait 540. A spin of up to half a millisecond gave 420, but would stand
// on the P for that long while the holder cannot run.
const (
	spinRounds  = 7                      // 1+2+4+...+64 pauses: 127 pauses, about 4 us
	briefRounds = 2                      // futex waits with the P standing still
	briefWait   = 50 * time.Microsecond  //
	longWait    = 10 * time.Millisecond  // then the holder's life is looked up
	selfWait    = 200 * time.Microsecond // another goroutine of this process holds it
	selfYields  = 32
)

// Lock takes the segment's lock. What follows until Unlock must not wait.
func (s *Segment) Lock() {
	if !atomic.CompareAndSwapUint32(&s.head().lock, 0, s.ticket) {
		s.lockSlow()
	}
}

// TryLock takes the lock if it is free.
func (s *Segment) TryLock() bool {
	return atomic.CompareAndSwapUint32(&s.head().lock, 0, s.ticket)
}

// Unlock gives it back.
func (s *Segment) Unlock() {
	if atomic.SwapUint32(&s.head().lock, 0)&waiting != 0 {
		futex.Wake(&s.head().lock, 1)
	}
}

func (s *Segment) lockSlow() {
	word := &s.head().lock
	mine := s.ticket
	spins, parks, yields := 0, 0, 0
	for {
		w := atomic.LoadUint32(word)
		if w == 0 {
			if atomic.CompareAndSwapUint32(word, 0, mine) {
				return
			}
			continue
		}
		wait := futex.Wait
		limit := longWait
		switch {
		case w&^waiting == s.ticket:
			// A goroutine of this process was preempted while it held the lock.
			// With one P it cannot go on unless we step aside.
			if yields++; yields <= selfYields {
				runtime.Gosched()
				continue
			}
			limit = selfWait
		case spins < spinRounds && multicore:
			futex.Pause(1 << spins)
			spins++
			continue
		case parks < briefRounds:
			wait, limit = futex.WaitBriefly, briefWait
		}
		if w&waiting == 0 && !atomic.CompareAndSwapUint32(word, w, w|waiting) {
			continue
		}
		// Whoever slept may not be the only one: it takes the lock with the bit
		// set, at the price of one wake too many at the end of a queue.
		mine = s.ticket | waiting
		parks++
		if wait(word, w|waiting, limit) && limit == longWait && s.dead(w&^waiting) && s.takeOver(w|waiting) {
			return
		}
	}
}

var multicore = runtime.NumCPU() > 1

// takeOver takes the lock from a dead holder. Only one of several can.
func (s *Segment) takeOver(old uint32) bool {
	h := s.head()
	if !atomic.CompareAndSwapUint32(&h.lock, old, s.ticket|waiting) {
		return false
	}
	atomic.StoreUint32(&h.dirty, 1)
	atomic.AddUint32(&h.takeovers, 1)
	s.repair()
	return true
}

// repair runs the container's recovery; without one the mark stays for the next
// process that opens the container.
func (s *Segment) repair() {
	f := s.recover.Load()
	if f == nil || atomic.LoadUint32(&s.head().dirty) == 0 {
		return
	}
	(*f)()
	atomic.StoreUint32(&s.head().dirty, 0)
}

// Recover does what a take-over does, for tests and tools: with the lock held, the
// container is verified and rebuilt if need be.
func (s *Segment) Recover() {
	atomic.StoreUint32(&s.head().dirty, 1)
	s.repair()
}

// SetRecover says how the container in this segment is verified and rebuilt, and
// does it at once if a process died in it before anybody knew how. Any goroutine may call it:
// a container is opened by several, who all say the same.
func (s *Segment) SetRecover(f func() Recovery) {
	run := func() {
		r := f()
		if r.Rebuilt {
			atomic.AddUint32(&s.head().rebuilds, 1)
		}
		if s.notice != nil {
			s.notice(r)
		}
	}
	s.recover.Store(&run)
	if atomic.LoadUint32(&s.head().dirty) != 0 {
		s.Lock()
		s.repair()
		s.Unlock()
	}
}
