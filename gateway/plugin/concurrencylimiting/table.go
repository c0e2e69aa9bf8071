package concurrencylimiting

import (
	"encoding/binary"

	"moongate/engine/zone"
)

// table is a change of how many requests each process has under way for one key: rows of
// a process's ticket (4 bytes) and its count (4 bytes). A row without requests is zero.
type table struct {
	dict  *zone.Dict
	limit uint32
	delta int
	ok    bool
}

const (
	rows    = 64
	rowSize = 8
)

func (t *table) change(key string) error {
	return t.dict.Update(key, rows*rowSize, 0, 0, t)
}

// Change implements zone.Change. Rows of processes that are gone are given up.
func (t *table) Change(mem []byte) {
	me, all := t.dict.Ticket(), uint32(0)
	var mine, free []byte
	for i := 0; i < len(mem); i += rowSize {
		row := mem[i : i+rowSize]
		ticket, n := binary.LittleEndian.Uint32(row), binary.LittleEndian.Uint32(row[4:])
		switch {
		case n == 0:
		case ticket == me:
			mine = row
		case !t.dict.Signed(ticket):
			clear(row)
			n = 0
		}
		if n == 0 && free == nil {
			free = row
		}
		all += n
	}
	if t.delta < 0 {
		if mine != nil {
			add(mine, me, -1)
		}
		return
	}
	if mine == nil {
		mine = free
	}
	if t.ok = all < t.limit && mine != nil; t.ok {
		add(mine, me, 1)
	}
}

func add(row []byte, ticket uint32, delta int) {
	n := uint32(int(binary.LittleEndian.Uint32(row[4:])) + delta)
	if n == 0 {
		clear(row)
		return
	}
	binary.LittleEndian.PutUint32(row, ticket)
	binary.LittleEndian.PutUint32(row[4:], n)
}
