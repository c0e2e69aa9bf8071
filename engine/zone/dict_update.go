package zone

import "moongate/edge/sys/shm"

// Change is what Update does to a value. It runs with the dict's lock held: it computes,
// and neither waits nor calls the dict.
type Change interface {
	// Change sees the bytes as they are, all zero if the key was not there, and leaves
	// them as they shall be.
	Change(state []byte)
}

// Update has a string of size bytes changed in one step that no other worker can come
// between. A missing or expired key, or one with another value, begins with zero bytes.
// Zero bytes are not kept either. The key lives for ttl milliseconds from now, 0: for ever. Update never evicts: without room it is
// ErrNoMemory and nothing has been called.
func (d *Dict) Update(key string, size int, ttl, now int64, c Change) error {
	if err := checkKey(key); err != nil {
		return err
	}
	hash := d.seg.Hash(key)
	d.seg.Lock()
	err := d.update(hash, key, size, ttl, now, c)
	d.seg.Unlock()
	return err
}

func (d *Dict) update(hash uint32, key string, size int, ttl, now int64, c Change) error {
	d.expire(false, now)
	r, e, live := d.find(hash, key, now)
	if e != nil && (Type(e.Kind) != String || int(e.length) != size) {
		d.drop(r)
		e = nil
	}
	if e == nil {
		if r = d.room(dictOverhead+len(key)+size, now); r == 0 {
			return ErrNoMemory
		}
		e = d.node(r)
		e.KeyLen, e.length, e.Kind, e.flags = uint16(len(key)), uint32(size), uint8(String), 0
		clear(e.value())
		d.t.Put(r, hash, key)
	} else if !live {
		d.t.Bump(r)
		clear(e.value())
	}
	d.t.Begin(&e.Node)
	c.Change(e.value())
	e.setExpires(ttl, now)
	d.t.End(&e.Node)
	if zero(e.value()) {
		d.drop(r)
	}
	return nil
}

func zero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

// room is alloc that takes the places of those that have expired, and of no others.
func (d *Dict) room(size int, now int64) shm.Ref {
	for {
		if r := d.seg.Alloc(size); r != 0 {
			return r
		}
		if d.expire(false, now) == 0 {
			return 0
		}
	}
}

// Ticket tells this process from all others that use the dict, and Signed whether the
// one with a ticket is still there: for counts of what processes have in flight, which
// must not outlive them.
func (d *Dict) Ticket() uint32 { return d.seg.Ticket() }

// Signed: see Ticket.
func (d *Dict) Signed(ticket uint32) bool { return d.seg.Signed(ticket) }
