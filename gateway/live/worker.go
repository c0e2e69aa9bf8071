package live

import (
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// Who is who has caused an error.
type Who uint8

const (
	Nobody   Who = iota
	Client       // it asked for what there is not, or in a wrong way, or went away
	Gateway      // refused or failed here: a limit, a plugin, no route, no peer
	Upstream     // the service failed, or gave no answer
	numWho
)

func (w Who) String() string { return [numWho]string{"", "client", "gateway", "upstream"}[w] }

// Worker counts for one process. All methods are for many goroutines.
type Worker struct {
	t   *Table
	row *Row

	mu    sync.Mutex // for what is made once for each key
	cells map[Key]*Cell
	epoch uint32
}

// Worker is that of this process. Call it once.
func (t *Table) Worker() *Worker {
	w := &Worker{t: t, row: &t.rows[t.seg.Slot()], cells: map[Key]*Cell{}, epoch: t.head.epoch.Load()}
	w.row.begin(w.epoch)
	return w
}

// begin forgets what another process in this slot has left.
func (r *Row) begin(epoch uint32) {
	life := r.life.Load() | 1
	r.life.Store(life)
	r.in.Store(0)
	r.out.Store(0)
	for i := range r.statuses {
		r.statuses[i].Store(0)
	}
	for i := range r.who {
		r.who[i].Store(0)
	}
	for i := range r.took {
		r.took[i].Store(0)
	}
	r.used.Store(0)
	r.epoch.Store(epoch)
	r.life.Store(life + 1)
}

// Request is one that has ended.
type Request struct {
	Status  int
	In, Out int64
	Who     Who
	Took    time.Duration
}

// Count counts a request.
func (w *Worker) Count(r *Request) {
	row := w.row
	row.in.Add(uint64(max(0, r.In)))
	row.out.Add(uint64(max(0, r.Out)))
	hundreds := r.Status / 100
	if hundreds < 1 || hundreds >= numStatuses {
		hundreds = 0
	}
	row.statuses[hundreds].Add(1)
	if r.Who != Nobody {
		row.who[r.Who].Add(1)
	}
	row.took.Add(r.Took)
}

// Watched tells whether somebody looks at cells.
func (w *Worker) Watched() bool { return event.UnixNano() < w.t.head.watched.Load() }

// In gives the cell of a key, which must be the same in each call; nil when there is no
// room for it.
func (w *Worker) In(s *Spot, k Key) *Cell {
	epoch := w.t.head.epoch.Load()
	if h := s.held.Load(); h != nil && h.epoch == epoch {
		return h.cell
	}
	h := &held{w.find(k, epoch), epoch}
	s.held.Store(h)
	return h.cell
}

// find looks a cell up, or makes it. A request that has found its cell just before an
// epoch ends may be counted for another key: one in thousands of seconds.
func (w *Worker) find(k Key, epoch uint32) *Cell {
	if len(k.ID) > maxID || len(k.Of) > maxOf {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.epoch != epoch {
		clear(w.cells)
		w.row.used.Store(0)
		w.row.epoch.Store(epoch)
		w.epoch = epoch
	}
	if c := w.cells[k]; c != nil {
		return c
	}
	i := w.row.used.Load()
	if !w.t.room(w.row, i) {
		return nil
	}
	c := w.t.cell(w.row, i)
	tag := w.row.tag.Add(1)
	if tag == 0 {
		tag = w.row.tag.Add(1)
	}
	c.begin(&k, tag)
	w.row.used.Store(i + 1)
	w.cells[Key{k.Kind, string([]byte(k.ID)), string([]byte(k.Of))}] = c // the key may be a view
	return c
}

// Connections notes how many connections targets have; those that are not in it have none.
func (w *Worker) Connections(by map[Key]int) {
	epoch := w.t.head.epoch.Load()
	for k := range by {
		w.find(k, epoch)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for k, c := range w.cells {
		if k.Kind == OfTarget {
			c.conns.Store(uint32(by[k]))
		}
	}
}
