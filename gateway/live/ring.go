package live

import (
	"sync/atomic"
	"time"
	"unsafe"

	"moongate/edge/sys/event"
	"moongate/edge/sys/shm"
	"moongate/engine/zone"
)

// A ring is one piece of a zone's memory: requests that have just ended, for whoever asks
// what happens. All workers write it, under the segment's lock, as long as somebody has
// asked within the last minute.
//
//	head     until when it is wanted, how many were written, what may be shown
//	slots    requests, one behind the other, the oldest overwritten
//
// A process that dies with the lock leaves at worst a slot that is empty.
const (
	ringSlots = 1024
	slotSize  = 2048
	maxNames  = 8 << 10
)

type ringHead struct {
	wanted  atomic.Int64  // nanoseconds since 1970: until then
	version atomic.Uint32 // of names; 0: nobody has said what may be shown
	length  uint32        // of names
	written uint64
	names   [maxNames]byte
}

type ringSlot struct {
	number uint64 // of the request in it, from 1
	length uint32 // 0: there is none
	data   [slotSize - 12]byte
}

// KindRing is the kind of the zone.
const KindRing zone.Kind = "gateway requests"

const ringSize = unsafe.Sizeof(ringHead{}) + ringSlots*unsafe.Sizeof(ringSlot{})

// RingSize is the size to declare the zone with.
const RingSize = int64(ringSize) + 1<<20

// Ring is requests that have just ended.
type Ring struct {
	seg   *shm.Segment
	head  *ringHead
	slots *[ringSlots]ringSlot

	names  atomic.Pointer[Names]
	window atomic.Int64    // the eighth of a second that counts are of
	taken  [2]atomic.Int32 // of requests in it: those that failed have room of their own
}

// OpenRing opens the ring of a zone.
func OpenRing(z *zone.Zone) (*Ring, error) {
	if z.Segment() == nil {
		return nil, zone.ErrUnbound
	}
	return openRing(z.Segment())
}

func openRing(s *shm.Segment) (*Ring, error) {
	at, err := s.Block(ringSize)
	if err != nil {
		return nil, err
	}
	return &Ring{seg: s, head: (*ringHead)(at), slots: (*[ringSlots]ringSlot)(unsafe.Add(at, unsafe.Sizeof(ringHead{})))}, nil
}

// wantedFor is how long requests are noted when somebody has asked.
const wantedFor = time.Minute

// Want has workers note requests from now on, as names say.
func (r *Ring) Want(now time.Time) { r.head.wanted.Store(now.Add(wantedFor).UnixNano()) }

// WantedAt tells whether somebody has asked, by another clock than that of workers.
func (r *Ring) WantedAt(now time.Time) bool { return now.UnixNano() < r.head.wanted.Load() }

// Wanted tells whether somebody has asked. It is one read.
func (r *Ring) Wanted() bool { return event.UnixNano() < r.head.wanted.Load() }

// How many requests a worker notes in an eighth of a second, and how many that failed. What
// is more is left out, all over the second.
const (
	windowBits = 27 // of nanoseconds: 134 ms
	perWindow  = 12
)

// Take tells whether a request may be noted now.
func (r *Ring) Take(failed bool) bool {
	now := event.UnixNano() >> windowBits
	if was := r.window.Load(); was != now && r.window.CompareAndSwap(was, now) {
		r.taken[0].Store(0)
		r.taken[1].Store(0)
	}
	i := 0
	if failed {
		i = 1
	}
	return r.taken[i].Add(1) <= perWindow
}

// Note writes a request.
func (r *Ring) Note(e *Entry) {
	var room [slotSize - 12]byte
	b := e.appendTo(room[:0])
	r.seg.Lock()
	r.head.written++
	s := &r.slots[r.head.written%ringSlots]
	s.length = 0
	s.number = r.head.written
	copy(s.data[:], b)
	s.length = uint32(len(b))
	r.seg.Unlock()
}

// Last gives the requests that are there, newest first, as long as more wants them.
func (r *Ring) Last(more func(e *Entry) bool) {
	r.seg.Lock()
	n := r.head.written
	r.seg.Unlock()
	buf := make([]byte, slotSize)
	for i := n; i > 0 && n-i < ringSlots; i-- {
		s := &r.slots[i%ringSlots]
		r.seg.Lock()
		length := 0
		if s.number == i && int(s.length) <= len(s.data) {
			length = copy(buf, s.data[:s.length])
		}
		r.seg.Unlock()
		e := new(Entry)
		if length > 0 && e.read(buf[:length]) && !more(e) {
			return
		}
	}
}
