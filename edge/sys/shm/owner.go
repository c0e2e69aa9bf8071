package shm

import (
	"errors"
	"sync/atomic"
	"unsafe"
)

// Who holds a lock must be known exactly, or a living holder could be robbed.
// Each process that maps a segment signs into a slot of the owners table:
//
//	slot word   pid (22 bits) | generation (21) | start time (21), 0 pid = free
//	ticket      generation (21) | slot (10), what the lock word holds
//
// A slot gets a new generation whenever it changes hands, so a ticket read from
// the lock before a look-up of its owner cannot by then mean another process. The
// start time (in ticks, its low bits) tells a reused pid from the old process.
const (
	slotBits  = 10
	genBits   = 21
	genMask   = 1<<genBits - 1
	startMask = 1<<21 - 1
	pidShift  = 42
)

var errOwners = errors.New("shared memory segment is mapped by too many processes")

func (s *Segment) owner(slot uint32) *uint64 {
	return (*uint64)(unsafe.Add(s.base, ownersAt+8*uintptr(slot)))
}

func slotPid(w uint64) int           { return int(w >> pidShift) }
func slotGen(w uint64) uint32        { return uint32(w>>21) & genMask }
func ticketOf(slot, g uint32) uint32 { return g<<slotBits | slot }

// enter signs this process in, into a free slot or else into a dead one's.
func (s *Segment) enter() error {
	pid, start, err := self()
	if err != nil {
		return err
	}
	for _, reuse := range [...]bool{false, true} {
		for slot := uint32(1); slot < ownerSlots; slot++ {
			w := atomic.LoadUint64(s.owner(slot))
			if w>>pidShift != 0 {
				if !reuse || alive(w) || s.holds(ticketOf(slot, slotGen(w))) {
					continue
				}
			}
			gen := (slotGen(w) + 1) & genMask
			mine := uint64(pid)<<pidShift | uint64(gen)<<21 | start&startMask
			if atomic.CompareAndSwapUint64(s.owner(slot), w, mine) {
				s.ticket, s.newSlot = ticketOf(slot, gen), true
				return nil
			}
		}
	}
	return errOwners
}

// leave signs off.
func (s *Segment) leave() {
	slot := s.Slot()
	w := atomic.LoadUint64(s.owner(uint32(slot)))
	if ticketOf(uint32(slot), slotGen(w)) == s.ticket {
		atomic.CompareAndSwapUint64(s.owner(uint32(slot)), w, w&(1<<pidShift-1))
	}
}

// holds: the lock word carries this ticket.
func (s *Segment) holds(ticket uint32) bool {
	return atomic.LoadUint32(&s.head().lock)&^waiting == ticket
}

// dead says whether the process that signed with a ticket is gone.
func (s *Segment) dead(ticket uint32) bool {
	slot := ticket & (1<<slotBits - 1)
	w := atomic.LoadUint64(s.owner(slot))
	return ticketOf(slot, slotGen(w)) != ticket || w>>pidShift == 0 || !alive(w)
}

// Slot is this process's place in the owners table, 1 to Slots-1: an index for
// rows of which only one process is to write one.
func (s *Segment) Slot() int { return int(s.ticket & (1<<slotBits - 1)) }

// NewSlot is true once after this process has got its slot: its rows may hold what
// the slot's last owner left.
func (s *Segment) NewSlot() bool {
	was := s.newSlot
	s.newSlot = false
	return was
}

// Signed tells whether the process that has a ticket is still signed in. One that was
// killed is until its parent has reaped it.
func (s *Segment) Signed(ticket uint32) bool {
	slot := ticket & (1<<slotBits - 1)
	w := atomic.LoadUint64(s.owner(slot))
	return slotPid(w) != 0 && ticketOf(slot, slotGen(w)) == ticket
}

// Slots is the number of places in the owners table.
const Slots = ownerSlots

// Held says whether some process is signed into a slot.
func (s *Segment) Held(slot int) bool { return slotPid(atomic.LoadUint64(s.owner(uint32(slot)))) != 0 }

// Pid is the process that is signed into a slot; 0 for none.
func (s *Segment) Pid(slot int) int { return slotPid(atomic.LoadUint64(s.owner(uint32(slot)))) }

// Reap is for the parent that has just waited for a child: its slot is freed and,
// if it died with the lock, the lock is taken over and the structure repaired now,
// not when somebody has waited 10 ms for it. It gives the freed slots.
func (s *Segment) Reap(pid int) (slots []int) {
	if s.fd < 0 {
		return nil
	}
	for slot := uint32(1); slot < ownerSlots; slot++ {
		w := atomic.LoadUint64(s.owner(slot))
		if slotPid(w) != pid || alive(w) {
			continue
		}
		ticket := ticketOf(slot, slotGen(w))
		for old := atomic.LoadUint32(&s.head().lock); old&^waiting == ticket; old = atomic.LoadUint32(&s.head().lock) {
			if s.takeOver(old) {
				s.Unlock()
			}
		}
		atomic.CompareAndSwapUint64(s.owner(slot), w, w&(1<<pidShift-1))
		slots = append(slots, int(slot))
	}
	return slots
}
