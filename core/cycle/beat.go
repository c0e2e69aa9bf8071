package cycle

import (
	"time"

	"moongate/edge/sys/proc"
)

// Life is what the board says of the workers that serve.
type Life struct {
	Workers       int // that accept connections and have given a sign of life not long ago
	Usable, Peers int // of upstreams, as all these workers see them together
}

// Life looks at the signs of life that are not older than within. Workers that
// are about to end don't count.
func (b *Board) Life(within time.Duration) (l Life) {
	now := int64(proc.Monotonic())
	for i := range Rows {
		r := b.Row(i)
		at := r.Beat.Load()
		if r.Pid.Load() == 0 || at == 0 || now-at > int64(within) || r.Worker.Load() < 0 || r.Exiting.Load() != 0 {
			continue
		}
		l.Workers++
		l.Usable += int(r.Usable.Load())
		l.Peers += int(r.Peers.Load())
	}
	return l
}

// BeatEvery is how often a worker that is watched gives a sign of life.
const BeatEvery = 50 * time.Millisecond

// OnBeat has f called with each sign of life, for parts that read from the board.
// It does nothing where nobody watches.
// Only Part.Start may call it.
func (w *Worker) OnBeat(f func()) {
	if w.Cycle.Beats {
		w.onBeat = append(w.onBeat, f)
	}
}

// CountPeers has f asked, with each sign of life, how many servers stand behind
// this one, and how many of them can be used. Only Part.Start may call it.
func (w *Worker) CountPeers(f func() (usable, all int)) {
	if w.Cycle.Beats {
		w.peers = append(w.peers, f)
	}
}

// startBeat begins to give signs of life. They come from the event loop, so that
// a worker that hangs, or that a request keeps busy without end, gives none.
func (w *Worker) startBeat() {
	if !w.Cycle.Beats || w.Index < 0 {
		return
	}
	var again func()
	timer := w.Loop.NewTimer(func() { again() })
	again = func() {
		for _, f := range w.onBeat {
			f()
		}
		usable, all := 0, 0
		for _, f := range w.peers {
			u, a := f()
			usable, all = usable+u, all+a
		}
		w.Row.Usable.Store(int32(usable))
		w.Row.Peers.Store(int32(all))
		w.Row.Beat.Store(int64(proc.Monotonic()))
		timer.Reset(BeatEvery)
	}
	again()
}
