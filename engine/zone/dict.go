package zone

import (
	"errors"
	"unsafe"

	"moongate/edge/sys/shm"
)

// Type of a value; the numbers are Lua's, as resty.core's FFI calls use them.
type Type uint8

// The types.
const (
	Nil    Type = 0
	Bool   Type = 1
	Number Type = 3
	String Type = 4
	List   Type = 5
)

// Value is what a dict holds under a key.
type Value struct {
	Type  Type
	Bool  bool
	Stale bool   // GetStale: it has expired
	Flags uint32 // user flags
	Num   float64
	Str   []byte // the caller's buffer, or a larger one
}

// Errors, in lua-nginx-module's words.
var (
	ErrNoMemory   = shm.ErrNoMemory // "no memory"
	ErrExists     = errors.New("exists")
	ErrNotFound   = errors.New("not found")
	ErrNotNumber  = errors.New("not a number")
	ErrIsList     = errors.New("value is a list")
	ErrNotList    = errors.New("value not a list")
	ErrEmptyKey   = errors.New("empty key")
	ErrKeyTooLong = errors.New("key too long")
	ErrNilValue   = errors.New("attempt to add or replace nil values")
	ErrBadType    = errors.New("bad value type")
	ErrBadList    = errors.New("bad lua list length found")
)

// MaxKey is the longest key.
const MaxKey = 65535

// Dict is ngx.shared.DICT: a store with expiry, flags, lists, and eviction of what
// was not used for longest. Times are milliseconds of the caller's clock
// (nginx: ngx_timeofday), the same in all workers. All methods are safe for
// concurrent use by goroutines and processes.
type Dict struct {
	seg *shm.Segment
	t   *shm.Table
}

// dictNode is an entry, for C code too (little-endian, at segment base + 8*ref):
//
//	0  chain u32, hash u32, older u32, newer u32   see shm.Node
//	16 key length u16, type u8, state u8 (1 = whole)
//	20 value length u32: bytes, or elements of a list
//	24 expires u64, milliseconds, 0 = never
//	32 user flags u32
//	36 key, then the value: 1 byte, 8 bytes (a double), the string;
//	   for a list, 8-aligned: first u32, last u32 element
//	element: 0 next u32, 4 prev u32, 8 length u32, 12 type u8, 13 data
//
// To read in C: lock (see shm/lock.go), bucket = index[hash & mask] at 12288,
// follow chain, compare hash, length and key, check state and expires, unlock.
//
// An entry takes 68 bytes besides key and value, an element 21, as in
// lua-nginx-module on 64 bits: dicts hold as many entries as users know.
type dictNode struct {
	shm.Node
	length  uint32
	expires uint64
	flags   uint32
}

const (
	dictKeyAt    = 36
	dictOverhead = 68
	dictRoot     = 80 // ngx_http_lua_shdict_shctx_t
	listHead     = 16 // what lua-nginx-module takes; 8 are used
	elemOverhead = 21
	elemData     = 13
)

// OpenDict opens the dict in a zone's memory, setting it up if it is fresh.
func OpenDict(z *Zone) (*Dict, error) {
	if z.seg == nil {
		return nil, ErrUnbound
	}
	// nginx keeps ` in lua_shared_dict zone "NAME"` in the zone for its log.
	return openDict(z.seg, len(" in lua_shared_dict zone \"\"")+1+len(z.Name))
}

func openDict(seg *shm.Segment, label int) (*Dict, error) {
	d := &Dict{seg: seg}
	t, err := shm.OpenTable(seg, shm.TableConf{
		KeyAt: dictKeyAt, RootSize: dictRoot, Label: label,
		Size: nodeSize, Extra: d.listExtents,
	})
	if err != nil {
		return nil, err
	}
	d.t = t
	return d, nil
}

func nodeSize(n *shm.Node) int {
	e := (*dictNode)(unsafe.Pointer(n))
	if Type(n.Kind) == List {
		return listSize(int(n.KeyLen))
	}
	return dictOverhead + int(n.KeyLen) + int(e.length)
}

func listSize(key int) int { return (dictOverhead + key + listHead + 7) &^ 7 }

func (d *Dict) node(r shm.Ref) *dictNode { return (*dictNode)(d.seg.At(r)) }

// value is the memory of a scalar's value.
func (e *dictNode) value() []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(e), dictKeyAt+int(e.KeyLen))), int(e.length))
}

func (e *dictNode) expired(now int64) bool { return e.expires != 0 && int64(e.expires) <= now }

func (e *dictNode) setExpires(ttl, now int64) {
	if ttl > 0 {
		e.expires = uint64(now + ttl)
	} else {
		e.expires = 0
	}
}

// number reads and setNumber writes a double at any alignment, in one access.
func (e *dictNode) number() *float64 {
	return (*float64)(unsafe.Add(unsafe.Pointer(e), dictKeyAt+int(e.KeyLen)))
}

// find looks a key up and, if it has not expired, makes it the newest.
func (d *Dict) find(hash uint32, key string, now int64) (r shm.Ref, e *dictNode, live bool) {
	r = d.t.Find(hash, key)
	if r == 0 {
		return 0, nil, false
	}
	e = d.node(r)
	if e.expired(now) {
		return r, e, false
	}
	d.t.Bump(r)
	return r, e, true
}

// drop removes an entry with all it owns.
func (d *Dict) drop(r shm.Ref) {
	n := d.t.Node(r)
	if Type(n.Kind) == List {
		d.t.Doom(n)
		d.freeElems((*dictNode)(unsafe.Pointer(n)))
	}
	d.t.Drop(r)
}

// expire looks at the oldest entries: one or two that have expired go, and with
// force the oldest whatever it is (ngx_http_lua_shdict_expire, n = 1 and 0).
func (d *Dict) expire(force bool, now int64) (freed int) {
	tries := 2
	if force {
		tries = 3
	}
	for i := 0; i < tries; i++ {
		r := d.t.Oldest()
		if r == 0 {
			return freed
		}
		if !(force && i == 0) && !d.node(r).expired(now) {
			return freed
		}
		d.drop(r)
		freed++
	}
	return freed
}

// alloc finds room, with force by evicting up to 30 times.
func (d *Dict) alloc(size int, force bool, now int64) (r shm.Ref, evicted bool) {
	if r = d.seg.Alloc(size); r != 0 || !force {
		return r, false
	}
	for range 30 {
		if d.expire(true, now) == 0 {
			break
		}
		evicted = true
		if r = d.seg.Alloc(size); r != 0 {
			return r, true
		}
	}
	return 0, evicted
}

func checkKey(key string) error {
	switch {
	case key == "":
		return ErrEmptyKey
	case len(key) > MaxKey:
		return ErrKeyTooLong
	}
	return nil
}
