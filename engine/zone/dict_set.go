package zone

import (
	"unsafe"

	"moongate/edge/sys/shm"
)

// Op says how Store treats what is there; the bits are resty.core's.
type Op uint8

// The operations: OpSafe goes with OpSet and OpAdd and forbids eviction.
const (
	OpSet     Op = 0
	OpAdd     Op = 1
	OpReplace Op = 2
	OpSafe    Op = 4
)

// Set stores v for ttl milliseconds (0: for ever); Nil deletes. forcible: entries
// that had not expired were evicted to make room.
func (d *Dict) Set(key string, v Value, ttl, now int64) (forcible bool, err error) {
	return d.Store(OpSet, key, v, ttl, now)
}

// SafeSet is Set that fails with ErrNoMemory instead of evicting.
func (d *Dict) SafeSet(key string, v Value, ttl, now int64) error {
	_, err := d.Store(OpSet|OpSafe, key, v, ttl, now)
	return err
}

// Add is Set for keys that are not there (or have expired), else ErrExists.
func (d *Dict) Add(key string, v Value, ttl, now int64) (forcible bool, err error) {
	return d.Store(OpAdd, key, v, ttl, now)
}

// SafeAdd is Add that does not evict.
func (d *Dict) SafeAdd(key string, v Value, ttl, now int64) error {
	_, err := d.Store(OpAdd|OpSafe, key, v, ttl, now)
	return err
}

// Replace is Set for keys that are there, else ErrNotFound.
func (d *Dict) Replace(key string, v Value, ttl, now int64) (forcible bool, err error) {
	return d.Store(OpReplace, key, v, ttl, now)
}

// Delete removes a key if it is there.
func (d *Dict) Delete(key string, now int64) error {
	_, err := d.Store(OpSet, key, Value{}, 0, now)
	return err
}

// Store is all of these (ngx_http_lua_ffi_shdict_store).
func (d *Dict) Store(op Op, key string, v Value, ttl, now int64) (forcible bool, err error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	size := 0
	switch v.Type {
	case Nil:
		if op&(OpAdd|OpReplace) != 0 {
			return false, ErrNilValue
		}
	case Bool:
		size = 1
	case Number:
		size = 8
	case String:
		size = len(v.Str)
	default:
		return false, ErrBadType
	}
	if int64(size) > d.seg.Size() && v.Type == String {
		// Cannot ever fit; evicting 30 entries for it would only do harm, but
		// that is what is expected of set.
		size = int(d.seg.Size())
	}
	hash := d.seg.Hash(key)
	d.seg.Lock()
	forcible, err = d.store(op, hash, key, v, size, ttl, now)
	d.seg.Unlock()
	return forcible, err
}

func (d *Dict) store(op Op, hash uint32, key string, v Value, size int, ttl, now int64) (forcible bool, err error) {
	d.expire(false, now)
	r, e, live := d.find(hash, key, now)
	switch {
	case op&OpReplace != 0 && !live:
		return false, ErrNotFound
	case op&OpAdd != 0 && live:
		return false, ErrExists
	case e == nil:
	case v.Type != Nil && size == int(e.length) && Type(e.Kind) != List:
		d.t.Bump(r)
		d.t.Begin(&e.Node)
		e.set(v, ttl, now)
		d.t.End(&e.Node)
		return false, nil
	default:
		d.drop(r)
	}
	if v.Type == Nil {
		return false, nil
	}
	r, forcible = d.alloc(dictOverhead+len(key)+size, op&OpSafe == 0, now)
	if r == 0 {
		return forcible, ErrNoMemory
	}
	e = d.node(r)
	e.KeyLen, e.length = uint16(len(key)), uint32(size)
	e.set(v, ttl, now)
	d.t.Put(r, hash, key)
	return forcible, nil
}

// set writes everything but key and length.
func (e *dictNode) set(v Value, ttl, now int64) {
	e.Kind, e.flags = uint8(v.Type), v.Flags
	e.setExpires(ttl, now)
	switch v.Type {
	case Number:
		*e.number() = v.Num
	case Bool:
		e.value()[0] = 0
		if v.Bool {
			e.value()[0] = 1
		}
	case String:
		copy(e.value(), v.Str)
	}
}

// Init is incr's third and fourth argument: what a missing number starts with.
type Init struct {
	Given bool
	Value float64
	TTL   int64
}

// Incr adds delta to a number. A missing (or expired) key is ErrNotFound, or set to
// the initial value plus delta.
func (d *Dict) Incr(key string, delta float64, init Init, now int64) (sum float64, forcible bool, err error) {
	if err := checkKey(key); err != nil {
		return 0, false, err
	}
	hash := d.seg.Hash(key)
	d.seg.Lock()
	d.expire(false, now)
	r, e, live := d.find(hash, key, now)
	if live {
		if Type(e.Kind) != Number {
			d.seg.Unlock()
			return 0, false, ErrNotNumber
		}
		sum = *e.number() + delta
		*e.number() = sum
		d.seg.Unlock()
		return sum, false, nil
	}
	if !init.Given {
		d.seg.Unlock()
		return 0, false, ErrNotFound
	}
	v := Value{Type: Number, Num: init.Value + delta}
	forcible, err = d.initNumber(r, e, hash, key, v, init.TTL, now)
	d.seg.Unlock()
	return v.Num, forcible, err
}

func (d *Dict) initNumber(r shm.Ref, e *dictNode, hash uint32, key string, v Value, ttl, now int64) (forcible bool, err error) {
	if e != nil && e.length == 8 && Type(e.Kind) != List {
		d.t.Bump(r)
		d.t.Begin(&e.Node)
		e.set(v, ttl, now)
		d.t.End(&e.Node)
		return false, nil
	}
	if e != nil {
		d.drop(r)
	}
	r, forcible = d.alloc(dictOverhead+len(key)+8, true, now)
	if r == 0 {
		return forcible, ErrNoMemory
	}
	e = (*dictNode)(unsafe.Pointer(d.t.Node(r)))
	e.KeyLen, e.length = uint16(len(key)), 8
	e.set(v, ttl, now)
	d.t.Put(r, hash, key)
	return forcible, nil
}
