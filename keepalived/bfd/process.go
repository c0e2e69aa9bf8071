package bfd

import (
	"math/rand/v2"
	"net/netip"
	"runtime"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/realtime"
	"moongate/edge/sys/udp"
	wire "moongate/edge/wire/bfd"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// Role is the process as the daemon runs it.
func Role() role.Role { return role.Role{Run: run} }

// process is the sessions with their sockets, on one thread.
type process struct {
	session  *role.Session
	cfg      *config.Config
	log      role.Logf
	loop     *loop.Loop
	timer    *loop.Timer
	ears     map[ear]*listener
	sessions []*running
	byMine   map[uint32]*running
	buf      [256]byte
	out      []byte
}

// running is a session with its way out.
type running struct {
	*Session
	p      *process
	out    *udp.Socket
	failed bool // the last packet could not be sent
	badTTL bool // a packet came too far, which has been said
}

// ear is what sockets for receiving are told apart by.
type ear struct {
	v6, multihop bool
}

type listener struct {
	in *udp.Socket
	fd *loop.FD
}

func (e ear) local() netip.AddrPort {
	a, port := netip.IPv4Unspecified(), uint16(wire.Port)
	if e.v6 {
		a = netip.IPv6Unspecified()
	}
	if e.multihop {
		port = wire.PortMultihop
	}
	return netip.AddrPortFrom(a, port)
}

func earOf(c *config.BFD) ear { return ear{c.Neighbor.Is6(), c.Multihop} }

func run(session *role.Session) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := &process{session: session, cfg: session.Config, log: session.Log, ears: map[ear]*listener{}, byMine: map[uint32]*running{}}
	var err error
	if p.loop, err = loop.New(); err != nil {
		p.log(role.Err, "%v", err)
		return role.Fatal
	}
	defer p.loop.Close()
	p.timer = p.loop.NewTimer(p.due)
	p.priority()
	p.configure(session.Config)
	session.Parent.Ready()
	go func() {
		for e := range session.Events {
			p.loop.Post(func() { p.event(&e) })
			if e.Kind == role.Stop {
				return
			}
		}
	}()
	if err := p.loop.Run(); err != nil {
		p.log(role.Err, "%v", err)
		return role.Failed
	}
	return role.OK
}

// priority gives the thread precedence where that is allowed, the least there is unless the
// configuration says more: a late packet looks like a broken line to the other end.
func (p *process) priority() {
	g := &p.cfg.Global.BFD
	prio := g.RealTime
	if prio == 0 {
		prio = realtime.MinPriority
	}
	if err := realtime.Schedule(realtime.RoundRobin, prio); err != nil {
		if g.RealTime != 0 {
			p.log(role.Warning, "Unable to set real-time priority %d: %v", prio, err)
		}
	} else if g.RTTime > 0 && g.RealTime != 0 {
		if err := realtime.LimitCPU(g.RTTime, g.RTTime); err != nil {
			p.log(role.Warning, "Unable to limit real-time processor time: %v", err)
		}
	}
	if g.NoSwap {
		if err := realtime.LockMemory(); err != nil {
			p.log(role.Warning, "Unable to lock process in memory - %v", err)
		}
	}
}

func (p *process) event(e *role.Event) {
	switch e.Kind {
	case role.Stop:
		for _, s := range p.sessions {
			s.Stop(p.loop.Now())
			s.close()
		}
		p.sessions = nil
		p.listen()
		p.loop.Stop()
	case role.Reload:
		p.configure(e.Config)
		p.session.Parent.Ready()
	case role.Ask:
		e.Answer(p.status())
	case role.Message: // a process that has just started asks for what it missed
		for _, s := range p.sessions {
			p.tell(s, e.From)
		}
	}
}

// configure makes the sessions those of a configuration. A session that is in both,
// between the same addresses, goes on.
func (p *process) configure(c *config.Config) {
	p.cfg = c
	old := p.sessions
	p.sessions = nil
	for _, b := range c.BFDs {
		if s := take(&old, b); s != nil {
			s.Reload(p.loop.Now(), b)
			p.sessions = append(p.sessions, s)
		}
	}
	for _, s := range old {
		s.Stop(p.loop.Now())
		s.close()
		delete(p.byMine, s.Discriminator())
	}
	for _, b := range c.BFDs {
		if !has(p.sessions, b) {
			p.add(b)
		}
	}
	p.listen()
	p.arm()
}

// take removes the session that b goes on with from the list.
func take(list *[]*running, b *config.BFD) *running {
	for i, s := range *list {
		c := s.Conf
		if c.Name == b.Name && c.Neighbor == b.Neighbor && c.Source == b.Source && c.Multihop == b.Multihop && c.TTL == b.TTL {
			*list = append((*list)[:i:i], (*list)[i+1:]...)
			return s
		}
	}
	return nil
}

func has(list []*running, b *config.BFD) bool {
	for _, s := range list {
		if s.Conf == b {
			return true
		}
	}
	return false
}

func (p *process) add(b *config.BFD) {
	mine := rand.Uint32()
	for mine == 0 || p.byMine[mine] != nil {
		mine = rand.Uint32()
	}
	s := &running{p: p}
	s.Session = New(b, mine, s)
	p.sessions, p.byMine[mine] = append(p.sessions, s), s
	s.Start(p.loop.Now())
	s.Changed(s.Session, false)
}

func (p *process) status() *status.Status {
	st := &status.Status{}
	for _, s := range p.sessions {
		st.BFDs = append(st.BFDs, status.BFD{Config: s.Conf, Up: s.Up(), State: s.State().String()})
	}
	return st
}

// due lets the sessions do what is due.
func (p *process) due() {
	now := p.loop.Now()
	for _, s := range p.sessions {
		s.Run(now)
	}
	p.arm()
}

// arm sets the timer for the session that is due first.
func (p *process) arm() {
	p.timer.Stop()
	for _, s := range p.sessions {
		at, ok := s.Next()
		if first, waits := p.timer.When(); ok && (!waits || at.Before(first)) {
			p.timer.At(at)
		}
	}
}
