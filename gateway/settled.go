package gateway

import (
	"context"
	"strconv"
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/gateway/feed"
)

// applications is what each worker has taken of what it was told, as far as it has said.
type applications struct {
	mu   sync.Mutex
	by   map[int]uint64 // the revision that a worker serves by, by pid
	last time.Time      // when one of them has said so
	more chan struct{}  // closed when something has changed
}

func (a *applications) join(pid int) { a.note(pid, 0) }

// note is told how far a worker is.
func (a *applications) note(pid int, revision uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[int]uint64{}
	}
	a.by[pid], a.last = revision, time.Now()
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

// reached is the revision that all these workers serve by, and since when.
func (a *applications) reached(pids []int) (revision uint64, since time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, pid := range pids {
		if is := a.by[pid]; i == 0 || is < revision {
			revision = is
		}
	}
	return revision, a.last
}

// behind tells whether some worker has not come so far yet, and what to wait for. One that
// is not connected may serve by what it was told long ago.
func (a *applications) behind(pids []int, revision uint64) (<-chan struct{}, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, pid := range pids {
		if is, ok := a.by[pid]; !ok || is < revision {
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
const patience = 3 * time.Second

// settle waits until all workers serve by a revision, so that who has written a route and
// asks for it at once finds it.
func (o *office) settle(ctx context.Context, revision uint64) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		more, behind := o.applied.behind(o.served(), revision)
		if !behind {
			return
		}
		select {
		case <-more:
		case <-time.After(20 * time.Millisecond): // nobody tells that a worker has ended
		case <-ctx.Done():
			return
		}
	}
}

// serving are the workers that take requests, of this process's generation and later ones.
// Those before it finish what they have begun.
func serving(w *cycle.Worker) (pids []int) {
	for i := range cycle.Rows {
		r := w.Cycle.Board.Row(i)
		pid := int(r.Pid.Load())
		if pid != 0 && r.Worker.Load() >= 0 && r.Exiting.Load() == 0 && int(r.Generation.Load()) >= w.Cycle.Generation {
			pids = append(pids, pid)
		}
	}
	return pids
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
