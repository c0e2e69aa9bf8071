package errlog

import (
	"encoding/binary"
	"math"
	"sync"
	"time"
)

// Ring keeps the last lines for code of this process that asks for them: OpenResty's
// lua_capture_error_log. A line takes its length and a heading:
//
//	time f64, length u32, level u32, text
//
// Both may run over the end of the memory and go on at its beginning.
type Ring struct {
	mu     sync.Mutex
	data   []byte
	first  int // where the oldest line begins
	used   int
	filter Level
}

const ringHead = 16

// NewRing is a ring of so many bytes that wants all lines.
func NewRing(size int) *Ring { return &Ring{data: make([]byte, size), filter: Debug} }

// Filter says up to which level lines are kept from now on.
func (r *Ring) Filter(level Level) {
	r.mu.Lock()
	r.filter = level
	r.mu.Unlock()
}

// Capture is for Chain.Capture: it never keeps a line from the outputs.
func (r *Ring) Capture(level Level, line []byte) bool {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	need := ringHead + len(line)
	if level > r.filter || need > len(r.data) {
		return false
	}
	for r.used+need > len(r.data) {
		r.drop()
	}
	var head [ringHead]byte
	seconds := float64(time.Now().UnixMilli()) / 1000
	binary.LittleEndian.PutUint64(head[:], math.Float64bits(seconds))
	binary.LittleEndian.PutUint32(head[8:], uint32(len(line)))
	binary.LittleEndian.PutUint32(head[12:], uint32(level))
	r.put(head[:])
	r.put(line)
	return false
}

// Take gives the oldest line and forgets it; the text is put behind b.
func (r *Ring) Take(b []byte) (level Level, seconds float64, text []byte, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used == 0 {
		return 0, 0, b, false
	}
	head := r.head()
	seconds = math.Float64frombits(binary.LittleEndian.Uint64(head[:]))
	level = Level(binary.LittleEndian.Uint32(head[12:]))
	n := int(binary.LittleEndian.Uint32(head[8:]))
	at := (r.first + ringHead) % len(r.data)
	run := min(n, len(r.data)-at)
	text = append(append(b, r.data[at:at+run]...), r.data[:n-run]...)
	r.drop()
	return level, seconds, text, true
}

func (r *Ring) put(p []byte) {
	at := (r.first + r.used) % len(r.data)
	n := copy(r.data[at:], p)
	copy(r.data, p[n:])
	r.used += len(p)
}

// head is the heading of the oldest line.
func (r *Ring) head() (h [ringHead]byte) {
	n := copy(h[:], r.data[r.first:])
	copy(h[n:], r.data)
	return h
}

// drop forgets the oldest line.
func (r *Ring) drop() {
	h := r.head()
	n := ringHead + int(binary.LittleEndian.Uint32(h[8:]))
	r.first = (r.first + n) % len(r.data)
	r.used -= n
}
