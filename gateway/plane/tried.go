package plane

import (
	"maps"
	"sync"
	"sync/atomic"

	"moongate/gateway/live"
)

// tried is where the counts of an upstream's targets are, by their names. A name is added
// once in a worker's life; requests only read.
type tried struct {
	spots atomic.Pointer[map[string]*live.Spot]
	mu    sync.Mutex // of those who add one
}

// Live is where the counts of this second of a target are, by its name as it is written.
func (w *Watch) Live(server string) *live.Spot {
	if by := w.tried.spots.Load(); by != nil {
		if s := (*by)[server]; s != nil {
			return s
		}
	}
	return w.tried.add(server)
}

func (t *tried) add(server string) *live.Spot {
	t.mu.Lock()
	defer t.mu.Unlock()
	by := map[string]*live.Spot{}
	if old := t.spots.Load(); old != nil {
		if s := (*old)[server]; s != nil {
			return s
		}
		maps.Copy(by, *old)
	}
	s := new(live.Spot)
	by[server] = s
	t.spots.Store(&by)
	return s
}

// Connections adds up how many connections each of the upstream's targets has.
func (w *Watch) Connections(by map[live.Key]int) {
	r := w.rules.Load()
	if r == nil {
		return
	}
	for _, g := range r.groups {
		g.EachPeer(func(server string, conns int64) {
			if conns > 0 {
				by[live.Key{Kind: live.OfTarget, ID: w.ID, Of: server}] += int(conns)
			}
		})
	}
}

// Connections adds up those of all upstreams.
func (p *Plane) Connections(by map[live.Key]int) {
	p.upstreams.Each(func(_ string, u *Upstream) { u.watch.Connections(by) })
}
