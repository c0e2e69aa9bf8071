package cache

import (
	"time"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
	"moongate/edge/sys/shm"
)

// round is one turn of the manager, or a request's search for room: it does so much and
// no more.
type round struct {
	pace  Pace
	began time.Time
	files int
	stop  <-chan struct{}
}

func newRound(p Pace, stop <-chan struct{}) *round {
	return &round{pace: p, began: time.Now(), stop: stop}
}

// enough tells that it is time for a pause.
func (r *round) enough() bool {
	r.files++
	return r.files >= r.pace.Files || time.Since(r.began) >= r.pace.Threshold
}

func (r *round) stopped() bool {
	select {
	case <-r.stop:
		return true
	default:
		return false
	}
}

// longest is how long the manager sleeps with nothing to do.
const longest = 10 * time.Second

// expire throws out what nobody has asked for in the time of inactive, and says when it
// is to be called again; 0: when the manager has slept for a while
// (ngx_http_file_cache_expire).
func (c *Cache) expire(r *round) (next time.Duration) {
	x := c.index
	for !r.stopped() {
		now := c.now()
		x.seg.Lock()
		ref := x.t.Oldest()
		if ref == 0 {
			x.seg.Unlock()
			return longest
		}
		n := x.node(ref)
		if wait := time.Duration(n.expire-now) * time.Second; wait > 0 {
			x.seg.Unlock()
			return min(wait, longest)
		}
		if x.renewed(n) {
			c.spare(ref, n)
			x.seg.Unlock()
		} else {
			c.throwOut(ref) // and unlocks
		}
		if r.enough() {
			return 0
		}
	}
	return time.Second
}

// spareTries is how many nodes that are being renewed are passed over.
const spareTries = 20

// forceExpire throws out what was not used for longest, whatever it is, and says when
// there may be more; 0: at once (ngx_http_file_cache_forced_expire).
func (c *Cache) forceExpire() (next time.Duration) {
	x := c.index
	first := shm.Ref(0)
	x.seg.Lock()
	for range spareTries {
		ref := x.t.Oldest()
		if ref == 0 || ref == first {
			x.seg.Unlock()
			return longest
		}
		n := x.node(ref)
		if !x.renewed(n) {
			c.throwOut(ref) // and unlocks
			return 0
		}
		c.spare(ref, n)
		if first == 0 {
			first = ref
		}
	}
	x.seg.Unlock()
	return time.Second
}

// spare makes a node that somebody is about to renew the newest. It needs the lock.
func (c *Cache) spare(ref shm.Ref, n *node) {
	n.expire = c.now() + c.inactive
	c.index.t.Bump(ref)
}

// throwOut drops a node and removes its file. It is called with the lock held, and gives
// it back. The file goes between two times that the lock is held, and somebody may put
// another one into its place meanwhile.
func (c *Cache) throwOut(ref shm.Ref) {
	x := c.index
	n := x.node(ref)
	if n.flags&(nodeExists|nodeDeleting) == 0 {
		x.t.Drop(ref)
		x.seg.Unlock()
		return
	}
	orphan := n.flags&nodeDeleting != 0
	var key [keySize]byte
	copy(key[:], x.t.Key(&n.Node))
	at := place{ref, n.Hash()}
	x.noFile(n)
	n.flags |= nodeDeleting // if we die now, whoever finds it so removes the file
	n.expire = c.now() + 1
	x.t.Bump(ref)
	x.seg.Unlock()

	name := string(c.appendName(nil, &key))
	beside()
	if err := errno.Error(file.Unlink(name)); err != 0 && !(orphan && err == errno.ENOENT) {
		c.log.Crit(err, "unlink() \"%s\" failed", name)
	}

	x.seg.Lock()
	n = x.find(&key, &at)
	switch {
	case n == nil:
		x.seg.Unlock()
	case n.flags&nodeExists != 0:
		x.seg.Unlock()
		c.lookAgain(&key, &at, name)
	case x.renewed(n), n.status != 0:
		n.flags &^= nodeDeleting
		n.expire = c.now() + c.inactive
		x.seg.Unlock()
	default:
		x.t.Drop(at.ref)
		x.seg.Unlock()
	}
}

// lookAgain is for a key that has got a new file while an old one was thrown out: it may
// have been the new one that was removed.
func (c *Cache) lookAgain(key *[keySize]byte, at *place, name string) {
	var info file.Info
	if errno.Error(file.Stat(name, &info)) != errno.ENOENT {
		return
	}
	x := c.index
	x.seg.Lock()
	defer x.seg.Unlock()
	if n := x.find(key, at); n != nil {
		x.noFile(n)
	}
}
