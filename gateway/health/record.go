package health

import "fmt"

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

// NewLimits takes them as upstreams say them.
func NewLimits(successes, http, tcp, timeouts int) Limits {
	return Limits{Success: limit(successes), HTTPFailure: limit(http), TCPFailure: limit(tcp), Timeout: limit(timeouts)}
}

func limit(n int) uint8 { return uint8(min(max(n, 0), 255)) }

// Reason says why an address has turned.
func Reason(by string, e Event, n uint8, detail string) string {
	text := fmt.Sprintf("%s: %d %s", by, n, eventNames[e])
	if detail != "" {
		text += ", the last one: " + detail
	}
	return text
}

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
