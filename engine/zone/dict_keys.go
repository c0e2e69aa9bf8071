package zone

import (
	"unsafe"

	"moongate/edge/sys/shm"
)

// FlushAll makes everything expire; the memory is freed bit by bit, by other
// calls or by FlushExpired.
func (d *Dict) FlushAll(now int64) {
	d.seg.Lock()
	defer d.seg.Unlock()
	for r := d.t.Newest(); r != 0; r = d.t.Older(d.t.Node(r)) {
		d.node(r).expires = 1
	}
	d.expire(true, now)
}

// FlushExpired frees up to max expired entries, oldest first, 0 for all, and says
// how many.
func (d *Dict) FlushExpired(max int, now int64) (freed int) {
	d.seg.Lock()
	defer d.seg.Unlock()
	for r := d.t.Oldest(); r != 0; {
		next := d.t.Newer(d.t.Node(r))
		if d.node(r).expired(now) {
			d.drop(r)
			if freed++; freed == max {
				break
			}
		}
		r = next
	}
	return freed
}

// Keys gives up to max keys, 0 for all, oldest first. (Lua's default is 1024.)
// It walks the whole dict with the lock held, as OpenResty does, but allocates
// outside of it.
func (d *Dict) Keys(max int, now int64) []string {
	n, size := 0, 0
	for {
		keys := make([]string, 0, n)
		text := make([]byte, 0, size)
		n, size = 0, 0
		fits := true
		d.seg.Lock()
		d.eachLive(max, now, func(r shm.Ref) {
			key := d.t.Key(d.t.Node(r))
			n, size = n+1, size+len(key)
			if fits = fits && n <= cap(keys) && size <= cap(text); fits {
				text = append(text, key...)
				keys = append(keys, unsafe.String(&text[size-len(key)], len(key)))
			}
		})
		d.seg.Unlock()
		if fits {
			return keys
		}
		n, size = n+n/8, size+size/8 // others may add some meanwhile
	}
}

func (d *Dict) eachLive(max int, now int64, f func(r shm.Ref)) {
	found := 0
	for r := d.t.Oldest(); r != 0; r = d.t.Newer(d.t.Node(r)) {
		if d.node(r).expired(now) {
			continue
		}
		f(r)
		if found++; found == max {
			return
		}
	}
}
