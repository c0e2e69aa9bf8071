package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/core/version"
	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// nodes shows this node to others that have the same store, and theirs to the Admin API.
// Where the store is nobody else's there is this one alone.
type nodes struct {
	self  func() admin.NodeState
	notes store.Notes // nil: there are no others
	board *cycle.Board

	mu   sync.Mutex
	seen map[string]admin.NodeState // others, as they were last
}

const (
	// A note lasts so long that a node which is slow for a moment is not taken for gone.
	noteLasts = 10 * time.Second
	noteEvery = 4 * time.Second
	// Of what changes others learn within half a second, but not each of fifty changes a
	// second.
	noteSoonest  = 400 * time.Millisecond
	notePatience = 2 * time.Second
	// goneFor is how long a node is shown that is gone.
	goneFor = time.Hour
)

// show leaves notes until the context ends.
func (n *nodes) show(ctx context.Context) error {
	if n.notes == nil {
		<-ctx.Done()
		return nil
	}
	var last admin.NodeState
	var left time.Time
	tick := time.NewTicker(noteSoonest)
	defer tick.Stop()
	for {
		now := n.self()
		if time.Since(left) > noteEvery || !alike(last, now) {
			ask, cancel := context.WithTimeout(ctx, notePatience)
			if n.leave(ask, &now) == nil {
				last, left = now, time.Now()
			}
			cancel()
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// alike tells whether nobody need be told of a difference at once.
func alike(a, b admin.NodeState) bool {
	a.SeenAt, a.RequestsPerSecond = b.SeenAt, b.RequestsPerSecond
	return reflect.DeepEqual(a, b)
}

func (n *nodes) leave(ctx context.Context, s *admin.NodeState) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return n.notes.Leave(ctx, s.ID, b, noteLasts)
}

// List implements admin.Nodes.
func (n *nodes) List(ctx context.Context) ([]admin.NodeState, error) {
	own := n.self()
	own.Self = true
	list := []admin.NodeState{own}
	if n.notes == nil {
		return list, nil
	}
	ctx, cancel := context.WithTimeout(ctx, notePatience)
	defer cancel()
	notes, trouble := n.notes.Notes(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	for id, note := range notes {
		var s admin.NodeState
		if json.Unmarshal(note, &s) == nil && s.ID == id {
			n.seen[id] = s
		}
	}
	for id, s := range n.seen {
		if age := time.Since(time.UnixMilli(int64(s.SeenAt * 1000))); age > goneFor {
			delete(n.seen, id)
			continue
		}
		if trouble == nil && notes[id] == nil {
			s.State, s.RequestsPerSecond = "gone", 0
			n.seen[id] = s
		}
	}
	others := maps.Clone(n.seen)
	delete(others, own.ID)
	return append(list, slices.SortedFunc(maps.Values(others), func(a, b admin.NodeState) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})...), trouble
}

// newNodes makes them; st is the store.
func (o *office) newNodes(w *cycle.Worker, st store.Store) error {
	id, err := o.main.node()
	if err != nil {
		return err
	}
	notes, _ := st.(store.Notes)
	rate := &rate{count: func() int64 { return o.gauges.engine.Sum().Requests }}
	started, board := seconds(time.Now()), w.Cycle.Board
	address := ""
	if list := o.main.adminListens(); len(list) > 0 {
		address = list[0].Listener
	}
	o.nodes = &nodes{notes: notes, board: board, seen: map[string]admin.NodeState{}, self: func() admin.NodeState {
		pids := o.served()
		revision, since := o.applied.reached(pids)
		s := admin.NodeState{ID: id, Name: w.Cycle.Hostname, Address: address, Version: version.Moongate, State: "serving", StartedAt: started,
			SeenAt: seconds(time.Now()), Revision: revision, RevisionAt: seconds(since), Workers: len(pids), RequestsPerSecond: rate.now(),
			Virtual: board.Virtuals()}
		if board.Leaving() {
			s.State = "draining"
		}
		if err := o.desired.Err(); err != nil {
			s.Trouble = err.Error()
		}
		return s
	}}
	return nil
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// rate is how often something is counted a second, over the last moments.
type rate struct {
	count func() int64

	mu    sync.Mutex
	last  int64
	at    time.Time
	value float64
}

func (r *rate) now() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if d := time.Since(r.at); d >= noteSoonest {
		n := r.count()
		if !r.at.IsZero() {
			r.value = float64(n-r.last) / d.Seconds()
		}
		r.last, r.at = n, time.Now()
	}
	return r.value
}

// drain does what an act says of a virtual router of this node.
func (n *nodes) drain(a *entity.Act) error {
	if a.ID == n.self().ID && !n.board.SetDrain(a.Of, a.Name == entity.Drain) {
		return fmt.Errorf("%s of \"%s\": there is no such instance of VRRP here", a.Name, a.Of)
	}
	return nil
}
