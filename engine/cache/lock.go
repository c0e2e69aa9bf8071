package cache

import (
	"encoding/binary"
	"time"
)

// Renews tells whether this request is the one that renews, or fetches under the lock.
func (e *Entry) Renews() bool { return e.right.turn != 0 }

// Pass gives the right to renew to another entry, which is to be opened yet, for an
// update in the background.
func (e *Entry) Pass(to *Entry) {
	e.cache.give(&to.right)
	to.right, e.right = e.right, right{}
}

// renews tells whether this entry is the one that renews a node. It needs the lock.
func (e *Entry) renews(n *node) bool { return e.right.turn != 0 && e.right.turn == n.turn }

// hold makes it that one. It needs the lock.
func (e *Entry) hold(n *node) {
	e.right = right{e.key, e.place, e.cache.index.take(n)}
}

// keepRight gives back a right to another key than the entry's.
func (e *Entry) keepRight() {
	if e.right.turn != 0 && e.right.key != e.key {
		e.cache.give(&e.right)
	}
}

// give ends a right, if it still is one, and lets those go on who wait for that.
func (c *Cache) give(r *right) {
	if r.turn == 0 {
		return
	}
	x, waited := c.index, false
	x.seg.Lock()
	if n := x.find(&r.key, &r.place); n != nil && n.turn == r.turn {
		waited = x.give(n)
	}
	x.seg.Unlock()
	r.turn = 0
	if waited {
		c.ring(&r.key)
	}
}

// lock lets one request go on, and others wait (ngx_http_file_cache_lock).
func (e *Entry) lock() Result {
	if !e.Lock {
		return Miss
	}
	c, x := e.cache, e.cache.index
	now := c.milli()
	e.keepRight()
	x.seg.Lock()
	defer x.seg.Unlock()
	n := x.find(&e.key, &e.place)
	switch {
	case n == nil: // it has just been thrown out
		return Miss
	case !x.renewed(n), e.renews(n), n.lockTime <= now:
		if !e.renews(n) {
			e.hold(n)
		}
		n.lockTime = now + e.LockAge.Milliseconds()
		return Miss
	case e.LockTimeout <= 0:
		return Scarce
	}
	if e.until.IsZero() {
		e.until = time.Now().Add(e.LockTimeout)
	}
	return Locked
}

// lookAgain is how long a waiter trusts its ear: nobody rings for a process that died.
const lookAgain = 500 * time.Millisecond

// Await waits until the request that holds the lock has ended, or LockTimeout is over:
// Open is to be called again, and then says Scarce if it is still Locked. gone, if not
// nil, is asked after each Wake of the Bell whether the client has gone away; then Await
// is false.
func (e *Entry) Await(gone func() bool) bool {
	if e.ear.Wake == nil {
		e.ear.Wake = e.Bell.Wake
	}
	bells := e.cache.bells
	bells.Listen(&e.ear, bellName(&e.key))
	defer bells.Leave(&e.ear)
	for {
		left := time.Until(e.until)
		if left <= 0 {
			e.Log.Info(nil, "cache lock timeout")
			e.LockTimeout = 0
			return true
		}
		most := e.lockedFor()
		if most <= 0 {
			return true
		}
		e.Bell.WaitTimeout(min(left, most, lookAgain))
		if gone != nil && gone() {
			return false
		}
	}
}

// lockedFor is how long the lock may last yet; it notes that somebody waits.
func (e *Entry) lockedFor() time.Duration {
	x := e.cache.index
	now := e.cache.milli()
	x.seg.Lock()
	defer x.seg.Unlock()
	n := x.find(&e.key, &e.place)
	if n == nil || !x.renewed(n) {
		return 0
	}
	n.flags |= nodeWaited
	return time.Duration(n.lockTime-now) * time.Millisecond
}

// ring wakes those who wait for a key, in all processes.
func (c *Cache) ring(key *[keySize]byte) { c.bells.Ring(bellName(key)) }

func bellName(key *[keySize]byte) uint64 { return binary.LittleEndian.Uint64(key[:]) }
