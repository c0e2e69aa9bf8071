package proxycache

import (
	"errors"

	"moongate/core/errlog"
	"moongate/engine/cache"
	"moongate/engine/httpd"
)

// filed is what a request has to do with files of a zone. The plugin's own lock says who
// asks the service, for all stores alike; of the zone it takes where files are, how they
// come and go, and their bounds.
type filed struct {
	found cache.Entry
	body  *httpd.File // what is being sent
	new   newFile
}

// frontRoom is what is read of a file at once, and the most that may stand before a body.
const frontRoom = 16 << 10

var (
	errNoKey    = errors.New("there is no room for its key in the zone")
	errLongHead = errors.New("its header is too long for a file")
	errBadHead  = errors.New("its header has line breaks")
	errCommit   = errors.New("its file could not be moved to its place")
)

func (v *visitor) log() *errlog.Log {
	if v.r == nil {
		return v.i.env.Log
	}
	return v.r.ErrorLog()
}

// find reads the entry of a key into v.found. Who only looks, without a request, leaves no
// trace in a zone.
func (v *visitor) find(k string, now int64) bool {
	s := &v.i.store
	switch {
	case s.Zone == nil:
		return s.find(k, v.room(), &v.found, now)
	case v.r == nil:
		var f cache.Front
		return s.Zone.Peek(k, 0, &f) && v.found.parseFront(&f, now)
	}
	if v.filed == nil {
		v.filed = new(filed)
	}
	v.filed.leave()
	e := &v.filed.found
	e.Reset(s.Zone)
	e.Log, e.Buf, e.Key = v.log(), (*v.room())[:frontRoom], append(e.Key, k...)
	if e.Open() != cache.Hit || !v.found.parseHead(e.Head(), now) {
		v.filed.leave()
		return false
	}
	v.found.length = e.Length - int64(e.BodyStart)
	return true
}

// parseFront reads a file that was met.
func (e *entry) parseFront(f *cache.Front, now int64) bool {
	if !e.parseHead(f.Head, now) {
		return false
	}
	e.length, e.body = f.Length-int64(f.BodyStart), f.Body
	return true
}

// bodyFile makes v.bufs the body that find has found: what has been read with the header,
// and the rest from the file.
func (v *visitor) bodyFile() {
	e := &v.filed.found
	if begun := e.Begun(); len(begun) > 0 {
		v.bufs = append(v.bufs, httpd.Buf{B: begun, Keep: true})
	}
	if off := int64(e.BodyStart + len(e.Begun())); off < e.Length {
		v.filed.body = httpd.OpenedFile(e.TakeFD(), e.Name(), e.Length)
		v.bufs = append(v.bufs, httpd.Buf{File: v.filed.body, Off: off, End: e.Length})
	}
	if len(v.bufs) == 0 {
		v.bufs = append(v.bufs, httpd.Buf{})
	}
}

// leave ends what find has begun.
func (f *filed) leave() {
	if f == nil {
		return
	}
	f.found.Release()
	if f.body != nil {
		f.body.Close()
		f.body = nil
	}
	f.found.Log, f.found.Buf = nil, nil
}

// fileBegun makes the file of the answer, if it is not there yet. The key is known only now:
// other answers may be told apart by headers.
func (v *visitor) fileBegun(now int64) bool {
	n := &v.filed.new
	if n.file != nil {
		return true
	}
	k := v.key
	if len(v.vary) > 0 {
		var ok bool
		if k, ok = v.varying(now); !ok {
			return false
		}
	}
	if err := n.begin(v.i.store.Zone, v.log(), k, &v.answer, now+v.keptFor()); err != nil {
		v.i.noRoom(err)
		return false
	}
	return true
}

// writePart appends a part of the body to the file.
func (v *visitor) writePart(now int64) bool {
	if !v.fileBegun(now) {
		return false
	}
	if err := v.filed.new.file.Append(*v.part); err != nil {
		v.i.noRoom(err)
		return false
	}
	*v.part = (*v.part)[:0]
	return true
}

// commitFile gives the file its place, and tells its key.
func (v *visitor) commitFile(now int64) (k string, ok bool) {
	if !v.writePart(now) {
		return "", false
	}
	n := &v.filed.new
	k = string(n.entry.Key)
	if !n.commit() {
		v.i.noRoom(errCommit)
		return "", false
	}
	return k, true
}

// newFile is a file that is being written.
type newFile struct {
	entry cache.Entry
	file  *httpd.File // nil until it has begun
}

// begin makes the file beside the place that it is for, with all that stands before the
// body.
func (n *newFile) begin(c *cache.Cache, log *errlog.Log, k string, a *entry, until int64) error {
	e := &n.entry
	e.Reset(c)
	e.Log, e.Key = log, append(e.Key, k...)
	if !e.Create() {
		return errNoKey
	}
	head, all := takeRoom(), takeRoom()
	defer freeRoom(head)
	defer freeRoom(all)
	ok := false
	if *head, ok = a.appendHead(*head, until); !ok {
		n.giveUp()
		return errBadHead
	}
	e.ValidSec, e.Date, e.LastModified = (until+999)/1000, a.stored/1000, -1
	if e.BodyStart = e.HeaderStart + len(*head); e.BodyStart > frontRoom {
		n.giveUp()
		return errLongHead
	}
	front, err := e.AppendHeader(*all)
	if err != nil {
		n.giveUp()
		return err
	}
	*all = append(front, *head...)
	fd, name, err := e.CreateTemp()
	if err != nil {
		n.giveUp()
		return err
	}
	n.file = httpd.OpenedFile(fd, name, 0)
	if err := n.file.Append(*all); err != nil {
		n.giveUp()
		return err
	}
	return nil
}

func (n *newFile) commit() bool {
	ok := n.entry.Commit(n.file.FD(), n.file.Name)
	n.close()
	return ok
}

// giveUp removes what is not complete.
func (n *newFile) giveUp() {
	if n.file != nil {
		n.entry.Discard(n.file.Name)
	}
	n.entry.Release()
	n.close()
}

func (n *newFile) close() {
	if n.file != nil {
		n.file.Close()
		n.file = nil
	}
	n.entry.Log = nil
}

// putFile is Store.put for an entry without a body.
func putFile(c *cache.Cache, log *errlog.Log, k string, a *entry, until int64) error {
	var n newFile
	if err := n.begin(c, log, k, a, until); err != nil {
		return err
	}
	if !n.commit() {
		return errCommit
	}
	return nil
}

// filePrefix begins the KEY of each file: then come the configuration's id, the
// X-Cache-Key, and with answers that vary what they do by, with colons between.
const filePrefix = "proxy-cache:"

func fileKey(b []byte, id, cacheKey string) []byte {
	return append(append(append(append(b, filePrefix...), id...), ':'), cacheKey...)
}

// ofFile tells whose answer a key is, as keys in memory say it.
func ofFile(k string) (memory string, ok bool) {
	rest := k[len(filePrefix):]
	if len(rest) < 2*len(digest{})+1 {
		return "", false
	}
	id, hex := rest[:len(rest)-2*len(digest{})-1], rest[len(rest)-2*len(digest{}):]
	if rest[len(id)] != ':' {
		return "", false
	}
	return headKey(id, hex)
}
