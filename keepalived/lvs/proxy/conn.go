package proxy

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"moongate/edge/sys/relay"
	"moongate/keepalived/lvs"
)

// accept takes connections, but no more than there is room for: the others wait in
// the kernel's queue.
func (s *service) accept() {
	for {
		select {
		case s.plane.slots <- struct{}{}:
		case <-s.plane.ctx.Done():
			return
		}
		c, err := s.listener.AcceptTCP()
		if err != nil {
			<-s.plane.slots
			if errors.Is(err, net.ErrClosed) {
				return
			}
			// A connection that is gone before it was taken, or no descriptors: the
			// latter lasts a while.
			if !pause(s.plane.ctx.Done(), 10*time.Millisecond) {
				return
			}
			continue
		}
		s.plane.done.Go(func() {
			defer func() { <-s.plane.slots }()
			s.carry(c)
		})
	}
}

func pause(stop <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-stop:
		return false
	case <-t.C:
		return true
	}
}

// conn is a client's connection and ours to its server.
type conn struct {
	client, server *net.TCPConn
	last           atomic.Int64 // when bytes moved, in nanoseconds
	ending         atomic.Bool  // one side has sent its FIN
	reset          sync.Once
}

// abort resets both sides: whoever waits for either wakes up.
func (c *conn) abort() {
	c.reset.Do(func() {
		relay.Reset(c.client)
		relay.Reset(c.server)
	})
}

func (c *conn) idle(now time.Time, t *lvs.Timeouts) bool {
	limit := t.TCP
	if c.ending.Load() {
		limit = t.TCPFin
	}
	return now.Sub(time.Unix(0, c.last.Load())) > limit
}

// carry does all for one connection.
func (s *service) carry(client *net.TCPConn) {
	to, t := s.pick(addrOf(client.RemoteAddr()))
	if to == nil {
		relay.Reset(client)
		return
	}
	active := true
	defer func() { s.over(to, t, active) }()
	server, err := s.dial(to.Addr)
	if err != nil {
		relay.Reset(client)
		return
	}
	c := &conn{client: client, server: server}
	c.last.Store(time.Now().UnixNano())
	s.keep(c)
	defer s.forget(c)
	if s.plane.ctx.Err() != nil {
		c.abort()
		return
	}
	var both sync.WaitGroup
	half := func(dst, src *net.TCPConn, in bool) {
		err := relay.Pump(dst, src, func(n int) {
			c.last.Store(time.Now().UnixNano())
			s.moved(to, n, 0, in)
		})
		if err != nil {
			c.abort()
			return
		}
		if !c.ending.Swap(true) {
			s.idled(to)
			active = false
		}
		dst.CloseWrite()
	}
	both.Go(func() { half(client, server, false) })
	half(server, client, true)
	both.Wait()
	c.reset.Do(func() {
		client.Close()
		server.Close()
	})
}

func (s *service) dial(to netip.AddrPort) (*net.TCPConn, error) {
	var c net.Conn
	err := s.plane.opts.Place.Do(func() (err error) {
		c, err = (&net.Dialer{Timeout: s.plane.opts.Dial}).DialContext(s.plane.ctx, "tcp", to.String())
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}

// idled counts a connection as one that is being closed.
func (s *service) idled(to *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to.Idle()
}

func addrOf(a net.Addr) netip.AddrPort {
	at := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())
}

// close stops a service: it takes nothing new. With the plane its connections end,
// too; else they go on.
func (s *service) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.listener != nil {
		s.listener.Close()
	}
	if s.packets != nil {
		s.packets.Close()
	}
	for _, one := range s.sessions {
		one.abort()
	}
	if s.plane.ctx.Err() != nil {
		for f := range s.flows {
			f.abort()
		}
	}
}
