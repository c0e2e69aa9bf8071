package proxy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"moongate/edge/sys/relay"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/place"
)

const (
	tcp = 6
	udp = 17
)

// Options are what a plane may be told when it is made.
type Options struct {
	Limit int           // connections and sessions at one time; 0: a sixth of the descriptors that the process may have
	Dial  time.Duration // how long a server may take to accept; 0: 5 seconds
	Place place.Place   // where its sockets are; Close leaves it
}

// Plane carries connections in user space.
type Plane struct {
	mu       sync.Mutex
	opts     Options
	slots    chan struct{} // one for each connection that is open
	services map[lvs.Key]*service
	order    []lvs.Key
	told     map[lvs.Key]string // what was said of services that can't be
	timeouts atomic.Pointer[lvs.Timeouts]
	leaving  []*service // closed, but with connections
	ctx      context.Context
	cancel   context.CancelFunc
	done     sync.WaitGroup
}

// New makes a plane. It has no goroutines until there are services, but one.
func New(opts Options) (*Plane, error) {
	if opts.Limit <= 0 {
		// Two sockets and at worst two pipes of two ends each.
		opts.Limit = max(relay.Descriptors()/6, 64)
	}
	if opts.Dial <= 0 {
		opts.Dial = 5 * time.Second
	}
	p := &Plane{opts: opts, slots: make(chan struct{}, opts.Limit), services: map[lvs.Key]*service{},
		told: map[lvs.Key]string{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.SetTimeouts(lvs.Timeouts{})
	p.done.Go(p.sweep)
	return p, nil
}

// Name is the word of lvs_backend.
func (p *Plane) Name() string { return "proxy" }

// SetTimeouts sets after how long silence ends a connection.
func (p *Plane) SetTimeouts(t lvs.Timeouts) error {
	for _, d := range []struct {
		of    *time.Duration
		other time.Duration
	}{{&t.TCP, 900 * time.Second}, {&t.TCPFin, 120 * time.Second}, {&t.UDP, 300 * time.Second}} {
		if *d.of <= 0 {
			*d.of = d.other
		}
	}
	p.timeouts.Store(&t)
	return nil
}

// Cannot says what of a service can't be done by proxying.
func (p *Plane) Cannot(s *lvs.Service) []string {
	var why []string
	if w := impossible(s); w != "" {
		why = append(why, w)
	}
	seen := map[lvs.Method]bool{}
	for _, d := range s.Dests {
		if m := d.Forward.Method; m != lvs.NAT && !seen[m] {
			seen[m] = true
			why = append(why, m.String()+": its connections are proxied")
		}
	}
	return why
}

// impossible is why a service can't be at all, or nothing.
func impossible(s *lvs.Service) string {
	switch {
	case s.FwMark != 0:
		return "virtual servers by firewall mark"
	case s.Protocol != tcp && s.Protocol != udp:
		return "protocols other than TCP and UDP"
	case s.Port == 0:
		return "virtual servers of all ports"
	case s.Engine != "":
		return "persistence_engine " + s.Engine
	case s.OnePacket && s.Protocol == udp:
		return "one packet scheduling"
	}
	return ""
}

// Apply makes these the services. Connections of one that left go on; datagrams
// don't.
func (p *Plane) Apply(services []*lvs.Service) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	wanted := map[lvs.Key]bool{}
	p.order = p.order[:0]
	var errs []error
	fault := func(k lvs.Key, err error) {
		errs = append(errs, fmt.Errorf("%v: %w", netip.AddrPortFrom(k.Addr, k.Port), err))
	}
	for _, s := range services {
		if why := impossible(s); why != "" {
			// Said once: Apply comes again and again.
			if p.told[s.Key] != why {
				p.told[s.Key] = why
				fault(s.Key, errors.New("a proxy can't do "+why))
			}
			continue
		}
		delete(p.told, s.Key)
		wanted[s.Key] = true
		if err := p.put(s); err != nil {
			fault(s.Key, err)
			continue
		}
		p.order = append(p.order, s.Key)
	}
	for k, s := range p.services {
		if !wanted[k] {
			s.close()
			delete(p.services, k)
			p.leaving = append(p.leaving, s)
		}
	}
	return errors.Join(errs...)
}

func (p *Plane) put(want *lvs.Service) error {
	s := p.services[want.Key]
	if s == nil {
		s = &service{plane: p, key: want.Key, flows: map[flow]struct{}{}}
		if err := s.set(want); err != nil {
			return err
		}
		if err := p.opts.Place.Do(s.open); err != nil {
			return err
		}
		p.services[want.Key] = s
		return nil
	}
	return s.set(want)
}

// Counters reads what has gone through.
func (p *Plane) Counters() ([]lvs.ServiceCounters, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []lvs.ServiceCounters
	for _, k := range p.order {
		all = append(all, p.services[k].counters())
	}
	return all, nil
}

// Close ends all services and their connections: they can't outlive the process.
func (p *Plane) Close(keep bool) error {
	p.mu.Lock()
	p.cancel()
	for _, s := range p.all() {
		s.close()
	}
	p.services, p.order, p.leaving = nil, nil, nil
	p.mu.Unlock()
	p.done.Wait()
	return p.opts.Place.Leave()
}

// flow is a connection or a session while it lasts.
type flow interface {
	idle(now time.Time, t *lvs.Timeouts) bool
	abort()
}

// sweep closes what is silent for too long.
func (p *Plane) sweep() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-tick.C:
		}
		p.tick(time.Now())
	}
}

func (p *Plane) tick(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.all() {
		s.expire(now, p.timeouts.Load())
	}
	p.leaving = slices.DeleteFunc(p.leaving, (*service).empty)
}

func (p *Plane) all() []*service {
	return slices.AppendSeq(slices.Clone(p.leaving), maps.Values(p.services))
}

var (
	_ lvs.Plane = (*Plane)(nil)
	_ lvs.Timed = (*Plane)(nil)
)
