package circuitbreaker

import "encoding/binary"

// A breaker's state is words of 32 bits in memory that all workers share:
//
//	0     state: closed, open, half-open
//	1, 2  until when it is open, or until when those let through half-open are waited
//	      for; milliseconds
//	3     half-open: how many were let through
//	4     half-open: how many of them were good
//	5     closed: failures in a row
//	6...  the window's parts, each: when it began, requests, failures, slow ones
//
// A closed breaker that has counted nothing is all zero and takes no memory.
type state []byte

const (
	closed = iota
	open
	halfOpen
)

const (
	wordState = iota
	wordUntil
	wordUntilHigh
	wordStarted
	wordGood
	wordStreak
	wordParts
	parts     = 10
	partWords = 4
	stateSize = 4 * (wordParts + parts*partWords)
)

func (s state) get(i int) uint32    { return binary.LittleEndian.Uint32(s[4*i:]) }
func (s state) put(i int, v uint32) { binary.LittleEndian.PutUint32(s[4*i:], v) }
func (s state) until() int64        { return int64(s.get(wordUntil)) | int64(s.get(wordUntilHigh))<<32 }
func (s state) setUntil(ms int64) {
	s.put(wordUntil, uint32(ms))
	s.put(wordUntilHigh, uint32(ms>>32))
}

// rule is when a breaker opens, and for how long. Times are milliseconds.
type rule struct {
	window   int64
	open     int64
	least    uint32  // requests in the window, for rates
	failures float64 // per cent; 0: not looked at
	slow     float64
	streak   uint32
	halfOpen uint32
}

// leave is what a request gets to know when it asks.
type leave struct {
	ok    bool
	probe bool  // it was let through to see how it goes
	wait  int64 // otherwise: until it is worth to ask again
	state uint32
}

// ask lets a request through, or not.
func (s state) ask(r *rule, now int64) leave {
	switch s.get(wordState) {
	case closed:
		return leave{ok: true}
	case open:
		if wait := s.until() - now; wait > 0 {
			return leave{wait: wait, state: open}
		}
		s.half(r, now)
	case halfOpen:
		if s.until() <= now { // those that were let through are lost, perhaps with their worker
			s.half(r, now)
		}
	}
	if n := s.get(wordStarted); n < r.halfOpen {
		s.put(wordStarted, n+1)
		return leave{ok: true, probe: true, state: halfOpen}
	}
	return leave{wait: s.until() - now, state: halfOpen}
}

func (s state) half(r *rule, now int64) {
	clear(s)
	s.put(wordState, halfOpen)
	s.setUntil(now + r.open)
}

// end takes in how a request went, and tells whether that opened or closed the breaker.
func (s state) end(r *rule, now int64, probe, failed, slow bool) (turned bool) {
	switch s.get(wordState) {
	case halfOpen:
		if !probe {
			return false // it began before
		}
		if failed || slow && r.slow > 0 {
			s.trip(r, now)
			return true
		}
		if n := s.get(wordGood) + 1; n < r.halfOpen {
			s.put(wordGood, n)
			return false
		}
		clear(s)
		return true
	case closed:
		if s.count(r, now, failed, slow); s.tooBad(r, now) {
			s.trip(r, now)
			return true
		}
	}
	return false
}

// back is for one that was let through and has found out nothing.
func (s state) back() {
	if n := s.get(wordStarted); s.get(wordState) == halfOpen && n > 0 {
		s.put(wordStarted, n-1)
	}
}

func (s state) trip(r *rule, now int64) {
	clear(s)
	s.put(wordState, open)
	s.setUntil(now + r.open)
}

// count adds a request to the part of the window that now lies in.
func (s state) count(r *rule, now int64, failed, slow bool) {
	when := uint32(now / r.part())
	at := wordParts + int(when%parts)*partWords
	if s.get(at) != when {
		s.put(at, when)
		s.put(at+1, 0)
		s.put(at+2, 0)
		s.put(at+3, 0)
	}
	s.put(at+1, s.get(at+1)+1)
	if slow {
		s.put(at+3, s.get(at+3)+1)
	}
	if !failed {
		s.put(wordStreak, 0)
		return
	}
	s.put(at+2, s.get(at+2)+1)
	s.put(wordStreak, s.get(wordStreak)+1)
}

func (r *rule) part() int64 { return max(r.window/parts, 1) }

func (s state) tooBad(r *rule, now int64) bool {
	if r.streak > 0 && s.get(wordStreak) >= r.streak {
		return true
	}
	when := uint32(now / r.part())
	var n, failed, slow uint32
	for at := wordParts; at < wordParts+parts*partWords; at += partWords {
		if when-s.get(at) < parts {
			n += s.get(at + 1)
			failed += s.get(at + 2)
			slow += s.get(at + 3)
		}
	}
	over := func(part uint32, limit float64) bool { return limit > 0 && float64(part)*100 >= limit*float64(n) }
	return n > 0 && n >= r.least && (over(failed, r.failures) || over(slow, r.slow))
}
