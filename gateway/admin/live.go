package admin

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// Watch is where Live comes from. One goroutine calls it.
type Watch interface {
	// Second is what there was since it was called last. It is called each second, whoever
	// looks, and must cost next to nothing.
	Second(now time.Time) Summary
	// All is a whole tick; it is called only while somebody looks.
	All(now time.Time, s Summary) *Live
}

const (
	liveEvery   = time.Second
	liveHistory = 300 // seconds that are remembered
	liveWaiting = 2   // ticks that wait for one page; one that is slower misses some
	maxWatchers = 64
)

// board has what followers of /live and readers of /live/history are told.
type board struct {
	mu      sync.Mutex
	to      map[*watcher]bool
	wake    chan struct{}
	history []Summary // oldest first
	over    bool
	done    chan struct{} // closed when all streams shall end
}

type watcher struct {
	ticks chan []byte
	begun bool
}

// WatchLive reads what goes on until the context ends.
func (h *Handler) WatchLive(ctx context.Context) error {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	return h.watchLive(ctx, tick.C)
}

func (h *Handler) watchLive(ctx context.Context, seconds <-chan time.Time) error {
	b := &h.board
	var latest []byte // a whole tick, and when it was made
	var at time.Time
	last := h.Watch.Second(time.Now())
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-seconds:
			last = h.Watch.Second(now)
			b.remember(last)
			if !b.watched() || now.Sub(at) < liveEvery/2 {
				continue
			}
			latest, at = h.tick(now, last), now
			b.tell(latest, false)
		case <-b.wake:
			// The first page shall not wait for its first tick, and others see the one that
			// there is.
			if now := time.Now(); now.Sub(at) > liveEvery*3/2 {
				latest, at = h.tick(now, last), now
			}
			b.tell(latest, true)
		}
	}
}

func (h *Handler) tick(now time.Time, s Summary) []byte {
	data, err := json.Marshal(h.Watch.All(now, s))
	if err != nil {
		h.log("admin: " + err.Error())
		return nil
	}
	return append(append([]byte("event: tick\ndata: "), data...), "\n\n"...)
}

func (b *board) remember(s Summary) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.history) == liveHistory {
		copy(b.history, b.history[1:])
		b.history = b.history[:liveHistory-1]
	}
	b.history = append(b.history, s)
}

func (b *board) watched() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.to) > 0
}

// tell sends a tick to all, or to those who have had none yet.
func (b *board) tell(tick []byte, fresh bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.to {
		if tick == nil || fresh && w.begun {
			continue
		}
		select {
		case w.ticks <- tick:
			w.begun = true
		default:
		}
	}
}

func (b *board) join() *watcher {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := &watcher{ticks: make(chan []byte, liveWaiting)}
	if b.over {
		close(w.ticks)
		return w
	}
	b.to[w] = true
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return w
}

func (b *board) leave(w *watcher) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.to, w)
}

// end lets all go.
func (b *board) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.over {
		b.over = true
		close(b.done)
	}
	for w := range b.to {
		close(w.ticks)
	}
	clear(b.to)
}

// live is GET /live: a stream of ticks, one each second.
func (c *call) live() *reply {
	if c.Watch == nil {
		return notFound()
	}
	s, ok := c.beginStream()
	if !ok {
		return nil
	}
	w := c.board.join()
	defer c.board.leave(w)
	for {
		select {
		case tick, more := <-w.ticks:
			if !more || s.send(tick) != nil {
				return nil
			}
		case <-c.r.Context().Done():
			return nil
		}
	}
}

func (c *call) liveHistory() *reply {
	if c.Watch == nil {
		return notFound()
	}
	c.board.mu.Lock()
	defer c.board.mu.Unlock()
	return ok(map[string]any{"data": append([]Summary{}, c.board.history...)})
}
