package proxycache

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// visitor is a request that the cache has something to do with. It comes from a pool and
// ends with the request.
type visitor struct {
	i       *instance
	r       *httpd.Request
	key     string // in keyRoom
	keyRoom [mostKey]byte
	lockKey [1 + 36 + 32]byte
	locked  bool // others wait for this one
	ear     zone.Listener
	hears   bool // ear is in use
	bell    event.Waiter
	watch   event.CloseHook
	wants   bool // the service's answer, if it may be kept
	filling bool // it is being kept

	found entry
	base  [idSize]byte   // of the answers that vary, if there are such
	names []http1.Header // the headers by which they do
	rooms []*[]byte      // what found lies in
	bufs  []httpd.Buf
	filed *filed // made when a zone is asked first, and kept

	filler
	end func() // leave, bound once
}

var (
	visitors sync.Pool
	slot     = httpd.NewSlot[visitor]()
)

func visit(r *httpd.Request, i *instance) *visitor {
	v, _ := visitors.Get().(*visitor)
	if v == nil {
		v = new(visitor)
		v.end, v.ear.Wake, v.watch.Func = v.leave, v.bell.Wake, v.bell.Wake
	}
	v.i, v.r = i, r
	slot.Put(r, v)
	r.AtEnd(v.end)
	return v
}

func (v *visitor) leave() {
	v.giveUp(afterFailure)
	v.filed.leave()
	v.freeRooms()
	if v.part != nil {
		freeRoom(v.part)
	}
	clear(v.bufs)
	clear(v.names)
	clear(v.found.headers)
	clear(v.answer.headers)
	v.names, v.bufs = v.names[:0], v.bufs[:0]
	v.found = entry{headers: v.found.headers[:0]}
	v.filler = filler{answer: entry{headers: v.answer.headers[:0]}}
	v.i, v.r, v.key = nil, nil, ""
	v.wants = false
	visitors.Put(v)
}

func (v *visitor) room() *[]byte {
	b := takeRoom()
	v.rooms = append(v.rooms, b)
	return b
}

func (v *visitor) freeRooms() {
	for k, b := range v.rooms {
		freeRoom(b)
		v.rooms[k] = nil
	}
	v.rooms = v.rooms[:0]
}

// A lock says that somebody has asked the service. It ends by itself, so that one who dies
// holds up nobody for ever. In its place stands a mark for a while when the answer can't be
// kept: it makes no sense to wait for it.
var (
	lockMark = []byte("l")
	passMark = []byte("p")
)

const (
	afterFailure = 1000 // milliseconds that a mark is there
	afterRefusal = 10000
)

// lock is true when this request shall ask the service, be it for others too.
func (v *visitor) lock(d digest, now int64) bool {
	s := &v.i.store
	k := key(v.lockKey[:0], 'l', v.i.id, d[:])
	_, err := s.Cache.Add(http1.View(k), zone.Value{Type: zone.String, Str: lockMark}, v.i.Collapse, now)
	if !errors.Is(err, zone.ErrExists) {
		v.locked = err == nil
		return true
	}
	var room [8]byte
	got, err := s.Cache.Get(http1.View(k), now, room[:0])
	return err != nil || string(got.Str) == string(passMark)
}

// listen has this request woken when the lock goes.
func (v *visitor) listen() {
	v.bell.Reset()
	v.i.store.Bells.Listen(&v.ear, v.bellName())
	v.hears = true
}

func (v *visitor) deaf() {
	if v.hears {
		v.i.store.Bells.Leave(&v.ear)
		v.hears = false
	}
}

func (v *visitor) bellName() uint64 { return binary.LittleEndian.Uint64(v.lockKey[1+36:]) }

// mostDeaf is how long a lock may be gone unheard: memory that is short throws it out.
const mostDeaf = time.Second

// await waits until the lock goes or ends by itself, at most for so long. It is false when
// the client has gone away.
func (v *visitor) await(most time.Duration) bool {
	left, err := v.i.store.Cache.TTL(http1.View(v.lockKey[:]), clock())
	if err != nil || left <= 0 {
		return true
	}
	v.r.WatchClient(&v.watch)
	v.bell.WaitTimeout(min(most, mostDeaf, time.Duration(left)*time.Millisecond))
	v.r.WatchClient(nil)
	if v.r.ClientGone() {
		v.r.Logf(errlog.Info, "client prematurely closed connection")
		return false
	}
	return true
}

// unlock lets others go on; with mark for so many milliseconds without waiting.
func (v *visitor) unlock(mark int64) {
	if !v.locked {
		return
	}
	v.locked = false
	s, now, k := &v.i.store, clock(), http1.View(v.lockKey[:])
	if mark == 0 {
		s.Cache.Delete(k, now)
	} else {
		s.remember(k, passMark, mark, now)
	}
	v.i.store.Bells.Ring(v.bellName())
}
