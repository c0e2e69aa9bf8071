package live

import "time"

// Reader reads what all workers have counted. It is for one goroutine.
type Reader struct {
	t     *Table
	rows  map[int]*seenRow
	cells map[place]*seenCell
	round uint32
	full  time.Time // when cells were begun anew last
}

type place struct{ slot, cell int }

type seenRow struct {
	life     uint32
	in, out  uint64
	statuses [numStatuses]uint32
	who      [numWho]uint32
	took     Times
}

type seenCell struct {
	tag       uint32
	round     uint32
	n, failed uint32
	took      Times
	key       Key
}

// Second is what has been counted between two readings.
type Second struct {
	In, Out  uint64
	Requests uint64
	Statuses [numStatuses]uint64 // by their hundreds
	Who      [numWho]uint64
	Took     Times
	ByPid    map[int]uint64 // requests of each worker
	Series   map[Key]*Sum   // of cells, all workers together; only of Reader.Cells
}

// Sum is what there was of one key.
type Sum struct {
	Requests, Failed uint64
	Connections      uint64
	Took             Times
}

// Merge adds what another one counts.
func (s *Sum) Merge(o *Sum) {
	s.Requests, s.Failed, s.Connections = s.Requests+o.Requests, s.Failed+o.Failed, s.Connections+o.Connections
	s.Took.Merge(&o.Took)
}

// NewReader begins with what is there: the first reading tells what is counted from now on.
func (t *Table) NewReader() *Reader {
	r := &Reader{t: t, rows: map[int]*seenRow{}, cells: map[place]*seenCell{}}
	r.Read()
	return r
}

// Watch has workers count cells until then. When nobody looked before they begin anew.
func (r *Reader) Watch(now, until time.Time) {
	h := r.t.head
	if h.watched.Load() < now.UnixNano() {
		r.anew(now)
	}
	h.watched.Store(until.UnixNano())
}

// anew has workers forget their cells: those of what is no more take up room.
func (r *Reader) anew(now time.Time) {
	r.t.head.epoch.Add(1)
	clear(r.cells)
	r.full = now
}

// Read gives what has been counted since it was called last, without cells.
func (r *Reader) Read() *Second {
	out := &Second{ByPid: map[int]uint64{}}
	for slot := range r.t.rows {
		pid := r.t.seg.Pid(slot)
		seen := r.rows[slot]
		if pid == 0 && seen == nil {
			continue
		}
		row := &r.t.rows[slot]
		life := row.life.Load()
		if life%2 != 0 {
			continue // it is being cleared
		}
		if seen == nil || seen.life != life {
			seen = &seenRow{life: life}
			r.rows[slot] = seen
		}
		if n := seen.since(row, out); n > 0 && pid != 0 {
			out.ByPid[pid] += n
		}
	}
	return out
}

// since adds what a row has counted.
func (s *seenRow) since(row *Row, out *Second) (requests uint64) {
	in, sent := row.in.Load(), row.out.Load()
	out.In, out.Out = out.In+in-s.in, out.Out+sent-s.out
	s.in, s.out = in, sent
	for i := range row.statuses {
		n := row.statuses[i].Load()
		out.Statuses[i] += uint64(n - s.statuses[i])
		requests += uint64(n - s.statuses[i])
		s.statuses[i] = n
	}
	for i := range row.who {
		n := row.who[i].Load()
		out.Who[i] += uint64(n - s.who[i])
		s.who[i] = n
	}
	s.took.since(&row.took, &out.Took)
	out.Requests += requests
	return requests
}

// crowded is when workers that have nearly no room are told to begin anew, and how seldom.
const (
	crowded   = rowChunks * chunkCells * 7 / 8
	anewEvery = time.Minute
)

// Cells adds what cells have counted since it was called last.
func (r *Reader) Cells(out *Second, now time.Time) {
	out.Series = map[Key]*Sum{}
	r.round++
	epoch, short := r.t.head.epoch.Load(), r.t.head.chunks.Load() >= maxChunks
	for slot := range r.rows {
		row := &r.t.rows[slot]
		if row.epoch.Load() != epoch || r.t.seg.Pid(slot) == 0 {
			continue
		}
		used := row.used.Load()
		short = short || used >= crowded
		for i := range used {
			if c := r.t.cell(row, i); c != nil {
				r.cell(place{slot, int(i)}, c, out)
			}
		}
	}
	for at, c := range r.cells {
		if c.round != r.round {
			delete(r.cells, at)
		}
	}
	if short && now.Sub(r.full) >= anewEvery {
		r.anew(now)
	}
}

func (r *Reader) cell(at place, c *Cell, out *Second) {
	tag := c.tag.Load()
	if tag == 0 {
		return
	}
	seen := r.cells[at]
	if seen == nil || seen.tag != tag {
		key := c.key()
		if c.tag.Load() != tag {
			return // it is becoming another one's
		}
		seen = &seenCell{tag: tag, key: key}
		r.cells[at] = seen
	}
	seen.round = r.round
	n, conns := c.n.Load(), c.conns.Load()
	if n == seen.n && conns == 0 {
		return
	}
	sum := out.Series[seen.key]
	if sum == nil {
		sum = new(Sum)
		out.Series[seen.key] = sum
	}
	sum.Connections += uint64(conns)
	if n == seen.n {
		return
	}
	failed := c.failed.Load()
	sum.Requests += uint64(n - seen.n)
	sum.Failed += uint64(failed - seen.failed)
	seen.n, seen.failed = n, failed
	seen.took.since(&c.took, &sum.Took)
}
