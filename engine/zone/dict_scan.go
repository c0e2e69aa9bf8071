package zone

import "strings"

// Item is an entry as Scan shows it.
type Item struct {
	Key   string
	Value Value // of a string the beginning; of a list nothing
	Size  int   // bytes of a string, elements of a list
	Left  int64 // milliseconds that it has yet to live, 0 for ever
}

// Scanner reads a dict bit by bit: it holds the lock only for a moment, in which it
// allocates nothing, however large the dict is. What is there all the while is given once;
// what comes or goes meanwhile perhaps.
type Scanner struct {
	Prefix string // of keys that are wanted

	d     *Dict
	next  int // chain
	items [scanItems]Item
	spans [scanItems][4]int // of key and value in room
	room  []byte
}

// What one step has at most.
const (
	scanItems  = 128
	scanChains = 1024
	scanValue  = 1024 // bytes of a value
	scanRoom   = MaxKey + scanItems*scanValue
)

// Scanner begins at a place that Next has given, 0 for the beginning.
func (d *Dict) Scanner(from int) *Scanner {
	return &Scanner{d: d, next: from, room: make([]byte, 0, scanRoom)}
}

// Next gives some entries, at most about as many as are wanted, and where to go on; -1 at
// the end. The slice is good until the next call.
func (s *Scanner) Next(wanted int, now int64) (list []Item, next int) {
	wanted = min(wanted, scanItems)
	n := 0
	s.room = s.room[:0]
	chains := s.d.t.Buckets()
	last := min(s.next+scanChains, chains)
	s.d.seg.Lock()
	for ; s.next < last && n < wanted; s.next++ {
		was, size := n, len(s.room)
		fits := true
		for r := s.d.t.First(s.next); r != 0 && fits; r = s.d.t.Next(s.d.t.Node(r)) {
			e := s.d.node(r)
			key := s.d.t.Key(&e.Node)
			if e.expired(now) || !strings.HasPrefix(key, s.Prefix) {
				continue
			}
			if fits = n < scanItems && len(s.room)+len(key)+scanValue <= cap(s.room); fits {
				s.take(n, e, key, now)
				n++
			}
		}
		if !fits && was > 0 { // this chain is for the next step
			n, s.room = was, s.room[:size]
			break
		}
	}
	s.d.seg.Unlock()
	for i := range n {
		p, it := &s.spans[i], &s.items[i]
		it.Key = string(s.room[p[0]:p[1]])
		if it.Value.Type == String {
			it.Value.Str = s.room[p[2]:p[3]]
		}
	}
	if s.next >= chains {
		return s.items[:n], -1
	}
	return s.items[:n], s.next
}

// take copies an entry. The lock is held.
func (s *Scanner) take(n int, e *dictNode, key string, now int64) {
	it, p := &s.items[n], &s.spans[n]
	*it = Item{Value: Value{Type: Type(e.Kind), Flags: e.flags}, Size: int(e.length)}
	if e.expires != 0 {
		it.Left = int64(e.expires) - now
	}
	p[0] = len(s.room)
	s.room = append(s.room, key...)
	p[1] = len(s.room)
	switch it.Value.Type {
	case String:
		s.room = append(s.room, e.value()[:min(e.length, scanValue)]...)
	case Number:
		it.Value.Num = *e.number()
	case Bool:
		it.Value.Bool = e.value()[0] != 0
	}
	p[2], p[3] = p[1], len(s.room)
}
