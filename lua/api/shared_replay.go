package api

import (
	"bytes"

	"moongate/engine/zone"
)

// replay answers a call of init_by_lua* when it runs once more in a worker. The master's run has
// made the changes, so nothing is changed now, and each method returns what fits to what is there.
// false: the call changes nothing anyway.
func (c *sharedCall) replay(d *zone.Dict, key string, now int64) (rc int32, done bool) {
	switch c.op {
	case sharedGet, sharedGetStale, sharedTTL, sharedCapacity, sharedFree, sharedLLen:
		return 0, false
	case sharedIncr:
		return c.replayIncr(d, key, now), true
	case sharedExpire:
		_, err := d.TTL(key, now)
		return sharedCode(err), true
	case sharedFlushAll:
		return 0, true
	case sharedFlushExpired:
		c.num = 0
		return 0, true
	case sharedLPush, sharedRPush:
		n, err := d.LLen(key, now)
		c.num = float64(max(n, 1))
		return sharedCode(err), true
	case sharedLPop, sharedRPop:
		// An element that stayed would be taken for ever by a loop that empties a list.
		_, err := d.LLen(key, now)
		c.kind = int32(zone.Nil)
		return sharedCode(err), true
	}
	c.forcible = 0
	return c.replayStore(d, key, now), true
}

// replayStore is for set, add, replace and delete. A key that has the very value which add would
// store was added by the run before.
func (c *sharedCall) replayStore(d *zone.Dict, key string, now int64) int32 {
	op, v := zone.Op(c.op), c.value()
	if op&(zone.OpAdd|zone.OpReplace) == 0 {
		return 0
	}
	if v.Type == zone.Nil {
		return sharedCode(zone.ErrNilValue)
	}
	old, err := d.Get(key, now, nil)
	there := err != nil || old.Type != zone.Nil
	switch {
	case op&zone.OpReplace != 0 && !there:
		return sharedCode(zone.ErrNotFound)
	case op&zone.OpAdd != 0 && there && (err != nil || !sameValue(old, v)):
		return sharedCode(zone.ErrExists)
	}
	return 0
}

func sameValue(a, b zone.Value) bool {
	if a.Type != b.Type || a.Flags != b.Flags {
		return false
	}
	switch a.Type {
	case zone.Bool:
		return a.Bool == b.Bool
	case zone.Number:
		return a.Num == b.Num
	}
	return bytes.Equal(a.Str, b.Str)
}

// replayIncr gives the sum as it is now.
func (c *sharedCall) replayIncr(d *zone.Dict, key string, now int64) int32 {
	c.forcible = 0
	old, err := d.Get(key, now, nil)
	switch {
	case err != nil || old.Type != zone.Nil && old.Type != zone.Number:
		return sharedCode(zone.ErrNotNumber)
	case old.Type == zone.Number:
		c.num = old.Num
	case c.hasInit == 0:
		return sharedCode(zone.ErrNotFound)
	default:
		c.num += c.init
	}
	return 0
}
