package vm

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"moongate/edge/native/luajit"
)

// slots are the places of ngx.ctx tables. Lua keeps the tables in an array and
// finds that of the running code by share.slot, without a call into Go:
//
//	share.slot --> tables[slot]     made at first use, which sets share.used[slot]
//
// A request that ends gives its slot back. If its table was used, the slot is
// dirty, and becomes free when the next Resume has cleared the table's place.
type slots struct {
	mu      sync.Mutex
	free    []int32
	dirty   []int32
	next    int32
	unclean atomic.Bool // dirty is not empty
	tables  luajit.Ref  // the array in Lua
}

// growSlots makes room for n slots. The old bytes stay until the VM is closed:
// nothing else points to them once share.used has changed. slots.mu is held.
func (v *VM) growSlots(n int32) {
	used := (*uint8)(v.St.Shared(int(n)))
	if v.share.used != nil {
		copy(unsafe.Slice(used, n), unsafe.Slice(v.share.used, v.share.size))
	}
	v.share.used, v.share.size = used, n
}

// takeSlot gives x a slot; the VM is held.
func (v *VM) takeSlot(x *Ctx) {
	s := &v.slots
	s.mu.Lock()
	if n := len(s.free); n > 0 {
		x.slot = s.free[n-1]
		s.free = s.free[:n-1]
		s.mu.Unlock()
		return
	}
	s.next++
	x.slot = s.next
	if x.slot >= v.share.size {
		v.growSlots(2 * v.share.size)
	}
	s.mu.Unlock()
}

// giveSlot takes it back; the VM need not be held.
func (v *VM) giveSlot(x *Ctx) {
	s, slot := &v.slots, x.slot
	x.slot = 0
	s.mu.Lock()
	p := (*uint8)(unsafe.Add(unsafe.Pointer(v.share.used), slot))
	if *p != 0 {
		x.Debugf("lua release ngx.ctx at ref %d", slot)
		*p = 0
		s.dirty = append(s.dirty, slot)
		s.unclean.Store(true)
	} else {
		s.free = append(s.free, slot)
	}
	s.mu.Unlock()
}

// tidy writes what clears dirty slots in front of a tape.
func (v *VM) tidy(b luajit.Tape) {
	for _, r := range v.retired {
		v.St.Unref(r)
	}
	v.retired = v.retired[:0]
	s := &v.slots
	if !s.unclean.Load() || s.tables == 0 {
		return
	}
	s.mu.Lock()
	b.Ref(s.tables)
	for _, slot := range s.dirty {
		b.Nil()
		b.SetI(int(slot))
	}
	b.Pop(1)
	s.free = append(s.free, s.dirty...)
	s.dirty = s.dirty[:0]
	s.unclean.Store(false)
	s.mu.Unlock()
}

// Context tells whether x has a ngx.ctx table, and pushes it.
func (x *Ctx) PushContext(b luajit.Tape) bool {
	if x.slot == 0 || *(*uint8)(unsafe.Add(unsafe.Pointer(x.V.share.used), x.slot)) == 0 {
		return false
	}
	b.Ref(x.V.slots.tables)
	b.Int(int(x.slot))
	b.Get()
	return true
}

// ShareContext makes an argument of a call, a table, the ngx.ctx of another request. It is
// part of the call's results and pushes nothing.
func (v *VM) ShareContext(x *Ctx, c *luajit.Call, arg int) {
	if x.slot == 0 {
		v.takeSlot(x)
	}
	*(*uint8)(unsafe.Add(unsafe.Pointer(v.share.used), x.slot)) = 1
	b := c.Out()
	b.Ref(v.slots.tables)
	b.Again(arg)
	b.SetI(int(x.slot))
	b.Pop(1)
}
