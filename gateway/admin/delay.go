package admin

import (
	"sync"
	"time"
)

// delays make guessing at logins slow: after some free tries of a key the next has to wait
// a second, and each one after that twice as long. A try counts before it is known to
// be wrong, or many at once would all be free.
type delays struct {
	free  int           // tries without delay
	most  time.Duration // the longest one
	mu    sync.Mutex
	tries map[string]tried
}

type tried struct {
	n     int
	last  time.Time
	until time.Time // no try before
}

// Delays of logins. They end short: strangers who guess at somebody's name, or from behind
// somebody's proxy, must not be able to lock others out.
const (
	freeOfAddress = 10
	freeOfName    = 5
	mostOfAddress = time.Minute
	mostOfName    = 30 * time.Second
	// forgotten is how long a key has to be quiet, beyond its delay, to be as new.
	forgotten  = 15 * time.Minute
	maxDelayed = 4096
)

// try notes a try, or gives how long to wait for it.
func (d *delays) try(key string, now time.Time) (wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tries[key]
	switch {
	case now.Before(t.until):
		return t.until.Sub(now)
	case t.over(now):
		t = tried{}
	}
	t.n, t.last = t.n+1, now
	if over := t.n - d.free; over >= 0 {
		t.until = now.Add(d.delay(over))
	}
	if d.tries == nil {
		d.tries = map[string]tried{}
	}
	if _, there := d.tries[key]; !there && len(d.tries) >= maxDelayed {
		d.room(now)
	}
	d.tries[key] = t
	return 0
}

func (d *delays) delay(over int) time.Duration {
	const doublings = 20 // beyond, it would overflow one day
	return min(time.Second<<min(over, doublings), d.most)
}

func (t tried) over(now time.Time) bool {
	return now.Sub(t.last) > forgotten && now.Sub(t.until) > forgotten
}

// room throws out some that have become as new, or else any: whoever fills the table
// throws out mostly what is its own, and pays a delayed try for each.
func (d *delays) room(now time.Time) {
	const few = 64
	seen, gone := 0, 0
	for key, t := range d.tries { // in no order
		if t.over(now) {
			delete(d.tries, key)
			gone++
		}
		if seen++; seen == few {
			break
		}
	}
	for key := range d.tries {
		if gone > 0 {
			return
		}
		delete(d.tries, key)
		gone++
	}
}

// right forgets a key's tries: the last one was right.
func (d *delays) right(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.tries, key)
}

// undo takes a try back that was not made in the end.
func (d *delays) undo(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t, there := d.tries[key]; there {
		t.n, t.until = t.n-1, time.Time{}
		d.tries[key] = t
	}
}

// familiar remembers some who have come in: a name and an address each.
type familiar struct {
	mu   sync.Mutex
	list map[string]struct{}
}

func (f *familiar) has(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, there := f.list[key]
	return there
}

func (f *familiar) add(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.list == nil {
		f.list = map[string]struct{}{}
	}
	for other := range f.list {
		if len(f.list) < maxSessions {
			break
		}
		delete(f.list, other) // any
	}
	f.list[key] = struct{}{}
}
