package admin

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// Live is what GET /live tells each second.
type Live struct {
	Summary
	Workers  []LiveWorker  `json:"workers"`
	Routes   []LiveRoute   `json:"routes"` // the busiest
	Services []LiveRoute   `json:"services"`
	Releases []LiveRelease `json:"releases"`
	Targets  []LiveTarget  `json:"targets"`
	// VirtualAddresses are those of all nodes.
	VirtualAddresses []VirtualAddress `json:"virtual_addresses"`
}

// Summary is the part of it that is about all together, and is remembered for a while.
// Rates are per second, and of the second that ends at Time.
type Summary struct {
	Time              float64      `json:"time"` // seconds since 1970
	Node              string       `json:"node"`
	RequestsPerSecond float64      `json:"requests_per_second"`
	InPerSecond       float64      `json:"bytes_in_per_second"`
	OutPerSecond      float64      `json:"bytes_out_per_second"`
	Latency           LiveLatency  `json:"latency_ms"`
	Errors            LiveErrors   `json:"errors"`
	Status            LiveStatuses `json:"status"`
	Connections       LiveConns    `json:"connections"`
	Revision          uint64       `json:"revision"`
}

// LiveLatency is percentiles of how long whole requests took; 0 where there were none.
type LiveLatency struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
}

// LiveErrors are errors by who has caused them.
type LiveErrors struct {
	Client   float64 `json:"client"`
	Gateway  float64 `json:"gateway"`
	Upstream float64 `json:"upstream"`
}

// LiveStatuses are answers by the hundreds of their status.
type LiveStatuses struct {
	Informational float64 `json:"1xx"`
	Success       float64 `json:"2xx"`
	Redirection   float64 `json:"3xx"`
	ClientError   float64 `json:"4xx"`
	ServerError   float64 `json:"5xx"`
}

// LiveConns are clients' connections.
type LiveConns struct {
	Active   uint64  `json:"active"`
	Reading  uint64  `json:"reading"`
	Writing  uint64  `json:"writing"`
	Waiting  uint64  `json:"waiting"`
	Accepted float64 `json:"accepted_per_second"`
}

// LiveWorker is one process that serves.
type LiveWorker struct {
	ID                int     `json:"id"`
	Pid               int     `json:"pid"`
	CPU               float64 `json:"cpu"`    // share of one processor
	Memory            int64   `json:"memory"` // bytes
	RequestsPerSecond float64 `json:"requests_per_second"`
	Connections       uint64  `json:"connections"`
	State             string  `json:"state"` // serving, or ending: it finishes what it has begun
}

// LiveRoute is a route, or a service with all its routes. Errors are those that the gateway
// or the service has caused.
type LiveRoute struct {
	ID                string  `json:"id"`
	Name              string  `json:"name"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	P95               float64 `json:"p95_ms"`
	Errors            float64 `json:"errors_per_second"`
}

// LiveRelease is a release with both its variants.
type LiveRelease struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Variants []LiveVariant `json:"variants"`
}

// LiveVariant is one of them. Errors are answers of 500 and above, as a guard counts them;
// Share is that of the release's requests, from 0 to 1.
type LiveVariant struct {
	Name              string  `json:"name"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	P50               float64 `json:"p50_ms"`
	P95               float64 `json:"p95_ms"`
	Errors            float64 `json:"errors_per_second"`
	Share             float64 `json:"share"`
}

// LiveTarget is a target of an upstream. Requests are tries, Errors those that failed.
type LiveTarget struct {
	ID                string  `json:"id"`
	Upstream          string  `json:"upstream"`
	Target            string  `json:"target"`
	Health            string  `json:"health"` // in Kong's words
	Weight            int     `json:"weight"`
	Draining          bool    `json:"draining"` // it gets no new requests
	Connections       uint64  `json:"connections"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	P95               float64 `json:"p95_ms"`
	Errors            float64 `json:"errors_per_second"`
}

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
	b.over = true
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
