package zone

import (
	"unsafe"

	"moongate/edge/sys/shm"
)

// elem is one value of a list; see dictNode.
type elem struct {
	next, prev shm.Ref
	length     uint32
	kind       uint8
}

// ends are the first and last element of a list.
type ends struct{ first, last shm.Ref }

func (e *dictNode) ends() *ends {
	return (*ends)(unsafe.Add(unsafe.Pointer(e), (dictKeyAt+int(e.KeyLen)+7)&^7))
}

func (d *Dict) elem(r shm.Ref) *elem { return (*elem)(d.seg.At(r)) }

func (l *elem) data() []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(l), elemData)), int(l.length))
}

// LPush and RPush put a string or number before or behind a list, making one if
// the key is not there, and give its new length. They never evict.
func (d *Dict) LPush(key string, v Value, now int64) (int, error) { return d.push(key, v, true, now) }

// RPush: see LPush.
func (d *Dict) RPush(key string, v Value, now int64) (int, error) { return d.push(key, v, false, now) }

func (d *Dict) push(key string, v Value, left bool, now int64) (n int, err error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	size := 8
	switch v.Type {
	case Number:
	case String:
		size = len(v.Str)
	default:
		return 0, ErrBadType
	}
	if int64(size) > d.seg.Size() {
		return 0, ErrNoMemory
	}
	hash := d.seg.Hash(key)
	d.seg.Lock()
	defer d.seg.Unlock()
	d.expire(false, now)
	r, e, live := d.find(hash, key, now)
	switch {
	case live && Type(e.Kind) != List:
		return 0, ErrNotList
	case live:
	case e != nil && Type(e.Kind) == List:
		// An expired list is emptied and used again.
		d.freeElems(e)
		e.expires, e.flags = 0, 0
		d.t.Bump(r)
	default:
		if e != nil {
			d.drop(r)
		}
		if r = d.seg.Alloc(listSize(len(key))); r == 0 {
			return 0, ErrNoMemory
		}
		e = d.node(r)
		e.Kind, e.KeyLen = uint8(List), uint16(len(key))
		e.length, e.expires, e.flags = 0, 0, 0
		*e.ends() = ends{}
		d.t.Put(r, hash, key)
	}
	q := d.seg.Alloc(elemOverhead + size)
	if q == 0 {
		if e.length == 0 {
			d.drop(r)
		}
		return 0, ErrNoMemory
	}
	l := d.elem(q)
	l.length, l.kind = uint32(size), uint8(v.Type)
	if v.Type == Number {
		*(*float64)(unsafe.Pointer(unsafe.SliceData(l.data()))) = v.Num
	} else {
		copy(l.data(), v.Str)
	}
	d.linkElem(e, q, l, left)
	return int(e.length), nil
}

// linkElem ends with the one store that makes the element reachable from the
// front: a death before it loses the new element, a death after it is mended.
func (d *Dict) linkElem(e *dictNode, q shm.Ref, l *elem, left bool) {
	h := e.ends()
	if left {
		l.next, l.prev = h.first, 0
		h.first = q
		shm.Fail("list.push")
		if l.next != 0 {
			d.elem(l.next).prev = q
		} else {
			h.last = q
		}
	} else {
		l.next, l.prev = 0, h.last
		if h.last != 0 {
			d.elem(h.last).next = q
		} else {
			h.first = q
		}
		shm.Fail("list.push")
		h.last = q
	}
	e.length++
}

// LPop and RPop take the first or last value of a list, Nil if there is none. A
// list that becomes empty is removed.
func (d *Dict) LPop(key string, now int64, buf []byte) (Value, error) {
	return d.pop(key, true, now, buf)
}

// RPop: see LPop.
func (d *Dict) RPop(key string, now int64, buf []byte) (Value, error) {
	return d.pop(key, false, now, buf)
}

func (d *Dict) pop(key string, left bool, now int64, buf []byte) (v Value, err error) {
	if err := checkKey(key); err != nil {
		return v, err
	}
	hash := d.seg.Hash(key)
	for {
		d.seg.Lock()
		d.expire(false, now)
		r, e, live := d.find(hash, key, now)
		if !live || Type(e.Kind) != List || e.length == 0 {
			d.seg.Unlock()
			switch {
			case !live:
				return v, nil
			case Type(e.Kind) != List:
				return v, ErrNotList
			}
			return v, ErrBadList
		}
		h := e.ends()
		q := h.last
		if left {
			q = h.first
		}
		l := d.elem(q)
		v.Type = Type(l.kind)
		if v.Type == Number {
			v.Num = *(*float64)(unsafe.Pointer(unsafe.SliceData(l.data())))
		} else if n := int(l.length); n > cap(buf) {
			d.seg.Unlock()
			buf = make([]byte, 0, n+n/4)
			continue
		} else {
			v.Str = append(buf[:0], l.data()...)
		}
		if e.length == 1 {
			d.drop(r)
		} else {
			d.unlinkElem(e, h, q, l, left)
		}
		d.seg.Unlock()
		return v, nil
	}
}

func (d *Dict) unlinkElem(e *dictNode, h *ends, q shm.Ref, l *elem, left bool) {
	if left {
		h.first = l.next
		d.elem(l.next).prev = 0
	} else {
		h.last = l.prev
		d.elem(l.prev).next = 0
	}
	shm.Fail("list.pop")
	e.length--
	d.seg.Free(q)
}

// LLen is the length of a list, 0 if the key is not there.
func (d *Dict) LLen(key string, now int64) (int, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	hash := d.seg.Hash(key)
	d.seg.Lock()
	defer d.seg.Unlock()
	d.expire(false, now)
	_, e, live := d.find(hash, key, now)
	switch {
	case !live:
		return 0, nil
	case Type(e.Kind) != List:
		return 0, ErrNotList
	}
	return int(e.length), nil
}

// freeElems empties a list.
func (d *Dict) freeElems(e *dictNode) {
	h := e.ends()
	q := h.first
	*h = ends{}
	e.length = 0
	for q != 0 {
		next := d.elem(q).next
		d.seg.Free(q)
		q = next
	}
}

// listExtents checks a list and gives its elements; with mend, what can be reached
// from the front is made the list (see shm.TableConf).
func (d *Dict) listExtents(n *shm.Node, mend bool, add func(shm.Extent)) bool {
	if Type(n.Kind) != List {
		return true
	}
	e := (*dictNode)(unsafe.Pointer(n))
	h := e.ends()
	prev, count := shm.Ref(0), uint32(0)
	limit := uint32(d.seg.Size() / 32)
	for q := h.first; q != 0; q = d.elem(q).next {
		ok := d.seg.Inside(q, elemOverhead) && count < limit
		if ok {
			l := d.elem(q)
			ok = d.seg.Plausible(q, elemOverhead+int(l.length)) && (mend || l.prev == prev)
		}
		if !ok {
			if !mend {
				return false
			}
			if prev == 0 {
				h.first = 0
			} else {
				d.elem(prev).next = 0
			}
			break
		}
		l := d.elem(q)
		if mend {
			l.prev = prev
		}
		add(shm.Extent{Ref: q, Size: elemOverhead + int(l.length)})
		prev = q
		count++
	}
	if mend {
		h.last, e.length = prev, count
	}
	return h.last == prev && e.length == count && count > 0
}
