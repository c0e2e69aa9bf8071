package plane

import (
	"strings"
	"sync"
	"sync/atomic"

	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/health"
)

// Watch is what is known of the health of an upstream's peers. Its groups have it as their
// Owner.
type Watch struct {
	ID    string
	table *health.Table
	tally *tally // nil: it is in no plane
	rules atomic.Pointer[rules]
	tried tried

	mu          sync.Mutex // of what the last Judge has found
	usable, all int
	left        bool
}

// tally is how many peers all upstreams of a Keeper have together.
type tally struct{ usable, all atomic.Int64 }

// Usable counts the peers of all upstreams, and those among them that requests may go to.
// It costs nothing: each upstream counts its own when they are judged.
func (k *Keeper) Usable() (usable, all int) {
	return int(k.tally.usable.Load()), int(k.tally.all.Load())
}

// count notes what an upstream's peers are; needs the lock.
func (w *Watch) count(usable, all int) {
	if w.tally == nil || w.left {
		return
	}
	w.tally.usable.Add(int64(usable - w.usable))
	w.tally.all.Add(int64(all - w.all))
	w.usable, w.all = usable, all
}

// leave is for an upstream that is no more.
func (w *Watch) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count(0, 0)
	w.left = true
}

// rules are what an upstream's healthchecks say, and the groups that they are about.
type rules struct {
	used      bool
	passive   *health.Passive // nil: requests are not looked at
	threshold float64
	groups    []*upstream.Group
}

// WatchOf is the watch of a group's upstream; nil where it has none, or there is no group.
func WatchOf(g *upstream.Group) *Watch {
	if g == nil {
		return nil
	}
	w, _ := g.Owner.(*Watch)
	return w
}

// rule takes what the upstream says now, and judges by it.
func (w *Watch) rule(u *entity.Upstream, groups []*upstream.Group) {
	w.rules.Store(&rules{used: health.InUse(&u.Healthchecks), passive: health.NewPassive(&u.Healthchecks.Passive),
		threshold: u.Healthchecks.Threshold, groups: groups})
	w.Judge()
}

// Passive is what to make of requests that have passed; nil for nothing.
func (w *Watch) Passive() *health.Passive {
	if r := w.rules.Load(); r != nil && r.used {
		return r.passive
	}
	return nil
}

// Judge marks the peers that are sick by what the table says. Any goroutine may call it.
func (w *Watch) Judge() {
	r := w.rules.Load()
	if r == nil {
		return
	}
	well := func(p *upstream.Peer) bool {
		return !r.used || w.table == nil || w.table.Healthy(health.Key(w.ID, p.Server, p.Name))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, g := range r.groups {
		usable, all := g.Judge(well, r.threshold)
		if i == 0 { // the others have some of the same
			w.count(usable, all)
		}
	}
}

// Count takes an event of a peer in. State.Turned: somebody has to be told.
func (w *Watch) Count(server, address string, e health.Event, l *health.Limits) (health.State, error) {
	if w.table == nil {
		return health.State{Healthy: true}, nil
	}
	s, err := w.table.Count(health.Key(w.ID, server, address), e, l)
	if s.Turned {
		w.Judge()
	}
	return s, err
}

// Judge has the peers of upstreams judged anew: those with the ids, or all.
func (p *Plane) Judge(ids []string) {
	for _, id := range ids {
		if name := p.upstreamNames.Get(id); name != nil {
			p.upstreams.Get(*name).watch.Judge()
		}
	}
}

// JudgeAll has all peers judged anew.
func (k *Keeper) JudgeAll() {
	p := k.Now()
	for d := range k.state.All("upstreams") {
		if e, err := entity.Decode[entity.Upstream](d); err == nil {
			if u := p.upstreams.Get(strings.ToLower(e.Name)); u != nil {
				u.watch.Judge()
			}
		}
	}
}
