package concurrencylimiting

import (
	"encoding/binary"
	"testing"

	"moongate/engine/zone"
	"moongate/engine/zone/zonetest"
)

// What a process that is gone had under way counts no more.
func TestGoneProcess(t *testing.T) {
	d := zonetest.Dict(t, 64<<10)
	gone := make([]byte, rows*rowSize)
	binary.LittleEndian.PutUint32(gone, d.Ticket()+1)
	binary.LittleEndian.PutUint32(gone[4:], 7)
	if err := d.SafeSet("k", zone.Value{Type: zone.String, Str: gone}, 0, 0); err != nil {
		t.Fatal(err)
	}
	c := table{dict: d, limit: 2}
	for i, step := range []struct {
		delta int
		ok    bool
	}{{1, true}, {1, true}, {1, false}, {-1, true}, {1, true}, {-1, true}, {-1, true}} {
		c.delta, c.ok = step.delta, true
		if err := c.change("k"); err != nil || c.ok != step.ok {
			t.Errorf("step %d: %v %v", i, c.ok, err)
		}
	}
	if n := d.Len(); n != 0 {
		t.Errorf("%d entries are left when nothing is under way", n)
	}
}
