package bfd

import (
	"time"

	wire "moongate/edge/wire/bfd"
	"moongate/keepalived/config"
)

// World is what a session acts on.
type World interface {
	Send(s *Session, p *wire.Packet)
	// Changed is called when the session comes up or goes down.
	Changed(s *Session, up bool)
	// Jitter is a number from 0 to 1, another one each time.
	Jitter() float64
	Log(detail bool, format string, args ...any)
}

// Session is a bfd_instance. The names of its variables are those of RFC 5880 section
// 6.8.1 without "bfd.".
type Session struct {
	Conf *config.BFD
	w    World

	state, remote wire.State
	diag          wire.Diag
	mine, yours   uint32

	desiredMinTx time.Duration
	remoteMinTx  time.Duration
	remoteMinRx  time.Duration
	remoteMult   uint8
	polling      bool

	sent     time.Time // the last packet
	interval time.Duration
	send     time.Time // the next one; zero: not at all
	heard    time.Time
	expires  time.Time     // zero: nothing to expire
	detect   time.Duration // as it was logged last
}

// slow is the least time between packets of a session that is not up (section 6.8.3).
const slow = time.Second

// New makes a session, which is down. mine is its discriminator: not 0, and no
// other session's on this machine.
func New(c *config.BFD, mine uint32, w World) *Session {
	s := &Session{Conf: c, w: w, state: wire.Down, remote: wire.Down, mine: mine, remoteMinRx: 1}
	s.desiredMinTx = s.idle()
	return s
}

func (s *Session) idle() time.Duration { return max(s.Conf.IdleTX, slow) }

// State is the session's state.
func (s *Session) State() wire.State { return s.state }

// Up tells whether both ends hear each other.
func (s *Session) Up() bool { return s.state == wire.Up }

// Discriminator is the session's name in packets of the other end.
func (s *Session) Discriminator() uint32 { return s.mine }

// Start begins to send, unless the session is passive.
func (s *Session) Start(now time.Time) {
	s.sent = now.Add(-s.idle()) // the first at once, or nearly
	s.schedule()
}

// Stop tells the other end that the session ends on purpose.
func (s *Session) Stop(now time.Time) {
	if s.state == wire.AdminDown {
		return
	}
	s.state, s.diag = wire.AdminDown, wire.AdministratorDown
	if s.yours != 0 {
		s.transmit(now, 0)
	}
	s.send, s.expires = time.Time{}, time.Time{}
}

// Reload goes over to another configuration of the same session.
func (s *Session) Reload(now time.Time, c *config.BFD) {
	old := s.Conf
	s.Conf = c
	if s.Up() {
		s.desiredMinTx = c.MinTX
	} else {
		s.desiredMinTx = s.idle()
	}
	if s.Up() && (old.MinTX != c.MinTX || old.MinRX != c.MinRX) {
		s.poll()
	}
	s.schedule()
	s.extend()
}

// Next is when Run wants to be called.
func (s *Session) Next() (time.Time, bool) {
	switch {
	case s.send.IsZero():
		return s.expires, !s.expires.IsZero()
	case s.expires.IsZero() || s.send.Before(s.expires):
		return s.send, true
	}
	return s.expires, true
}

// Run does what is due.
func (s *Session) Run(now time.Time) {
	if !s.expires.IsZero() && !now.Before(s.expires) {
		s.expire(now)
	}
	if !s.send.IsZero() && !now.Before(s.send) {
		flags := wire.Flags(0)
		if s.polling {
			flags = wire.Poll
		}
		s.transmit(now, flags)
		s.schedule()
	}
}

// expire is called when nothing was heard for the detection time.
func (s *Session) expire(now time.Time) {
	late := now.Sub(s.expires)
	s.expires, s.yours = time.Time{}, 0 // section 6.8.1, RemoteDiscr
	s.remoteMinRx = 1
	if s.state == wire.Init || s.state == wire.Up {
		s.w.Log(false, "(%s) Expired after %d ms (%d usec overdue)", s.Conf.Name, s.detect.Milliseconds(), late.Microseconds())
		s.down(wire.Expired)
	}
	s.schedule()
}

// transmit sends a packet (section 6.8.7).
func (s *Session) transmit(now time.Time, flags wire.Flags) {
	s.sent = now
	s.interval = 0
	s.w.Send(s, &wire.Packet{Diag: s.diag, State: s.state, Flags: flags, Multiplier: uint8(s.Conf.Multiplier), Mine: s.mine, Yours: s.yours,
		MinTx: s.desiredMinTx, MinRx: s.Conf.MinRX})
}

// schedule finds the time of the next packet: counted from the last one, up to a quarter
// earlier than agreed, so that many sessions don't fall in step (section 6.8.7).
func (s *Session) schedule() {
	if s.state == wire.AdminDown || s.Conf.Passive && s.yours == 0 || s.remoteMinRx == 0 {
		s.send = time.Time{}
		return
	}
	if every := s.txInterval(); every != s.interval || s.send.IsZero() {
		s.interval = every
		least, most := 0.75, 1.0
		if s.Conf.Multiplier == 1 {
			most = 0.9
		}
		s.send = s.sent.Add(time.Duration(float64(every) * (least + (most-least)*s.w.Jitter())))
	}
}

func (s *Session) txInterval() time.Duration { return max(s.desiredMinTx, s.remoteMinRx) }

func (s *Session) detection() time.Duration {
	return time.Duration(s.remoteMult) * max(s.Conf.MinRX, s.remoteMinTx)
}
