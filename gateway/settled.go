package gateway

import (
	"context"
	"strconv"
	"sync"
	"time"

	"moongate/gateway/feed"
)

// applications is which revision each worker serves by, as far as it has said.
type applications struct {
	mu   sync.Mutex
	by   map[int]uint64 // by pid
	more chan struct{}  // closed when something has changed
}

// note is told that a worker serves by a revision.
func (a *applications) note(pid int, revision uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[int]uint64{}
	}
	a.by[pid] = revision
	a.wake()
}

func (a *applications) forget(pid int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.by, pid)
	a.wake()
}

func (a *applications) wake() {
	if a.more != nil {
		close(a.more)
		a.more = nil
	}
}

// behind tells whether some worker does not serve by a revision yet, and what to wait for.
func (a *applications) behind(revision uint64) (<-chan struct{}, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.by {
		if r < revision {
			if a.more == nil {
				a.more = make(chan struct{})
			}
			return a.more, true
		}
	}
	return nil, false
}

// patience is how long the answer to a write waits for the workers: one that computes for
// long shall not hold up whoever administers.
const patience = time.Second

// settle waits until all workers that are connected serve by a revision, so that who has
// written a route and asks for it at once finds it.
func (o *office) settle(ctx context.Context, revision uint64) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		more, behind := o.applied.behind(revision)
		if !behind {
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			return
		}
	}
}

// report takes what workers say.
func (o *office) report(w feed.Worker, k feed.Kind, body []byte) {
	switch k {
	case applied:
		if n, err := strconv.ParseUint(string(body), 10, 64); err == nil {
			o.applied.note(w.Pid, n)
		}
	case turned:
		o.checks.hear(body)
	case counted:
		o.hear(body)
	}
}
