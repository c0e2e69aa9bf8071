package zone

import (
	"sync/atomic"
	"unsafe"

	"moongate/edge/sys/shm"
)

// Counters are the numbers of stub_status. Every process has a row of its own, so
// counting costs no cache line of another's; the sum is made when somebody asks.
// A row's totals stay when its process ends and go on when another gets the row;
// its gauges end with the process, also with one that was killed.
type Counters struct {
	seg  *shm.Segment // nil when private
	rows *[shm.Slots]Row
	mine *Row
}

// Row is one process's share: one cache line.
type Row struct {
	Accepted atomic.Int64
	Handled  atomic.Int64
	Requests atomic.Int64

	Active  atomic.Int64 // open client connections, waiting ones included
	Reading atomic.Int64
	Writing atomic.Int64
	Waiting atomic.Int64
	_       [8]byte
}

// Totals is the sum over all processes.
type Totals struct {
	Accepted, Handled, Requests       int64
	Active, Reading, Writing, Waiting int64
}

// CountersSize is the size to declare a counters zone with.
const CountersSize = int64(unsafe.Sizeof([shm.Slots]Row{})) + 16384

// DeclareCounters adds the zone, under a name that no configuration can write.
func (zs *Zones) DeclareCounters() (*Zone, error) {
	return zs.Declare(countersName, CountersSize, KindCounters)
}

const countersName = "\x00counters"

// OpenCounters opens the counters in a zone, with a clean row for this process. A
// nil zone gives private ones.
func OpenCounters(z *Zone) (*Counters, error) {
	if z == nil {
		c := &Counters{rows: new([shm.Slots]Row)}
		c.mine = &c.rows[0]
		return c, nil
	}
	if z.seg == nil {
		return nil, ErrUnbound
	}
	if _, err := z.seg.Block(unsafe.Sizeof([shm.Slots]Row{})); err != nil {
		return nil, err
	}
	c := &Counters{seg: z.seg, rows: rowsOf(z.seg)}
	c.mine = &c.rows[z.seg.Slot()]
	if z.seg.NewSlot() {
		c.mine.clearGauges()
	}
	return c, nil
}

// CountersOf opens the counters of a configuration, for who only reads them.
func CountersOf(zs *Zones) (*Counters, error) {
	z := zs.Find(countersName)
	if z == nil {
		return nil, ErrUnbound
	}
	return OpenCounters(z)
}

func rowsOf(s *shm.Segment) *[shm.Slots]Row { return (*[shm.Slots]Row)(s.At(s.Root())) }

// Mine is this process's row.
func (c *Counters) Mine() *Row { return c.mine }

// Sum adds up all rows; gauges only of processes that are there.
func (c *Counters) Sum() (t Totals) {
	for i := range c.rows {
		r := &c.rows[i]
		t.Accepted += r.Accepted.Load()
		t.Handled += r.Handled.Load()
		t.Requests += r.Requests.Load()
		if c.seg == nil || c.seg.Held(i) {
			t.Active += r.Active.Load()
			t.Reading += r.Reading.Load()
			t.Writing += r.Writing.Load()
			t.Waiting += r.Waiting.Load()
		}
	}
	return t
}

// Each calls f for each process that is there.
func (c *Counters) Each(f func(pid int, r *Row)) {
	if c.seg == nil {
		return
	}
	for i := range c.rows {
		if pid := c.seg.Pid(i); pid != 0 {
			f(pid, &c.rows[i])
		}
	}
}

func (r *Row) clearGauges() {
	r.Active.Store(0)
	r.Reading.Store(0)
	r.Writing.Store(0)
	r.Waiting.Store(0)
}

// clearGauges is for rows whose processes have ended.
func clearGauges(s *shm.Segment, slots []int) {
	if s.Root() == 0 {
		return
	}
	for _, i := range slots {
		rowsOf(s)[i].clearGauges()
	}
}
