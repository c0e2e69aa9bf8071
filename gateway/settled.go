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
	mu    sync.Mutex
	by    map[int]taken // by pid
	marks uint64        // how many marks there have been
	more  chan struct{} // closed when something has changed
}

// taken is how far a worker is: the revision that it serves by, and the last mark.
type taken struct{ revision, mark uint64 }

func (a *applications) join(pid int) { a.note(pid, func(t *taken) { *t = taken{} }) }

// note is told how far a worker is.
func (a *applications) note(pid int, change func(*taken)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[int]taken{}
	}
	t := a.by[pid]
	change(&t)
	a.by[pid] = t
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

// mark puts the last mark behind frames, for a worker that has missed it.
func (a *applications) mark(frames []byte) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	return feed.AppendFrame(frames, mark, strconv.AppendUint(nil, a.marks, 10))
}

// next is the number of a mark that there was not yet.
func (a *applications) next() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.marks++
	return a.marks
}

// behind tells whether some worker has not come so far yet, and what to wait for. One that
// is not connected may serve by what it was told long ago.
func (a *applications) behind(pids []int, goal taken) (<-chan struct{}, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, pid := range pids {
		if t, ok := a.by[pid]; !ok || t.revision < goal.revision || t.mark < goal.mark {
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

// settle waits until all workers serve by a revision, so that who has written a route and
// asks for it at once finds it.
func (o *office) settle(ctx context.Context, revision uint64) {
	o.reach(ctx, taken{revision: revision})
}

// settleAll waits until all workers have taken what they were told so far.
func (o *office) settleAll(ctx context.Context) {
	n := o.applied.next()
	o.feed.Publish(func() []byte { return o.applied.mark(nil) })
	o.reach(ctx, taken{mark: n})
}

// reach waits until all workers that take requests are so far.
func (o *office) reach(ctx context.Context, goal taken) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		more, behind := o.applied.behind(o.served(), goal)
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
	case applied, mark:
		n, err := strconv.ParseUint(string(body), 10, 64)
		if err != nil {
			return
		}
		o.applied.note(w.Pid, func(t *taken) {
			if k == applied {
				t.revision = n
			} else {
				t.mark = n
			}
		})
	case turned:
		o.checks.hear(body)
	case counted:
		o.hear(body)
	}
}
