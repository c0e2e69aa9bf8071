package health

// Event is what one answer of a target, or the lack of one, means.
type Event uint8

const (
	Nothing Event = iota
	Success
	HTTPFailure
	TCPFailure
	Timeout
	events
)

var eventNames = [events]string{"", "good answers", "bad answers", "failed connections", "timeouts"}

// Limits are how many events of a kind make a record turn; 0 is never.
type Limits [events]uint8

// record is, byte by byte: 1 for unhealthy, then how many of each kind of event were
// counted. A healthy one with nothing counted is all zero and takes no memory.
type record []byte

const recordSize = int(events)

// count takes an event in and tells whether that made the record turn.
func (r record) count(e Event, l *Limits) bool {
	sick := r[0] != 0
	switch {
	case e == Success && !sick:
		clear(r[1:])
		return false
	case e != Success:
		r[Success] = 0
		if sick {
			return false
		}
	}
	if l[e] == 0 {
		return false
	}
	if r[e]++; r[e] < l[e] {
		return false
	}
	r.set(sick)
	return true
}

func (r record) set(healthy bool) {
	clear(r)
	if !healthy {
		r[0] = 1
	}
}
