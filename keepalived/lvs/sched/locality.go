package sched

import (
	"net/netip"
	"slices"
	"time"
)

// Times of lblc and lblcr: what nobody asked for in a day is forgotten, and lblcr
// takes a server off a set that was the same for that long.
const (
	keep  = 24 * time.Hour
	sweep = 30 * time.Minute
)

// most is how many addresses are remembered; with more, those go that were not
// asked for in six minutes, and then any.
const most = 16384

const crowded = 6 * time.Minute

// cache remembers by the address that clients ask for: these schedulers are for
// fleets of web caches behind marks of the firewall.
type cache[T any] struct {
	byAddr map[netip.Addr]*entry[T]
	swept  time.Time
}

type entry[T any] struct {
	what T
	used time.Time
}

func (c *cache[T]) get(a netip.Addr, now time.Time) *T {
	if now.Sub(c.swept) >= sweep {
		c.drop(now, keep)
		c.swept = now
	}
	e := c.byAddr[a]
	if e == nil {
		return nil
	}
	e.used = now
	return &e.what
}

func (c *cache[T]) put(a netip.Addr, now time.Time, what T) {
	if c.byAddr == nil {
		c.byAddr = map[netip.Addr]*entry[T]{}
	}
	if len(c.byAddr) >= most {
		c.drop(now, crowded)
	}
	for old := range c.byAddr {
		if len(c.byAddr) < most {
			break
		}
		delete(c.byAddr, old)
	}
	c.byAddr[a] = &entry[T]{what, now}
}

func (c *cache[T]) drop(now time.Time, unused time.Duration) {
	for a, e := range c.byAddr {
		if now.Sub(e.used) > unused {
			delete(c.byAddr, a)
		}
	}
}

// crowdedOut: a server has more connections than weight while another has less
// than half of its own.
func crowdedOut(s *Server, list []*Server) bool {
	return s.Active > s.Weight && slices.ContainsFunc(list, func(o *Server) bool { return o.Active*2 < o.Weight })
}

// locality is lblc: an address keeps its server until that is overloaded.
type locality struct {
	list  []*Server
	cache cache[*Server]
}

func (l *locality) Update(list []*Server) { l.list = slices.Clone(list) }

func (l *locality) Pick(c Client) *Server {
	if had := l.cache.get(c.To, c.Now); had != nil {
		if s := *had; !s.gone && s.Weight > 0 && !crowdedOut(s, l.list) {
			return s
		}
	}
	s := leastWeighted.pick(l.list)
	if s != nil {
		l.cache.put(c.To, c.Now, s)
	}
	return s
}

// replicated is lblcr: an address has a set of servers, which grows when the best
// of them is overloaded and shrinks when it hasn't changed for a day.
type replicated struct {
	list  []*Server
	cache cache[set]
}

type set struct {
	servers []*Server
	changed time.Time
}

func (r *replicated) Update(list []*Server) { r.list = slices.Clone(list) }

func (r *replicated) Pick(c Client) *Server {
	had := r.cache.get(c.To, c.Now)
	if had != nil {
		had.servers = slices.DeleteFunc(had.servers, (*Server).Gone)
		s := leastWeighted.pick(had.servers)
		if len(had.servers) > 1 && c.Now.Sub(had.changed) > keep {
			had.shrink(c.Now)
		}
		if s != nil && !crowdedOut(s, r.list) {
			return s
		}
	}
	s := leastWeighted.pick(r.list)
	switch {
	case s == nil:
	case had == nil:
		r.cache.put(c.To, c.Now, set{[]*Server{s}, c.Now})
	case !slices.Contains(had.servers, s):
		had.servers, had.changed = append(had.servers, s), c.Now
	}
	return s
}

// shrink takes the busiest server off.
func (t *set) shrink(now time.Time) {
	worst := -1
	for i, s := range t.servers {
		if s.Weight > 0 && (worst < 0 || leastWeighted.less(t.servers[worst], s)) {
			worst = i
		}
	}
	if worst >= 0 {
		t.servers, t.changed = slices.Delete(t.servers, worst, worst+1), now
	}
}
