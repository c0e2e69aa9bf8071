package proxy

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"moongate/edge/sys/relay"
	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/sched"
)

// service is a virtual server: its socket, its scheduler, and what goes on.
type service struct {
	plane    *Plane
	key      lvs.Key
	listener *net.TCPListener
	packets  *net.UDPConn

	mu        sync.Mutex
	now       *lvs.Service
	algo      sched.Scheduler
	templates *sched.Templates
	list      []*server // in the order that a scheduler sees
	flows     map[flow]struct{}
	sessions  map[netip.AddrPort]*session
	total     counts
	closed    bool
}

// server is a real server of a service; it outlives its removal for as long as it
// has connections.
type server struct {
	sched.Server
	counts
}

type counts struct{ conns, packetsIn, packetsOut, bytesIn, bytesOut uint64 }

func (s *service) open() (err error) {
	at := netip.AddrPortFrom(s.key.Addr, s.key.Port)
	if s.key.Protocol == udp {
		if s.packets, err = relay.ListenPacket(at); err == nil {
			s.sessions = map[netip.AddrPort]*session{}
			s.plane.done.Go(s.receive)
		}
		return err
	}
	if s.listener, err = relay.Listen(at); err == nil {
		s.plane.done.Go(s.accept)
	}
	return err
}

// set gives the service what it is to be now.
func (s *service) set(want *lvs.Service) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	had := s.now
	if had == nil || had.Scheduler != want.Scheduler || !slices.Equal(had.Flags, want.Flags) {
		algo, err := sched.New(want.Scheduler, want.Flags)
		if err != nil {
			return err
		}
		s.algo = algo
	}
	if want.Persistence == 0 {
		s.templates = nil
	} else if had == nil || had.Persistence != want.Persistence || had.Granularity != want.Granularity {
		s.templates = sched.NewTemplates(want.Persistence, want.Granularity)
	}
	old := map[netip.AddrPort]*server{}
	for _, one := range s.list {
		old[one.Addr] = one
	}
	var now []*server
	for _, d := range want.Dests {
		one := old[d.Addr]
		delete(old, d.Addr)
		if one == nil {
			one = &server{Server: sched.Server{Addr: d.Addr}}
		}
		one.Set(d.Weight, d.Upper, d.Lower)
		now = append(now, one)
	}
	s.list = sched.Order(s.list, now)
	list := make([]*sched.Server, len(s.list))
	for i, one := range s.list {
		list[i] = &one.Server
	}
	s.algo.Update(list)
	kept := *want
	kept.Flags, kept.Dests = slices.Clone(want.Flags), slices.Clone(want.Dests)
	s.now = &kept
	for _, gone := range old {
		gone.Drop()
		for from, one := range s.sessions {
			if one.to == gone {
				delete(s.sessions, from) // its client goes elsewhere with the next datagram
				one.abort()
			}
		}
	}
	return nil
}

// pick chooses a server for a client and counts the connection that it gets.
func (s *service) pick(from netip.AddrPort) (*server, *sched.Template) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil
	}
	now := time.Now()
	choose := func() *sched.Server { return s.algo.Pick(sched.Client{From: from, To: s.key.Addr, Now: now}) }
	var chosen *sched.Server
	var t *sched.Template
	if s.templates != nil {
		if t = s.templates.Pick(from.Addr(), s.key.Port, now, choose); t != nil {
			chosen = t.Server
			t.Open()
		}
	} else {
		chosen = choose()
	}
	if chosen == nil {
		return nil, nil
	}
	to := s.list[slices.IndexFunc(s.list, func(o *server) bool { return &o.Server == chosen })]
	to.Open()
	to.conns++
	s.total.conns++
	return to, t
}

// over takes back what pick counted, but for the number of connections.
func (s *service) over(to *server, t *sched.Template, active bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to.Shut(active)
	if t != nil {
		t.Shut(time.Now())
	}
}

func (s *service) keep(f flow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flows[f] = struct{}{}
}

func (s *service) forget(f flow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flows, f)
}

func (s *service) expire(now time.Time, t *lvs.Timeouts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.flows {
		if f.idle(now, t) {
			f.abort()
		}
	}
	if s.templates != nil {
		s.templates.Expire(now)
	}
}

// empty says whether a service that was closed has nothing more to carry.
func (s *service) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.flows) == 0
}

func (s *service) counters() lvs.ServiceCounters {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := lvs.ServiceCounters{Key: s.key, Counters: s.total.read()}
	for _, d := range s.now.Dests {
		one := s.list[slices.IndexFunc(s.list, func(o *server) bool { return o.Addr == d.Addr })]
		c := lvs.DestCounters{Addr: d.Addr, Counters: one.read()}
		c.Active, c.Inactive = uint64(one.Active), uint64(one.Inactive)
		all.Active += c.Active
		all.Inactive += c.Inactive
		all.Dests = append(all.Dests, c)
	}
	return all
}

func (c *counts) read() lvs.Counters {
	return lvs.Counters{Connections: c.conns, PacketsIn: c.packetsIn, PacketsOut: c.packetsOut, BytesIn: c.bytesIn, BytesOut: c.bytesOut}
}

// moved counts bytes and packets on their way, inward or back.
func (s *service) moved(to *server, bytes, packets int, in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range []*counts{&s.total, &to.counts} {
		if in {
			c.bytesIn += uint64(bytes)
			c.packetsIn += uint64(packets)
		} else {
			c.bytesOut += uint64(bytes)
			c.packetsOut += uint64(packets)
		}
	}
}
