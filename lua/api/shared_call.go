package api

import (
	"unsafe"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
)

// sharedCall is moongate_shared of lib/moongate/shared.lua.
type sharedCall struct {
	op, dict int32
	key      *byte
	keyLen   uint64
	kind     int32 // of the value: zone.Type
	flags    int32
	num      float64 // the value, if a number or boolean; incr: the difference, then the sum
	str      *byte   // the value, if a string: what is stored, or room for what is read
	strLen   uint64  // its length, or the size of the room, then the length of what was read
	init     float64
	ttl      float64 // seconds
	hasInit  int32
	forcible int32
	stale    int32
	again    int32 // init_by_lua* runs once more: see replay
}

// What Lua asks for: 0 to 7 are zone's operations of Store; the rest is numbered as lib/moongate/shared.lua has it.
const (
	sharedGet = 8 + iota
	sharedGetStale
	sharedIncr
	sharedTTL
	sharedExpire
	sharedFlushAll
	sharedFlushExpired
	sharedCapacity
	sharedFree
	sharedLPush
	sharedRPush
	sharedLPop
	sharedRPop
	sharedLLen
)

// sharedErrors are the answers from 1 on; lib/moongate/shared.lua has their texts.
var sharedErrors = [...]error{
	zone.ErrNoMemory, zone.ErrExists, zone.ErrNotFound, zone.ErrNotNumber, zone.ErrIsList, zone.ErrNotList,
	zone.ErrNilValue, zone.ErrBadType, zone.ErrBadList, zone.ErrEmptyKey, zone.ErrKeyTooLong,
}

// sharedGrow: the room was too small, and strLen says how much is needed.
const sharedGrow = -2

func sharedNow() int64 { return event.UnixNano() / 1e6 }

func sharedCode(err error) int32 {
	if err == nil {
		return 0
	}
	for i, e := range sharedErrors {
		if e == err {
			return int32(i + 1)
		}
	}
	return -1
}

// milliseconds of Lua's seconds; what doesn't fit is cut, as C does it.
func milliseconds(seconds float64) int64 {
	ms := seconds * 1000
	if !(ms < 1<<62) || ms < -1<<62 {
		return 0
	}
	return int64(ms)
}

func (c *sharedCall) room() []byte { return unsafe.Slice(c.str, c.strLen)[:0] }

// shared does what c says and answers 0, the number of an error, or sharedGrow.
func shared(c *sharedCall) int32 {
	d := sharedDict(int(c.dict))
	if d == nil {
		return -1
	}
	key, now := unsafe.String(c.key, c.keyLen), sharedNow()
	if c.again != 0 {
		if rc, done := c.replay(d, key, now); done {
			return rc
		}
	}
	var err error
	switch c.op {
	case sharedGet, sharedGetStale:
		return c.get(d, key, now)
	case sharedIncr:
		var forcible bool
		init := zone.Init{Given: c.hasInit != 0, Value: c.init, TTL: milliseconds(c.ttl)}
		c.num, forcible, err = d.Incr(key, c.num, init, now)
		c.forcible = flag(forcible)
	case sharedTTL:
		var ttl int64
		ttl, err = d.TTL(key, now)
		c.num = float64(ttl) / 1000
	case sharedExpire:
		err = d.Expire(key, milliseconds(c.ttl), now)
	case sharedFlushAll:
		d.FlushAll(now)
	case sharedFlushExpired:
		c.num = float64(d.FlushExpired(int(c.num), now))
	case sharedCapacity:
		c.num = float64(d.Capacity())
	case sharedFree:
		c.num = float64(d.FreeSpace())
	case sharedLPush, sharedRPush, sharedLPop, sharedRPop, sharedLLen:
		return c.list(d, key, now)
	default:
		var forcible bool
		forcible, err = d.Store(zone.Op(c.op), key, c.value(), milliseconds(c.ttl), now)
		c.forcible = flag(forcible)
	}
	return sharedCode(err)
}

func flag(b bool) int32 {
	if b {
		return 1
	}
	return 0
}

// value is what Lua wants to store.
func (c *sharedCall) value() zone.Value {
	v := zone.Value{Type: zone.Type(c.kind), Flags: uint32(c.flags), Num: c.num, Bool: c.num != 0}
	if v.Type == zone.String {
		v.Str = unsafe.Slice(c.str, c.strLen)
	}
	return v
}

func (c *sharedCall) get(d *zone.Dict, key string, now int64) int32 {
	var v zone.Value
	var err error
	if c.op == sharedGet {
		v, err = d.Get(key, now, c.room())
	} else {
		v, err = d.GetStale(key, now, c.room())
	}
	if err != nil {
		return sharedCode(err)
	}
	c.flags, c.stale = int32(v.Flags), flag(v.Stale)
	return c.read(v)
}

// read gives a value to Lua.
func (c *sharedCall) read(v zone.Value) int32 {
	c.kind, c.num = int32(v.Type), v.Num
	switch v.Type {
	case zone.Bool:
		c.num = float64(flag(v.Bool))
	case zone.String:
		size := uint64(len(v.Str))
		if size > c.strLen {
			c.strLen = size
			return sharedGrow
		}
		c.strLen = size
	}
	return 0
}

func (c *sharedCall) list(d *zone.Dict, key string, now int64) int32 {
	var n int
	var err error
	switch c.op {
	case sharedLPush:
		n, err = d.LPush(key, c.value(), now)
	case sharedRPush:
		n, err = d.RPush(key, c.value(), now)
	case sharedLLen:
		n, err = d.LLen(key, now)
	default:
		return c.pop(d, key, now)
	}
	c.num = float64(n)
	return sharedCode(err)
}

// pop takes an element. One that doesn't fit into the room is put back, and taken again when Lua has made more.
func (c *sharedCall) pop(d *zone.Dict, key string, now int64) int32 {
	take, back := d.RPop, d.RPush
	if c.op == sharedLPop {
		take, back = d.LPop, d.LPush
	}
	v, err := take(key, now, c.room())
	if err != nil {
		return sharedCode(err)
	}
	rc := c.read(v)
	if rc == sharedGrow {
		if _, err := back(key, v, now); err != nil {
			return sharedCode(err)
		}
	}
	return rc
}
