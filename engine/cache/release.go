package cache

// Release ends what the request has to do with the key (ngx_http_file_cache_free).
func (e *Entry) Release() {
	if e.cache == nil {
		return // it was never made ready, and has no file: 0 is another's
	}
	e.closeFile()
	if e.done {
		return
	}
	e.done = true
	if e.Error != 0 && e.found != Remembered {
		e.remember()
	} else if !e.Exists && e.found == Miss && e.MinUses <= 1 {
		e.forget()
	}
	e.cache.give(&e.right)
}

// remember keeps a status in the index, without a file.
func (e *Entry) remember() {
	x := e.cache.index
	x.seg.Lock()
	defer x.seg.Unlock()
	n := x.find(&e.key, &e.place)
	if n == nil {
		return
	}
	n.status = uint16(e.Error)
	if e.ValidSec != 0 {
		n.validSec, n.validMsec = e.ValidSec, uint16(e.ValidMsec)
	}
}

// forget drops a key that has nothing, so that what may not be kept takes no room.
func (e *Entry) forget() {
	x, waited := e.cache.index, false
	x.seg.Lock()
	n := x.find(&e.key, &e.place)
	if n != nil && n.flags&(nodeExists|nodeDeleting) == 0 && n.status == 0 && (!x.renewed(n) || e.renews(n)) {
		waited = x.give(n)
		x.t.Drop(e.place.ref)
		e.right.turn = 0
	}
	x.seg.Unlock()
	if waited {
		e.cache.ring(&e.key)
	}
}
