package zone

// Get gives a copy of a key's value; a string goes into buf if it fits. A key that
// is not there, or has expired, is Nil. The only error besides bad keys is
// ErrIsList.
func (d *Dict) Get(key string, now int64, buf []byte) (Value, error) {
	return d.get(key, now, buf, false)
}

// GetStale is Get that gives expired values too, marked Stale.
func (d *Dict) GetStale(key string, now int64, buf []byte) (Value, error) {
	return d.get(key, now, buf, true)
}

func (d *Dict) get(key string, now int64, buf []byte, stale bool) (v Value, err error) {
	if err := checkKey(key); err != nil {
		return v, err
	}
	hash := d.seg.Hash(key)
	for {
		d.seg.Lock()
		if !stale {
			d.expire(false, now)
		}
		_, e, live := d.find(hash, key, now)
		if e == nil || !live && !stale {
			d.seg.Unlock()
			return v, nil
		}
		v.Type, v.Flags, v.Stale = Type(e.Kind), e.flags, !live
		switch v.Type {
		case String:
			if n := int(e.length); n > cap(buf) {
				// Room is made outside of the lock: the garbage collector may
				// step in. The value may be another one then.
				d.seg.Unlock()
				buf = make([]byte, 0, n+n/4)
				continue
			}
			v.Str = append(buf[:0], e.value()...)
		case Number:
			v.Num = *e.number()
		case Bool:
			v.Bool = e.value()[0] != 0
		case List:
			d.seg.Unlock()
			return Value{}, ErrIsList
		}
		d.seg.Unlock()
		return v, nil
	}
}

// TTL gives the milliseconds that a key has yet to live: 0 if it never expires,
// negative if it has expired but is still there.
func (d *Dict) TTL(key string, now int64) (int64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	hash := d.seg.Hash(key)
	d.seg.Lock()
	defer d.seg.Unlock()
	r := d.t.Find(hash, key)
	if r == 0 {
		return 0, ErrNotFound
	}
	if e := d.node(r); e.expires != 0 {
		return int64(e.expires) - now, nil
	}
	return 0, nil
}

// Expire sets the milliseconds that a key shall live from now, 0 for ever. A key
// that has expired but is still there comes back to life, as in OpenResty.
func (d *Dict) Expire(key string, ttl, now int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	hash := d.seg.Hash(key)
	d.seg.Lock()
	defer d.seg.Unlock()
	r := d.t.Find(hash, key)
	if r == 0 {
		return ErrNotFound
	}
	d.node(r).setExpires(ttl, now)
	return nil
}

// Capacity is the declared size in bytes.
func (d *Dict) Capacity() int64 { return d.seg.Size() }

// FreeSpace is the number of bytes in wholly free pages: 0 does not mean full.
func (d *Dict) FreeSpace() int64 {
	d.seg.Lock()
	defer d.seg.Unlock()
	return int64(d.seg.FreePages()) * 4096
}

// Len is the number of entries, expired ones included.
func (d *Dict) Len() int {
	d.seg.Lock()
	defer d.seg.Unlock()
	return d.t.Len()
}

// Blank tells that there are no entries, at the price of one read.
func (d *Dict) Blank() bool { return d.t.Blank() }

// Verify checks the whole structure; slow, for tests.
func (d *Dict) Verify() error {
	d.seg.Lock()
	defer d.seg.Unlock()
	return d.t.Verify()
}
