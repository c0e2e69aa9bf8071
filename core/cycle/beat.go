package cycle

import (
	"time"

	"moongate/edge/sys/proc"
)

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
