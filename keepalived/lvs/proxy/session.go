package proxy

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"moongate/keepalived/lvs"
	"moongate/keepalived/lvs/sched"
)

// session is what datagrams of one client go through.
type session struct {
	from     netip.AddrPort
	to       *server
	template *sched.Template
	out      *net.UDPConn
	last     atomic.Int64
	once     sync.Once
}

func (s *session) abort() { s.once.Do(func() { s.out.Close() }) }

func (s *session) idle(now time.Time, t *lvs.Timeouts) bool {
	return now.Sub(time.Unix(0, s.last.Load())) > t.UDP
}

// largest is what a datagram can have.
const largest = 1 << 16

// receive passes datagrams of clients on, until the service is closed.
func (s *service) receive() {
	buf := make([]byte, largest)
	for {
		n, from, err := s.packets.ReadFromUDPAddrPort(buf)
		if err != nil {
			s.mu.Lock()
			closed := s.closed
			s.mu.Unlock()
			if closed {
				return
			}
			continue // an ICMP error about an answer of ours
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		one := s.session(from)
		if one == nil {
			continue // no server, or no room: as when the network loses it
		}
		one.last.Store(time.Now().UnixNano())
		if m, err := one.out.Write(buf[:n]); err == nil {
			s.moved(one.to, m, 1, true)
		}
	}
}

// session is the client's, or a new one.
func (s *service) session(from netip.AddrPort) *session {
	s.mu.Lock()
	one := s.sessions[from]
	s.mu.Unlock()
	if one != nil {
		return one
	}
	select {
	case s.plane.slots <- struct{}{}:
	default:
		return nil
	}
	to, t := s.pick(from)
	if to == nil {
		<-s.plane.slots
		return nil
	}
	var c net.Conn
	err := s.plane.opts.Place.Do(func() (err error) {
		c, err = net.Dial("udp", to.Addr.String())
		return err
	})
	if err != nil {
		s.over(to, t, true)
		<-s.plane.slots
		return nil
	}
	one = &session{from: from, to: to, template: t, out: c.(*net.UDPConn)}
	one.last.Store(time.Now().UnixNano())
	s.mu.Lock()
	s.sessions[from] = one
	s.flows[one] = struct{}{}
	if s.closed || to.Gone() {
		one.abort()
	}
	s.mu.Unlock()
	s.plane.done.Go(func() {
		defer func() { <-s.plane.slots }()
		s.answers(one)
	})
	return one
}

// answers passes a server's datagrams back, until the session ends: by silence, by
// the removal of its server, or because nobody listens there.
func (s *service) answers(one *session) {
	buf := make([]byte, largest)
	for {
		n, err := one.out.Read(buf)
		if err != nil {
			break
		}
		one.last.Store(time.Now().UnixNano())
		if _, err := s.packets.WriteToUDPAddrPort(buf[:n], one.from); err == nil {
			s.moved(one.to, n, 1, false)
		}
	}
	one.abort()
	s.mu.Lock()
	if s.sessions[one.from] == one {
		delete(s.sessions, one.from)
	}
	delete(s.flows, one)
	s.mu.Unlock()
	s.over(one.to, one.template, true)
}
