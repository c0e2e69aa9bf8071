package active

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"sync"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/health"
)

// Place is one address of a target.
type Place struct {
	Upstream string // its id
	Target   string // as written
	Address  netip.AddrPort
	Host     string // what it is asked as
}

// Key names its record.
func (p *Place) Key() string { return health.Key(p.Upstream, p.Target, p.Address.String()) }

// Upstream is what there is to check of one.
type Upstream struct {
	ID          string
	Checks      entity.Healthchecks
	Certificate *tls.Certificate // shown to targets; nil for none
	Places      []Place
}

// Checker asks addresses again and again, each on a goroutine of its own, and few at once.
type Checker struct {
	Table *health.Table
	// Turned is told of each address that an answer has made healthy or unhealthy.
	Turned func(p *Place, healthy bool, reason string)
	Log    func(text string)

	mu    sync.Mutex
	by    map[string]*watch // by the upstream's id
	slots chan struct{}
	ask   func(*probe, context.Context) Answer // in place of probe.ask, for tests
}

// atOnce is how many questions are under way, whatever the upstreams allow.
const atOnce = 256

// watch is an upstream that is being checked.
type watch struct {
	Upstream
	ctx    context.Context
	cancel context.CancelFunc
	slots  chan struct{}
	by     map[string]*watched // by key
}

// watched is one address.
type watched struct {
	cancel context.CancelFunc
	wake   chan struct{} // it has turned
}

// Set makes upstreams those that are checked, in place of the ones before. What stays as
// it was goes on undisturbed; the records of addresses that are gone are dropped.
func (c *Checker) Set(ctx context.Context, list []Upstream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.slots == nil {
		c.slots, c.by = make(chan struct{}, atOnce), map[string]*watch{}
		if c.ask == nil {
			c.ask = (*probe).ask
		}
	}
	stays := map[string]bool{}
	for i := range list {
		u := &list[i]
		stays[u.ID] = true
		w := c.by[u.ID]
		if w != nil && !w.same(u) {
			w.cancel()
			c.forget(w, u)
			w = nil
		}
		if w == nil {
			w = &watch{Upstream: *u, by: map[string]*watched{}, slots: make(chan struct{}, max(min(u.Checks.Active.Concurrency, atOnce), 1))}
			w.ctx, w.cancel = context.WithCancel(ctx)
			c.by[u.ID] = w
		}
		c.places(w, u.Places)
	}
	for id, w := range c.by {
		if !stays[id] {
			w.cancel()
			c.forget(w, &Upstream{})
			delete(c.by, id)
		}
	}
}

func (w *watch) same(u *Upstream) bool {
	return reflect.DeepEqual(w.Checks, u.Checks) && reflect.DeepEqual(w.Certificate, u.Certificate)
}

// forget drops the records of places that are not in now.
func (c *Checker) forget(w *watch, now *Upstream) {
	stays := map[string]bool{}
	for i := range now.Places {
		stays[now.Places[i].Key()] = true
	}
	for key := range w.by {
		if !stays[key] {
			c.Table.Forget(key)
		}
	}
}

func (c *Checker) places(w *watch, list []Place) {
	stays := map[string]bool{}
	for _, p := range list {
		key := p.Key()
		if stays[key] = true; w.by[key] != nil {
			continue
		}
		ctx, cancel := context.WithCancel(w.ctx)
		one := &watched{cancel, make(chan struct{}, 1)}
		w.by[key] = one
		if a := &w.Checks.Active; a.Healthy.Interval > 0 || a.Unhealthy.Interval > 0 {
			go c.follow(ctx, w, newProbe(&w.Upstream, p), one)
		}
	}
	for key, one := range w.by {
		if !stays[key] {
			one.cancel()
			delete(w.by, key)
			c.Table.Forget(key)
		}
	}
}

// Wake tells that an address has turned by somebody else's word: how often it is asked
// may be another matter now.
func (c *Checker) Wake(upstream, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.by[upstream]; w != nil && w.by[key] != nil {
		select {
		case w.by[key].wake <- struct{}{}:
		default:
		}
	}
}

// follow asks one address until the context ends.
func (c *Checker) follow(ctx context.Context, w *watch, q *probe, one *watched) {
	key, a := q.place.Key(), &w.Checks.Active
	limits := health.NewLimits(a.Healthy.Successes, a.Unhealthy.HTTPFailures, a.Unhealthy.TCPFailures, a.Unhealthy.Timeouts)
	for first := true; ; first = false {
		every := a.Healthy.Interval
		if !c.Table.Healthy(key) {
			every = a.Unhealthy.Interval
		}
		var due <-chan time.Time
		if every > 0 {
			due = time.After(spread(every, first))
		}
		select {
		case <-ctx.Done():
			return
		case <-one.wake:
			continue
		case <-due:
		}
		if !take(ctx, w.slots) {
			return
		}
		if !take(ctx, c.slots) {
			<-w.slots
			return
		}
		answer := c.ask(q, ctx)
		<-c.slots
		<-w.slots
		if ctx.Err() != nil {
			return // it was cut off, and says nothing
		}
		s, err := c.Table.Count(key, answer.Event, &limits)
		switch {
		case err != nil:
			c.Log(fmt.Sprintf("health of %s: %s", q.place.Target, err))
		case s.Turned:
			c.Turned(&q.place, s.Healthy, health.Reason("active check", answer.Event, limits[answer.Event], answer.Detail))
		}
	}
}

func take(ctx context.Context, slots chan struct{}) bool {
	select {
	case slots <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// spread is how long to wait: at first any part of the interval, so that many addresses
// are not asked all at once, then the interval give or take a tenth, so that they do not
// fall into step.
func spread(seconds float64, first bool) time.Duration {
	d := seconds * float64(time.Second)
	if first {
		return time.Duration(d * rand.Float64())
	}
	return time.Duration(d * (0.9 + 0.2*rand.Float64()))
}
